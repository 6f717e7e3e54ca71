"""Who may do what: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cadences.permissions import CommandLine, Permissions, RoleLine
from console.errors import NotPermitted
from console.operations.actor import ROLES, Actor

if TYPE_CHECKING:
    from console.operations.desk import Desk

MAY: dict[str, tuple[str, ...]] = {
    "acknowledge": ("on_call", "token_architect", "platform_lead"),
    "silence": ("on_call", "token_architect", "platform_lead"),
    "kill": ("on_call", "token_architect", "platform_lead", "business_owner"),
    "resume": ("token_architect", "platform_lead", "business_owner"),
    "approve": ("token_architect", "platform_lead", "business_owner"),
    "drill": ("on_call", "token_architect", "platform_lead"),
    "disarm": ("token_architect", "platform_lead"),
    "announce": ("business_owner", "platform_lead", "token_architect"),
    "review": ("token_architect", "platform_lead", "business_owner", "finance_partner", "risk_officer"),
    "edit_mbom": ("token_architect", "platform_lead", "business_owner"),
    "import_charter": ("token_architect", "platform_lead", "business_owner"),
    "sign_charter": ("business_owner", "platform_lead", "finance_partner", "risk_officer"),
    "submit_charter": ("token_architect", "platform_lead", "business_owner"),
    "comment_charter": ("token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer"),
    "refuse_charter": ("business_owner", "platform_lead", "finance_partner", "risk_officer", "token_architect"),
    "retire_charter": ("business_owner", "risk_officer"),
    "decide_exception": ("token_architect",),
    "send_weekly": ("token_architect",),
    "enter_outcomes": ("business_owner", "platform_lead", "finance_partner", "token_architect"),
    "record_evaluation": ("token_architect", "platform_lead", "business_owner"),
    "explain_variance": ("business_owner", "platform_lead"),
    "declare_saving": ("token_architect", "platform_lead", "business_owner"),
    "learn": ("token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer"),
    "recommend": ("business_owner", "platform_lead"),
    "end_quarterly_review": ("business_owner", "token_architect"),
    "judge_prediction": ("token_architect",),
    "write_annual": ("token_architect",),
    "sign_annual": ("token_architect",),
    "scan_prompts": ("token_architect", "platform_lead", "business_owner"),
    "manage_secrets": ("platform_lead", "token_architect"),
    "export_audit": ("token_architect", "platform_lead", "business_owner", "finance_partner", "risk_officer"),
    "retain_audit": ("token_architect", "platform_lead", "risk_officer"),
    "backup": ("on_call", "token_architect", "platform_lead"),
    "restore": ("token_architect", "platform_lead"),
}

MEANS: dict[str, str] = {
    "acknowledge": "take an alert on",
    "silence": "mute a workload's alerts until an end",
    "kill": "turn a workload off, and approve that somebody else does",
    "resume": "turn a killed workload on again",
    "approve": "give the second approval of a resume",
    "drill": "rehearse a workload's breaker",
    "disarm": "suspend automatic kills until an end",
    "announce": "announce or withdraw a planned change",
    "review": "look at what somebody did alone by break-glass",
    "edit_mbom": "change entries of the MBOM",
    "import_charter": "write, edit and import drafts of Charters",
    "sign_charter": "sign a Charter in one's own role",
    "submit_charter": "put a draft before those who sign",
    "comment_charter": "say something of a version",
    "refuse_charter": "send a version in review back",
    "retire_charter": "end a version for good",
    "decide_exception": "decide on an exception, and undo it",
    "send_weekly": "send the week's digest",
    "enter_outcomes": "enter, import and withdraw outcomes",
    "record_evaluation": "import and withdraw recorded evaluations",
    "explain_variance": "explain a month's variance",
    "declare_saving": "promise a saving of a fix, or withdraw it",
    "learn": "write down what a quarter taught",
    "recommend": "recommend a change for the next quarter",
    "end_quarterly_review": "reaffirm, revise or retire at a quarter's end",
    "judge_prediction": "give a verdict on a prediction",
    "write_annual": "write the year's statement",
    "sign_annual": "sign the year's statement",
    "scan_prompts": "read the prompts of a git checkout",
    "manage_secrets": "keep, forget and place secrets",
    "export_audit": "export the audit log",
    "retain_audit": "move old entries of the audit log to files",
    "backup": "copy the database",
    "restore": "put a backup in the database's place",
}
"""What each command of `MAY` does, for people."""


async def permissions(desk: Desk, actor: Actor) -> Permissions:
    """The whole table, with the asker's own roles marked and who holds each by the configuration."""
    held = {role: tuple(sorted(one.user for one in desk.config.operators if role in one.roles)) for role in ROLES}
    return Permissions(
        user=actor.user, read_only=desk.read_only,
        roles=tuple(RoleLine(role, held[role], role in actor.roles) for role in ROLES),
        commands=tuple(CommandLine(command, MEANS.get(command, ""), roles, allowed(actor, command))
                       for command, roles in MAY.items()),
    )


def allowed(actor: Actor, command: str) -> bool:
    """Whether one of the actor's roles carries the command."""
    return any(role in MAY[command] for role in actor.roles)


def require(actor: Actor, command: str) -> str:
    """The role under which the actor may give the command. Raises NotPermitted with who may."""
    for role in MAY[command]:
        if role in actor.roles:
            return role
    held = ", ".join(actor.roles) or "no role"
    raise NotPermitted(
        f"{actor.user} may not {command.replace('_', ' ')}: it takes one of {', '.join(MAY[command])}, "
        f"and {actor.user} holds {held}. Roles are given in [[operators]] of the configuration."
    )
