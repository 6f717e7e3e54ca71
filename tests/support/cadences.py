"""Monthly, quarterly and annual on a terminal: a door that answers for them, and a console with one of them open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from console.errors import UsageError
from console.operations.actor import Actor
from console.operations.outcomes import OutcomeEntered
from tests.support import annual, monthly, portfolio, quarterly
from tests.support.opened import Opened, opened
from tests.support.still_door import StillDoor

EVERYBODY = Actor("maria", ("token_architect", "business_owner", "platform_lead", "finance_partner"), "kernel")
OWNER = Actor("olga", ("business_owner",), "kernel")
LEAD = Actor("pawel", ("platform_lead",), "kernel")
ARCHITECT = Actor("maria", ("on_call", "token_architect"), "kernel")
Makers = dict[str, Callable[[], Any]]
NORMAL: Makers = {"monthly": monthly.normal, "quarterly": quarterly.normal, "annual": annual.normal}
CLOSED: Makers = {"monthly": monthly.closed, "quarterly": quarterly.closed, "annual": annual.closed}
NOTHING: Makers = {"monthly": monthly.nothing, "quarterly": quarterly.nothing, "annual": annual.nothing}
HOSTILE: Makers = {"monthly": monthly.hostile, "quarterly": quarterly.hostile, "annual": annual.hostile}
PERIODS = {"monthly": "month", "quarterly": "quarter", "annual": "year"}
COMMANDS = (
    "explain",
    "declare_saving",
    "withdraw_saving",
    "withdraw_outcome",
    "note",
    "end_review",
    "write_statement",
    "sign_statement",
    "judge_prediction",
)


def door(actor: Actor = ARCHITECT, *, read_only: bool = False, answers: dict[str, Any] | None = None) -> StillDoor:
    """The present period and the one before it; every command succeeds. `answers` replaces what it says."""
    still = StillDoor(actor, read_only=read_only)
    for name in NORMAL:
        still.answers[name] = answering(name)
    still.answers.update(dict.fromkeys(COMMANDS, 7))
    still.answers["enter_outcome"] = OutcomeEntered(7)
    still.answers["outcomes"] = lambda month, workload: monthly.ledger(workload)
    still.answers.update(answers or {})
    return still


def answering(name: str) -> Callable[..., object]:
    """The present period for None or its own name, the closed one for the one before; nothing else has data."""

    def answer(**options: Any) -> object:
        asked = options[PERIODS[name]]
        for value in (NORMAL[name](), CLOSED[name]()):
            if asked in (None, getattr(value, PERIODS[name])):
                return value
        raise UsageError(f"There is nothing of {asked}.")

    return answer


@asynccontextmanager
async def at(
    view: str, still: StillDoor | None = None, *, size: tuple[int, int] = (80, 24), row: str | None = None
) -> AsyncIterator[Opened]:
    """A console with this cadence open, with this row selected where it is given."""
    async with opened(portfolio.normal(), size, still or door()) as console:
        console.app.go(view, row)
        await console.idle()
        yield console


def sent(console: Opened, operation: str) -> list[dict[str, Any]]:
    """The options of every request of this operation."""
    return [options for name, options in console.door.asked if name == operation]


async def answer(console: Opened, *texts: str) -> None:
    """Answer the open questions one after another; an empty text takes what stands there."""
    for text in texts:
        await console.press(*text)
        await console.press("enter")
        await console.idle()
