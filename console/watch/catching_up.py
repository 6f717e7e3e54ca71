"""A month of calls that nobody has added up yet: by two processes, each half of the workloads, where there are two
processors. Python runs one thread at a time, so a thread would not help."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from multiprocessing import get_context

from console.watch.call_days import refresh
from store import call_days
from store.database import Database

MANY = 5_000
"""Days from which a second process is worth the second that it takes to start."""
LONGEST_S = 60.0
"""So long it is waited for when this process is done with its half."""


def catch_up(database: Database) -> None:
    """Make every day again whose calls changed. What the other process could not do is done here."""
    with database.read() as tx:
        many = len(call_days.stale(tx)) >= MANY
    if many and database.path is not None and (os.cpu_count() or 1) > 1:
        other = get_context("spawn").Process(target=_half, args=(f"sqlite:///{database.path}",), daemon=True)
        other.start()
        refresh(database, part=(0, 2))
        other.join(LONGEST_S)
        other.kill()
    refresh(database)


def _half(url: str) -> None:
    """What goes wrong here is neither told nor lost: whoever waits makes the rest, and tells if that cannot be done."""
    with suppress(Exception), closing(Database.open(url)) as database:
        refresh(database, part=(1, 2))
