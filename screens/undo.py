"""What can be taken back for ten seconds: an acknowledgement, a silence, a decision. A kill or a resume never is."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

UNDO_S = 10.0
TakeBack = Callable[[], Awaitable[object]]


class Undo:
    """The last thing that can be taken back, and until when by the person's own time, which a demo does not hurry."""

    def __init__(self) -> None:
        self._job: TakeBack | None = None
        self._until = 0.0

    def offer(self, job: TakeBack) -> None:
        """From now on `job` takes it back."""
        self._job, self._until = job, time.monotonic() + UNDO_S

    def take(self) -> TakeBack | None:
        """What takes it back, once; None where nothing can be taken back any more."""
        job, self._job = self._job, None
        return job if time.monotonic() <= self._until else None
