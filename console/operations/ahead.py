"""What the first opening of a cadence would wait for beside the reading itself, done before somebody opens one.

Charters are understood, and statements compiled, once in a process: that takes as long again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from console.operations import months, quarters, years
from console.operations.actor import Actor
from console.operations.desk import Desk

PAUSE_S = 1.0
"""Before each reading: nobody waits for it, and somebody may wait for something else."""


async def read_ahead(desk: Desk, actor: Actor, begun: Callable[[], bool], closing: asyncio.Event,
                     pause_s: float = PAUSE_S) -> None:
    """Once the console shows something (`begun`), read the present month, quarter and year, and keep none of them: what
    a person is shown is read when they ask. What fails is told then."""
    waiting: list[Callable[[Desk, Actor], Awaitable[object]]] = [months.monthly, quarters.quarterly, years.annual]
    while waiting:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await closing.wait()
        if closing.is_set():
            return
        if begun():
            with contextlib.suppress(Exception):
                await waiting.pop(0)(desk, actor)
