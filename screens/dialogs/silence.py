"""Silence: mute a workload's alerts, or those of one rule, until an end, with a reason. It never stops a kill."""

from __future__ import annotations

from datetime import timedelta

from console.cadences.daily import AlertLine
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection

LONGEST = timedelta(days=30)
ALL = "all"


async def run(console: Console, selection: Selection) -> None:
    """Silence the workload that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import incidents

    slug = selection.workload
    if slug is None:
        console.say("Only a workload's alerts can be silenced, and this belongs to none.", error=True)
        return
    chosen = await _which(console, slug, selection)
    if chosen is None:
        return
    rule = None if chosen == ALL else chosen
    what = f"{'all alerts' if rule is None else f'the {rule} alerts'} of {slug}"
    until = await asking.until(console, f"Silence {what}", LONGEST)
    if until is None:
        return
    reason = await console.ask(Prompt(f"Silence {what}, because", validate=asking.needs_words("a silence")))
    if reason is None:
        return
    number = await console.door.ask(incidents.silence, workload=slug, reason=reason, until=until, rule=rule)
    console.say_undoable(
        f"{what[:1].upper()}{what[1:]} are silent until {console.time(until)}; a kill is not held back.",
        lambda: console.door.ask(incidents.expire_silence, number=number),
    )


async def _which(console: Console, slug: str, selection: Selection) -> str | None:
    """The one rule, or all of them. Not asked where no alert of the workload is open."""
    open_now = [alert for alert in (console.daily.alerts if console.daily else ()) if alert.workload == slug]
    rules = dict.fromkeys(alert.kind for alert in open_now)
    if isinstance(selection.item, AlertLine):
        rules = {selection.item.kind: None, **rules}
    if not rules:
        return ALL
    choices = [*rules, ALL]

    def offers(text: str) -> list[str]:
        begun = [choice for choice in choices if choice.startswith(text.strip().lower())]
        rest = [choice for choice in choices if choice not in begun]
        return [*begun, *rest] if text.strip().lower() in choices else begun

    def complaint(text: str) -> str | None:
        return None if text.strip().lower() in choices else f"Write one of: {', '.join(choices)}; tab completes."

    default = selection.item.kind if isinstance(selection.item, AlertLine) else ALL
    answer = await console.ask(
        Prompt(
            f"Silence which alerts of {slug}: one rule's, or all",
            default=default,
            replaced=True,
            complete=offers,
            validate=complaint,
        )
    )
    return None if answer is None else answer.strip().lower()
