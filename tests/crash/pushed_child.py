"""A process of its own that takes in calls without end, and says of each request when its sender was answered.

    python -m tests.crash.pushed_child DATABASE
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import count

from console.clock import ManualClock
from console.watch.execution import Held
from console.watch.judgement import Judged
from console.watch.live import Live
from store.database import Database
from tests.support.pushing import NOON, call, call_store

TOGETHER = 5
"""Calls of one request."""
SENDERS = 8


class _Nobody:
    def at_once(self, workloads: Iterable[str], at: datetime, held: Held | None = None) -> Judged:
        return Judged({}, (), ())


async def main(url: str) -> None:
    live, numbers = Live(call_store(Database.open(url)), _Nobody(), ManualClock(NOON), lambda: None, _no_trip), count()
    await live.start()

    async def send() -> None:
        while True:
            number = next(numbers)
            await live.take("otel", [call(each, key=f"anthropic/{number}-{each}") for each in range(TOGETHER)])
            print(number, flush=True)

    async with asyncio.TaskGroup() as senders:
        for _ in range(SENDERS):
            senders.create_task(send())


async def _no_trip(*_: object) -> None: ...


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
