"""Refuse: send a version in review back to its authors, in a role that signs it or as Token Architect."""

from __future__ import annotations

from console import wording
from console.operations.permissions import MAY
from screens.dialogs import asking
from screens.dialogs.charters import form_of, told_reviewed
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Refuse the version that was shown when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations.charter import review as charter_review

    form = form_of(selection)
    asked = (*(one.role for one in form.signatures), "token_architect")
    roles = [role for role in console.door.actor.roles if role in asked and role in MAY["refuse_charter"]]
    if not roles:
        console.say(f"Version {form.version} is sent back by {', '.join(map(wording.role, asked))}; you hold none of "
                    "these roles.", error=True)
        return
    role = await asking.role(console, f"Refuse version {form.version} as", roles)
    if role is None:
        return
    reason = await console.ask(
        Prompt(
            f"Refuse version {form.version} as {wording.role(role)}, because",
            validate=asking.needs_words("a refusal"),
            hint="enter sends it back and voids its signatures · esc leaves it in review",
        )
    )
    if reason is None:
        return
    done = await console.door.ask(charter_review.refuse, workload=form.workload, version=form.version, role=role,
                                  reason=reason)
    told_reviewed(console, done, "Its authors change it and submit it anew.")
