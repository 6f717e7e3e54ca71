"""What the dialogs ask alike: a reason, a length of time, the typed name; and how they tell what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual.content import Content

from console.cadences.trip_sheet import IntentResult, Plan
from console.clock import parse_rfc3339
from console.text import clean
from screens.columns import plan as columns
from screens.columns.page import PageLine
from screens.prompt import Prompt, PromptBar
from screens.view import Console
from screens.widgets.message_line import MessageLine

if TYPE_CHECKING:
    from textual.app import App

_UNITS = {"m": 1, "h": 60, "d": 24 * 60}
_LENGTH = re.compile(r"([0-9]{1,6})\s*([mhd])")
_STYLES = {"alarm": "bold $error", "warn": "$warning", "good": "$success", "dim": "$quiet", "strong": "bold"}


def minutes(text: str) -> int | None:
    """Minutes of a length such as `30m`, `4h` or `2d`; None for anything else."""
    found = _LENGTH.fullmatch(text.strip().lower())
    return None if found is None else int(found[1]) * _UNITS[found[2]]


def until(text: str, now: datetime) -> datetime | None:
    """The end that a length of time from now, or an instant with its zone, means; None for anything else."""
    given = minutes(text)
    if given is not None:
        return now + timedelta(minutes=given)
    try:
        return parse_rfc3339(text.strip())
    except ValueError:
        return None


def needs_words(what: str) -> Callable[[str], str | None]:
    """A validator of a reason: it must say something."""
    return lambda text: None if text.strip() else f"Say why: {what} is written down with its reason."


def room(console: Console) -> tuple[int, int]:
    """Cells across, and lines, that a panel may fill besides its heading and its field."""
    size = cast("App[int]", console).size
    return max(20, size.width - 2), max(3, size.height * 8 // 10 - 5)


def contents(lines: Sequence[PageLine]) -> list[Content]:
    """Lines as a panel takes them: cleaned, dressed, never markup."""
    return [
        Content("").join(
            Content.styled(clean(piece.text), _STYLES[piece.tone]) if piece.tone else Content(clean(piece.text))
            for piece in one.pieces
        )
        for one in lines
    ]


async def typed_name(console: Console, plan: Plan, title: str, first: Sequence[PageLine] = ()) -> bool:
    """Show the plan, with Cancel focused, and ask for the workload's slug. False where the person cancelled."""
    width, most = room(console)
    found = columns.fitted(
        [*first, *columns.lines(plan, width)],
        most,
        f"token-console {plan.verb} {plan.workload} --dry-run --reason TEXT lists all",
    )

    def complaint(text: str) -> str | None:
        if text.strip() == plan.workload:
            return None
        return f"Type {plan.workload}, exactly, or press esc to leave it as it is."

    return (
        await console.ask(
            Prompt(
                f"Type {plan.workload} to {plan.verb} it",
                title=title,
                lines=contents(found),
                validate=complaint,
                guarded=True,
            )
        )
        is not None
    )


async def tell(console: Console, result: IntentResult) -> None:
    """Say what came of it: in the message area always, in a panel where nobody is typing something else."""
    head = columns.headline(result)
    said = f"{head.text}: {result.workload}"
    if cast("App[int]", console).query_one(PromptBar).is_open:
        console.say(said, error=head.tone == "alarm")
        return
    cast("App[int]", console).query_one(MessageLine).hide()
    width, most = room(console)
    found = columns.fitted(columns.outcome(result, width, console.time), most, "the trip sheet has all")
    answer = await console.ask(
        Prompt(
            "enter opens the trip sheet",
            title=f"{head.text} · {result.workload}",
            lines=contents(found),
            hint="esc closes",
        )
    )
    console.say(said, error=head.tone == "alarm")
    if answer is not None and result.intent is not None:
        console.go("trip_sheet", result.intent)
