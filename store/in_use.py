"""Who has the database open: a lock on a file beside it, never on the database itself (operations TE-31, DB-2).

Every process that opens the database shares the lock; whoever replaces or migrates the file needs it alone. The kernel
lets go of it when a process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from store.errors import DatabaseBusy, NotWritable

WAIT_S = 5.0
_LOOK_AGAIN_S = 0.05


class Use:
    """The lock as one process holds it, from when this is made until `end`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lock = path.with_name(f"{path.name}.lock")
        try:
            self._descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise NotWritable(f"{lock} cannot be opened: {error.strerror}. Check the owner and mode of the folder, and "
                              "that the disk is not full.") from error

    def share(self, wait_s: float = WAIT_S) -> None:
        """Use the database beside others. Raises DatabaseBusy while somebody replaces or migrates it."""
        self._take(fcntl.LOCK_SH, wait_s, "is being restored or migrated by another process. Try again when that has "
                                          "ended.")

    def alone(self, wait_s: float = 0.0) -> None:
        """Use the database alone. Raises DatabaseBusy where another process, or another part of this one, has it."""
        self._take(fcntl.LOCK_EX, wait_s, "is in use by another console. End every token-console that works with it, "
                                          "and try again.")

    def end(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _take(self, kind: int, wait_s: float, otherwise: str) -> None:
        until = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    self.end()
                    raise DatabaseBusy(f"{self._path} {otherwise}") from error
                time.sleep(_LOOK_AGAIN_S)
