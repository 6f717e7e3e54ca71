"""Decide on exceptions: a rationale, before it an end where the exception is bounded in time, and one request for all.

The question is opened with the key itself, so a run of like decisions is key, enter, key, enter: the rationale that was
given last for exceptions of the same kind stands in the field already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.cadences.weekly import VERDICTS, DecisionLine, ExceptionLine
from console.charters.durations import end
from console.errors import ConsoleError
from screens.columns.page import name
from screens.dialogs import asking
from screens.prompt import Prompt

if TYPE_CHECKING:
    from screens.triage import TriageView

BECAUSE = {
    "revision": "The Charter must be revised, because",
    "time-bounded": "An exception for a time, because",
    "dismissed": "Not a problem, because",
    "escalated": "Escalated as a pattern, because",
}
"""The question of each verdict; what was answered to it before is recalled by it."""
DEFAULT_LENGTH, LONGEST = "30d", timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a decision would be made on, frozen when the key was pressed."""

    exceptions: tuple[ExceptionLine, ...]
    what: str
    """For people; not cleaned."""


def decide(view: TriageView, verdict: str, chosen: Chosen) -> None:
    """Ask at once, so that the very next key is the question's; then decide on all that was chosen, or on none."""
    console = view.console
    title = f"{VERDICTS[verdict].upper()}: {chosen.what}"
    if verdict == "time-bounded":
        question = console.question(_until(title, console.now))
    else:
        question = console.question(_because(view, title, verdict, chosen))
    view.work_beside(lambda: _run(view, verdict, chosen, title, question))


async def _run(
    view: TriageView, verdict: str, chosen: Chosen, title: str, question: asyncio.Future[str | None]
) -> None:
    console, ends_at = view.console, None
    answer = await console.answer_to(question)
    if verdict == "time-bounded" and answer is not None:
        ends_at = end(answer, console.now())
        title = f"{title}, until {console.time(ends_at)}"
        answer = await console.answer_to(console.question(_because(view, title, verdict, chosen)))
    if answer is None:
        return
    view.week.remember(verdict, chosen.exceptions, answer.strip())
    view.week.send(chosen.exceptions)
    view.go_on()
    made: tuple[DecisionLine, ...] = ()
    try:
        made = await _send(view, verdict, chosen, answer.strip(), ends_at)
    except ConsoleError as error:
        console.say(str(error), error=True)
    finally:
        view.week.sent(chosen.exceptions, made)
        view.news()
    if made:
        console.say_undoable(_said(verdict, chosen, made), _take_back(view, chosen, made))


async def _send(
    view: TriageView, verdict: str, chosen: Chosen, rationale: str, ends_at: datetime | None
) -> tuple[DecisionLine, ...]:
    from console.operations import exceptions

    numbers = [one.id for one in chosen.exceptions]
    return await view.door.ask(
        exceptions.decide, exceptions=numbers, verdict=verdict, rationale=rationale, ends_at=ends_at
    )


def _said(verdict: str, chosen: Chosen, made: tuple[DecisionLine, ...]) -> str:
    many = f"{len(made):,} exceptions" if len(made) > 1 else f"{name(chosen.exceptions[0].workload, 32)}"
    return f"{many}: {VERDICTS[verdict]}."


def _take_back(view: TriageView, chosen: Chosen, made: tuple[DecisionLine, ...]) -> Callable[[], Awaitable[object]]:
    async def take_back() -> None:
        from console.operations import exceptions

        await view.door.ask(exceptions.undo_decision, decisions=[one.id for one in made])
        view.week.undone(chosen.exceptions)
        view.news()
        view.return_to(chosen)

    return take_back


def _because(view: TriageView, title: str, verdict: str, chosen: Chosen) -> Prompt:
    given = view.week.rationales(verdict)

    def offers(text: str) -> list[str]:
        """Those that begin so; where one stands in the field, the next one first."""
        if text in given:
            at = given.index(text) + 1
            return [*given[at:], *given[:at]]
        return [one for one in given if one.casefold().startswith(text.strip().casefold())]

    return Prompt(
        BECAUSE[verdict],
        title=title,
        default=view.week.last(verdict, chosen.exceptions),
        replaced=True,
        validate=asking.needs_words("a decision"),
        complete=offers if given else None,
        hint="enter decides · esc cancels",
    )


def _until(title: str, now: Callable[[], datetime]) -> Prompt:
    def complaint(text: str) -> str | None:
        at = end(text, now())
        if at is None:
            return "Write a length such as 14d or 30d, or a time such as 2026-12-24T08:00Z."
        return None if now() < at <= now() + LONGEST else "The end must lie in the future, within a year."

    return Prompt(
        "It ends after, or at",
        title=title,
        default=DEFAULT_LENGTH,
        replaced=True,
        validate=complaint,
        hint="14d, 30d or 2026-12-24T08:00Z · it opens again by itself then, if it is still so · esc cancels",
    )
