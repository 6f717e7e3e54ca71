"""Views that ask for themselves: when they are opened, after an own command, on `r`, and every few minutes while one
looks at them; never for a new Daily, which comes every few seconds and says nothing of them."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Generic, TypeVar

from screens.view import View

READ_AGAIN_S = 180.0
"""How old what is shown may get while one looks at it."""

Value = TypeVar("Value")


class Rereading(View):
    """A subclass says how it reads."""

    def __init__(self) -> None:
        super().__init__()
        self._read_at = float("-inf")

    @abstractmethod
    def read(self) -> None:
        """Ask for what is to be shown; what is on the screen stays there meanwhile."""

    @property
    @abstractmethod
    def reading(self) -> bool:
        """Whether that is under way."""

    def reads(self) -> None:
        """It is asked for now."""
        self._read_at = time.monotonic()

    def tick(self) -> None:
        super().tick()
        if not self.paused and not self.reading and time.monotonic() - self._read_at > READ_AGAIN_S:
            self.read()

    def changed(self) -> None:
        self.read()

    def show_newest(self) -> None:
        self.read()

    def do_refresh(self) -> None:
        """Read what is stored now; the providers have no part in it."""
        self.read()


class Asking(Rereading, Generic[Value]):
    """One question, and one value that is its answer."""

    WHAT: str
    """Ends the sentence "loading…"."""

    def __init__(self) -> None:
        super().__init__()
        self.value: Value | None = None
        """What was read last."""
        self._reading: object = None
        """The reading that is under way; a later one takes its place."""

    @abstractmethod
    async def question(self) -> Value:
        """Ask the door."""

    @abstractmethod
    def take(self, value: Value) -> None:
        """Show what was read."""

    @property
    def reading(self) -> bool:
        return self._reading is not None

    def read(self) -> None:
        self.reads()
        reading = self._reading = object()

        async def ask() -> Value:
            try:
                return await self.question()
            finally:
                if self._reading is reading:
                    self._reading = None

        def take(value: Value) -> None:
            self.value = value
            self.take(value)

        self.fetch(ask, take, self.WHAT, quiet=self.value is not None)
