"""From many requests to one sink: what came while the sink was at work is given to it at once, and each request waits
until its own calls are safe. What the sink could not take is kept and given to it again, so that a sender's second
attempt, of which everything is known already, is answered truly.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from console.providers.source import Busy, PushedCall, Sink

MOST_WAITING = 50_000
"""Calls; beyond, requests are refused before anything is made of them."""
AT_ONCE = 5_000
FAILED_RETRY_S = 30.0

log = logging.getLogger(__name__)


class Delivery:
    """Belongs to one event loop. `run` it beside the requests."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._waiting: dict[str, PushedCall] = {}
        self._round: asyncio.Future[None] | None = None
        self._wake = asyncio.Event()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= MOST_WAITING

    async def put(self, calls: Sequence[PushedCall]) -> None:
        """Returns when these calls, and all that were kept before them, are safe. Raises Busy."""
        for call in calls:
            self._waiting[call.key] = call
        if not self._waiting:
            return
        if self._round is None:
            self._round = asyncio.get_running_loop().create_future()
        self._wake.set()
        await asyncio.shield(self._round)

    async def run(self) -> None:
        """Give the sink what waits, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            calls, self._waiting = self._waiting, {}
            ready, self._round = self._round, None
            if calls and (busy := await self._give(calls)) is not None:
                if ready is not None and not ready.done():
                    ready.set_exception(busy)
                    ready.exception()  # nobody may be waiting any more
                await self._rest(busy.retry_after_s)
            elif ready is not None and not ready.done():
                ready.set_result(None)

    async def _give(self, calls: dict[str, PushedCall]) -> Busy | None:
        given = list(calls.values())
        while given:
            try:
                await self._sink(given[:AT_ONCE])
            except Busy as error:
                busy = error
            except Exception:
                log.exception("pushed calls could not be stored")
                busy = Busy(FAILED_RETRY_S, "The store failed; the console's log says why.")
            else:
                del given[:AT_ONCE]
                continue
            for call in given:
                self._waiting.setdefault(call.key, call)  # what came since is of the same call and knows more
            return busy
        return None

    async def _rest(self, most_s: float) -> None:
        """Until the sink may be asked again, or a sender does so."""
        try:
            async with asyncio.timeout(most_s):
                await self._wake.wait()
        except TimeoutError:
            self._wake.set()
