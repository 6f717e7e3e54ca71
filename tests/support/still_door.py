"""A door for screens without an engine behind it: a clock that stands still, and snapshots that a test hands over."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from console.cadences.daily import Daily
from console.clock import ManualClock
from console.operations.actor import Actor
from console.operations.door import Door
from tests.support.portfolio import AT

MARIA = Actor("maria", ("on_call", "token_architect"), "kernel")


class StillDoor:
    """The part of a Door that screens use. `answers` says what an operation of a name returns, or raises;
    a function is called with the options, and what it gives may be awaited."""

    def __init__(self, actor: Actor = MARIA, *, read_only: bool = False, at: datetime = AT) -> None:
        self.clock = ManualClock(at)
        self.actor = actor
        self.read_only = read_only
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.opened = self.closed = False
        self.trouble: Exception | None = None
        self._listeners: list[Callable[[Daily], None]] = []

    def open(self) -> None:
        self.opened = True

    def subscribe(self, listener: Callable[[Daily], None]) -> None:
        self._listeners.append(listener)

    async def ready(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    async def ask(self, operation: Callable[..., Any], **options: Any) -> Any:
        self.asked.append((operation.__name__, options))
        answer = self.answers[operation.__name__]
        if callable(answer):
            answer = answer(**options)
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self, timeout_s: float = 1.5) -> None:
        self.closed = True

    def publish(self, daily: Daily) -> None:
        """What the engine does once a tick."""
        for listener in self._listeners:
            listener(daily)


def as_door(still: StillDoor) -> Door:
    """For the type checker."""
    return cast("Door", still)
