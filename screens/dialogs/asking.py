"""What the dialogs ask alike: a reason, a length of time, the typed name; and how they tell what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual.content import Content

from console import wording
from console.cadences.trip_sheet import IntentResult, Plan
from console.charters.durations import end
from console.text import clean
from screens.columns import plan as columns
from screens.columns.column import Cell
from screens.columns.page import PageLine, line, wrapped
from screens.prompt import Prompt, PromptBar
from screens.view import Console
from screens.widgets.message_line import MessageLine

if TYPE_CHECKING:
    from textual.app import App

_STYLES = {"alarm": "bold $error", "warn": "$warning", "good": "$success", "dim": "$quiet", "strong": "bold"}


async def until(console: Console, what: str, longest: timedelta) -> datetime | None:
    """Ask for an end: a length from now or a time, at most `longest` away. None where the person cancelled."""

    def complaint(text: str) -> str | None:
        at = end(text, console.now())
        if at is None:
            return "Write a length such as 30m, 4h or 2d, or a time such as 2026-03-05T08:00Z."
        inside = console.now() < at <= console.now() + longest
        return None if inside else f"The end must lie in the future, within {longest.days} days."

    answer = await console.ask(
        Prompt(
            f"{what} for, or until",
            default="4h",
            replaced=True,
            validate=complaint,
            hint="30m, 4h, 2d or 2026-03-05T08:00Z · a kill is not held back · esc cancels",
        )
    )
    return None if answer is None else end(answer, console.now())


def needs_words(what: str) -> Callable[[str], str | None]:
    """A validator of a reason: it must say something."""
    return lambda text: None if text.strip() else f"Say why: {what} is written down with its reason."


async def one_of(console: Console, field: str, choices: Sequence[str], **more: object) -> str | None:
    """One of a few words, by its beginning; tab completes. None where the person cancelled."""

    def begun(text: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(text.strip().lower())]

    def complaint(text: str) -> str | None:
        return None if text.strip() and len(begun(text)) == 1 else f"Write one of: {', '.join(choices)}; tab completes."

    answer = await console.ask(Prompt(field, validate=complaint, complete=begun, **more))  # type: ignore[arg-type]
    return None if answer is None else begun(answer)[0]


async def role(console: Console, field: str, roles: Sequence[str]) -> str | None:
    """Which of these roles is meant; not asked where there is only one. None where the person cancelled."""
    if len(roles) == 1:
        return roles[0]
    by_words = {wording.role(each): each for each in roles}
    chosen = await one_of(console, field, list(by_words))
    return None if chosen is None else by_words[chosen]


def complaints(text: str, width: int, most: int) -> list[Content]:
    """What is wrong, a line each, wrapped; what finds no room is counted."""
    found = [row for one in text.splitlines() for row in wrapped(one, width, indent=0, tone="alarm", most=3)]
    if len(found) > most:
        found = [*found[: most - 1], line(Cell(f"… and {len(found) - most + 1} lines more", "dim"))]
    return contents(found)


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
