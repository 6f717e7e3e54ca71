"""The place that a LiteLLM gateway posts its calls to."""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from console.clock import Clock
from console.listening import Asked, Listener, Place, Refused, Reply, bears
from console.memory import uncollected
from console.providers.litellm_callback.payload import Undecodable, calls_of
from console.providers.shared.arguments import ArgumentHash
from console.providers.shared.delivery import Delivery
from console.providers.source import Busy, CannotListen, Capabilities, PushedCall, Reception, Sink

PATH = "/litellm"
BUSY_S = 2.0


class LitellmCallback:
    """Takes in what gateways post. `serve` it once.

    key: gives the secret that they must bear; None: nobody has to. largest: bytes of one request.
    """

    kind = "litellm-callback"

    def __init__(self, name: str, capabilities: Capabilities, at: Place, base: Path, clock: Clock, *,
                 key: Callable[[], str] | None = None, largest: int = 32 * 2**20) -> None:
        self.name = name
        self.capabilities = capabilities
        self.authenticated = key is not None
        self._key, self._secret = key, ""
        self._place, self._clock = at, clock
        self._hashing = ArgumentHash(base / ".token-console-arguments.key")
        self._listener = Listener(at, self._answer, limit=largest, admit=self._admit, most_held=3 * largest)
        self._delivery: Delivery | None = None
        self._turn = asyncio.Lock()
        self._closed, self._ended = asyncio.Event(), asyncio.Event()
        self._ended.set()
        self._listens = False
        self._requests, self._calls = 0, 0
        self._newest: datetime | None = None
        self._refused: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """Where it listens in truth; only while it serves."""
        return self._listener.port

    async def serve(self, sink: Sink) -> None:
        """Take in what is sent until `close`. Raises CannotListen, and ConsoleError where the secret cannot be had."""
        self._ended.clear()
        self._delivery = Delivery(sink)
        giving = asyncio.create_task(self._delivery.run())
        try:
            if self._key is not None:
                self._secret = await asyncio.to_thread(self._key)
            await self._open()
            await self._closed.wait()
        finally:
            self._listens = False
            await self._listener.close()
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            self._ended.set()

    async def close(self) -> None:
        """Listen no more."""
        self._closed.set()
        await self._ended.wait()

    async def _open(self) -> None:
        try:
            await self._listener.open()
        except OSError as error:
            raise CannotListen(
                f"Source {self.name!r} cannot listen at {self._place}: {error.strerror or error}. Another console may "
                "listen there: end it, or write another place as listen in its [[sources]] table.") from error
        self._listens = True

    def reception(self) -> Reception:
        """What came in so far; may be asked from any thread."""
        address = str(Place(self._place.host, self.port)) if self._listens else None
        return Reception(address, self._requests, self._calls, self._newest, dict(self._refused))

    def _admit(self, asked: Asked) -> None:
        """Whether a request's body is worth reading. Raises Refused."""
        if asked.path != PATH:
            raise self._refusal(404, f"there is nothing here but {PATH}", "to another path")
        if asked.method != "POST":
            raise self._refusal(405, "calls are told of with POST", "with another method")
        if self.authenticated and not bears(asked, self._secret):
            raise self._refusal(401, "send authorization: Bearer SECRET, with the secret of this source",
                                "without the secret")
        if not self.authenticated and "origin" in asked.headers:
            raise self._refusal(403, "a web page may not send here", "from a web page")
        if self._delivery is None or self._delivery.full:
            raise self._busy(BUSY_S)

    async def _answer(self, asked: Asked) -> Reply:
        assert self._delivery is not None
        try:
            async with self._turn:
                calls, refused = await asyncio.to_thread(self._take_in, asked.body)
        except Undecodable as error:
            raise self._refusal(400, str(error), "not decodable") from error
        self._refused.update({f"records with {reason}": count for reason, count in refused.items()})
        try:
            await self._delivery.put(calls)
        except Busy as error:
            raise self._busy(error.retry_after_s) from error
        self._took(calls)
        return Reply(200, json.dumps({"taken": len(calls), "refused": dict(refused)}).encode())

    def _take_in(self, body: bytes) -> tuple[list[PushedCall], Counter[str]]:
        with uncollected():
            return calls_of(body, self._clock.now(), self._hashing)

    def _took(self, calls: list[PushedCall]) -> None:
        self._requests += 1
        self._calls += len(calls)
        times = [call.ended or call.at for call in calls]
        self._newest = max([*times, *([self._newest] if self._newest else [])], default=None)

    def _busy(self, after_s: float) -> Refused:
        """Nothing that was understood is lost: it is kept, and given to the store again."""
        return self._refusal(503, "the store is behind", "while the store was busy",
                             **{"retry-after": str(max(1, math.ceil(after_s)))})

    def _refusal(self, status: int, message: str, reason: str, **headers: str) -> Refused:
        self._refused[f"requests {reason}"] += 1
        return Refused(status, message, headers)
