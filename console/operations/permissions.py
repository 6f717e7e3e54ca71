"""Who may do what: one table."""

from __future__ import annotations

from console.errors import NotPermitted
from console.operations.actor import Actor

MAY: dict[str, tuple[str, ...]] = {
    "acknowledge": ("on_call", "token_architect", "platform_lead"),
    "silence": ("on_call", "token_architect", "platform_lead"),
    "kill": ("on_call", "token_architect", "platform_lead", "business_owner"),
    "resume": ("token_architect", "platform_lead", "business_owner"),
    "approve": ("token_architect", "platform_lead", "business_owner"),
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
    "explain_variance": ("business_owner", "platform_lead"),
    "declare_saving": ("token_architect", "platform_lead", "business_owner"),
    "learn": ("token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer"),
    "recommend": ("business_owner", "platform_lead"),
    "end_quarterly_review": ("business_owner", "token_architect"),
    "judge_prediction": ("token_architect",),
    "write_annual": ("token_architect",),
    "sign_annual": ("token_architect",),
    "manage_secrets": ("platform_lead", "token_architect"),
    "export_audit": ("token_architect", "platform_lead", "business_owner", "finance_partner", "risk_officer"),
    "retain_audit": ("token_architect", "platform_lead", "risk_officer"),
    "backup": ("on_call", "token_architect", "platform_lead"),
    "restore": ("token_architect", "platform_lead"),
}


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
