"""A door that asks the real operations of a desk, on the loop of the test: screens and store together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from console.errors import NotPermitted
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.door import QUESTIONS
from tests.support.still_door import StillDoor


class DeskDoor(StillDoor):
    """As the real door, but without a thread of its own and without an engine."""

    def __init__(self, desk: Desk, actor: Actor, *, read_only: bool = False) -> None:
        super().__init__(actor, read_only=read_only, at=desk.clock.now())
        self.desk = desk
        self.answered = asyncio.Event()
        """Set when a question comes to its end; a test clears it."""

    async def ask(self, operation: Callable[..., Any], **options: Any) -> Any:
        """What the operation says, unless the test has an answer for it."""
        if operation.__name__ in self.answers:
            return await super().ask(operation, **options)
        self.asked.append((operation.__name__, options))
        if self.read_only and operation.__name__ not in QUESTIONS:
            raise NotPermitted(f"This console is read-only, so it will not {operation.__name__} anything.")
        try:
            return await operation(self.desk, self.actor, **options)
        finally:
            self.answered.set()
