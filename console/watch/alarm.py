"""Critical messages that do not go through the database: to every channel at once, whatever severity it asked for.

For when nothing can be written down (CB-47, AU-10), and for break-glass. A channel that hangs holds up nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from console.clock import Clock
from console.config import Config, Notification
from console.text import clean
from console.watch import notify

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=30)
"""The same trouble is told again so long after it was told."""


class Alarm:
    """Belongs to one event loop. What it tells of is a key: the same one is not told twice within half an hour."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._told: dict[str, datetime] = {}
        self._tasks: set[asyncio.Task[Mapping[str, str | None]]] = set()

    def cannot_store(self, error: Exception) -> None:
        """Begin to tell everybody that nothing is written down, and so nothing killed, until a person mends it."""
        self.start("database", "Token Console cannot write to its database",
                   f"{error} Until that is mended nothing is watched, and nothing is killed automatically. {_BY_HAND}")

    def kill_withheld(self, workload: str, error: Exception) -> None:
        """Begin to tell everybody that a kill which a Charter orders was not carried out."""
        self.start(f"kill of {workload}", f"{workload} was NOT killed",
                   f"Its Charter orders a kill, which could not be written down: {error} {_BY_HAND}")

    def start(self, key: str, title: str, body: str) -> None:
        """Begin to tell every channel, unless the same was told a moment ago."""
        now = self._clock.now()
        if key in self._told and now - self._told[key] < AGAIN_AFTER:
            return
        self._told[key] = now
        task = asyncio.get_running_loop().create_task(self.sound(title, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def sound(self, title: str, body: str) -> Mapping[str, str | None]:
        """Tell every channel now. Returns what went wrong by channel; None where it went out."""
        log.critical("%s: %s", title, body)
        channels = self._config.notifications
        said = await asyncio.gather(*(self._one(channel, title, body) for channel in channels))
        return {channel.name: error for channel, error in zip(channels, said, strict=True)}

    async def wait(self, timeout_s: float = notify.SEND_DEADLINE_S) -> None:
        """Wait, so long at most, until everything that was begun went out or failed."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)

    async def _one(self, channel: Notification, title: str, body: str) -> str | None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def answered(error: str | None) -> None:
            if not answer.done():
                answer.set_result(error)

        def deliver() -> None:
            try:
                error = notify.deliver(channel, self._config.base, "critical", clean(title, notify.TITLE_WIDTH),
                                       clean(body, notify.BODY_WIDTH))
            except Exception as failure:  # the library's, or the network's
                error = f"{type(failure).__name__} while it was sent"
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(answered, error)

        threading.Thread(target=deliver, name=f"alarm-{channel.name}", daemon=True).start()
        try:
            async with asyncio.timeout(notify.SEND_DEADLINE_S):
                return await answer
        except TimeoutError:
            return f"no answer within {notify.SEND_DEADLINE_S:.0f} s"


_BY_HAND = "To stop one by hand: token-console break-glass WORKLOAD --reason TEXT"
