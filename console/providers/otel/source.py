"""The OpenTelemetry receiver: OTLP over HTTP in, calls to models out. No text of a prompt or an answer leaves here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from console.clock import Clock
from console.listening import Asked, Listener, Place, Refused, Reply, bears
from console.memory import uncollected
from console.providers.otel import protocol, series_state
from console.providers.otel.decoding import Decoder
from console.providers.otel.dimensions import CallDimensions
from console.providers.otel.normalising import Normaliser
from console.providers.otel.records import Export, Undecodable
from console.providers.otel.totals import Counted
from console.providers.shared.allowance import Allowance
from console.providers.shared.arguments import ArgumentHash
from console.providers.shared.delivery import Delivery
from console.providers.source import Busy, CannotListen, Capabilities, PushedCall, Reception, Sink

MEGABYTE = 1024 * 1024
BURST_S = 4.0
REQUESTS_PER_S, REQUESTS_BURST = 300.0, 1_200.0
"""On one connection."""
MOST_CONNECTIONS = 256
KEPT_EVERY_S = 30.0
BUSY_S = 2.0


class OtelSource:
    """Takes in what is sent to one place. `serve` it once."""

    kind = "otel"

    def __init__(self, name: str, capabilities: Capabilities, at: Place, base: Path, clock: Clock, *,
                 key: Callable[[], str] | None = None, attributes: tuple[str, ...] = (), most_per_s: int = 20_000,
                 largest: int = 16 * MEGABYTE) -> None:
        """`key` gives the secret that senders must bear, None: nobody has to. `attributes`: further ones of spans that
        become trace.X. most_per_s: records of all senders. largest: bytes of one request, also once decompressed."""
        self.name = name
        self.capabilities = capabilities
        self.authenticated = key is not None
        self._key = key
        self._secret: str | None = None
        self._place, self._clock, self._largest = at, clock, largest
        self._decoder = Decoder(attributes)
        self._counts_file = base / f".token-console-{name}-counts.json"
        self._hashing = ArgumentHash(base / ".token-console-arguments.key")
        self._normaliser = Normaliser(CallDimensions(attributes), self._hashing)
        self._all = Allowance(most_per_s, most_per_s * BURST_S)
        self._by_connection: dict[int, Allowance] = {}
        self._turn = asyncio.Lock()
        self._delivery: Delivery | None = None
        self._listeners: list[Listener] = []
        self._closed, self._ended = asyncio.Event(), asyncio.Event()
        self._ended.set()
        self._kept: Counted = {}
        self._seen = _Seen()

    async def serve(self, sink: Sink) -> None:
        """Take in what is sent until `close`. Raises CannotListen, and ConsoleError where the secret cannot be had."""
        self._ended.clear()
        beside: list[asyncio.Task[None]] = []
        try:
            if self._key is not None:
                self._secret = await asyncio.to_thread(self._key)
            self._normaliser.totals.counted |= await asyncio.to_thread(series_state.read, self._counts_file)
            self._kept = dict(self._normaliser.totals.counted)
            self._delivery = Delivery(sink)
            beside = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._keep_counts())]
            await self._open()
            await self._closed.wait()
        finally:
            await self._end(beside)
            self._ended.set()

    async def close(self) -> None:
        """Listen no more. What was not answered yet its sender sends again."""
        self._closed.set()
        await self._ended.wait()

    async def _end(self, beside: list[asyncio.Task[None]]) -> None:
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            await listener.close()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await self._write_counts()

    @property
    def port(self) -> int:
        """Where it listens in truth; only while it serves."""
        return self._listeners[0].port

    def reception(self) -> Reception:
        """What came in so far; may be asked from any thread."""
        seen = self._seen
        address = str(Place(self._place.host, self.port)) if self._listeners else None
        return Reception(
            address=address, requests=seen.requests, calls=seen.calls, newest=seen.newest, refused=dict(seen.refused),
            let_go=self._normaliser.let_go(), notices=self._normaliser.notices(),
        )

    async def _open(self) -> None:
        listener = self._listener(self._place)
        try:
            await listener.open()
        except OSError as error:
            raise CannotListen(
                f"Source {self.name!r} cannot listen at {self._place}: {error.strerror or error}. Another console or a "
                f"collector may listen there: end it, or write another place as listen in its [[sources]] table."
            ) from error
        self._listeners = [listener]
        if self._place.host == "127.0.0.1":  # senders that are told `localhost` may try this one first, or only
            twin = self._listener(Place("::1", listener.port))
            with contextlib.suppress(OSError):
                await twin.open()
                self._listeners.append(twin)

    def _listener(self, at: Place) -> Listener:
        return Listener(
            at, self._answer, limit=self._largest, most_held=max(64 * MEGABYTE, 3 * self._largest),
            most_connections=MOST_CONNECTIONS, admit=self._admit, word=self._refused,
        )

    def _admit(self, asked: Asked) -> None:
        """Whether a request's body is worth reading. Raises Refused."""
        if asked.path not in protocol.SIGNALS:
            raise Refused(404, f"there is nothing here but {', '.join(protocol.SIGNALS)}")
        if asked.method != "POST":
            raise Refused(405, "exports are sent with POST", {"allow": "POST"})
        if self._secret is not None and not bears(asked, self._secret):
            raise Refused(401, "the secret of this source is missing or another: send authorization: Bearer SECRET",
                          {"www-authenticate": "Bearer"})
        if self._secret is None and "origin" in asked.headers:
            raise Refused(403, "a web page may not send here; nothing else says where it is from (origin)")
        if protocol.form_of(asked.headers) not in (protocol.PROTOBUF, protocol.JSON):
            raise Refused(415, f"send {protocol.PROTOBUF} or {protocol.JSON}")
        self._limit_rate(asked.connection)
        if self._delivery is None or self._delivery.full:
            raise protocol.again(503, BUSY_S, "the store is behind")

    def _limit_rate(self, connection: int) -> None:
        now = asyncio.get_running_loop().time()
        own = self._by_connection.get(connection)
        if own is None:
            if len(self._by_connection) >= 4 * MOST_CONNECTIONS:
                del self._by_connection[next(iter(self._by_connection))]
            own = self._by_connection[connection] = Allowance(REQUESTS_PER_S, REQUESTS_BURST)
        own.spend(1, now)
        wait_s = max(own.wait_s(now), self._all.wait_s(now))
        if wait_s:
            raise protocol.again(429, wait_s, "more is sent than this console looks at; send fewer, larger requests")

    async def _answer(self, asked: Asked) -> Reply:
        assert self._delivery is not None
        signal, form = protocol.SIGNALS[asked.path], protocol.form_of(asked.headers)
        try:
            async with self._turn:
                export, calls = await asyncio.to_thread(self._take_in, signal, form, asked.body)
        except Undecodable as error:
            raise Refused(400, str(error)) from error
        self._all.spend(export.count, asyncio.get_running_loop().time())
        try:
            await self._delivery.put(calls)
        except Busy as error:
            raise protocol.again(503, error.retry_after_s, str(error)) from error
        self._seen.took(calls, export.refused)
        return protocol.taken(signal, form, export.refused)

    def _take_in(self, signal: str, form: str, body: bytes) -> tuple[Export, list[PushedCall]]:
        with uncollected():
            decode = self._decoder.protobuf if form == protocol.PROTOBUF else self._decoder.json
            export = decode(signal, body)
            return export, self._normaliser.put(export, self._clock.now())

    def _refused(self, error: Refused, headers: Mapping[str, str]) -> Reply:
        self._seen.refuse(error)
        return protocol.refusal(error, headers)

    async def _keep_counts(self) -> None:
        while True:
            await asyncio.sleep(KEPT_EVERY_S)
            await self._write_counts()

    async def _write_counts(self) -> None:
        async with self._turn:
            counted = dict(self._normaliser.totals.counted)
        if counted != self._kept:
            await asyncio.to_thread(series_state.write, self._counts_file, counted)
            self._kept = counted


class _Seen:
    """What is told of the receiver's work."""

    def __init__(self) -> None:
        self.requests = 0
        self.calls = 0
        self.newest: datetime | None = None
        self.refused: dict[str, int] = {}

    def took(self, calls: list[PushedCall], refused: Mapping[str, int]) -> None:
        self.requests += 1
        self.calls += len(calls)
        for reason, count in refused.items():
            self.refused[f"records with {reason}"] = self.refused.get(f"records with {reason}", 0) + count
        latest = max((call.at for call in calls), default=self.newest)
        self.newest = latest if self.newest is None or latest is None else max(latest, self.newest)

    def refuse(self, error: Refused) -> None:
        """By status alone: what senders write makes no new reasons."""
        reason = f"requests: {_STATUS.get(error.status, 'others')}"
        self.refused[reason] = self.refused.get(reason, 0) + 1


_STATUS = {
    400: "not decodable", 401: "without the secret", 403: "from a web page", 404: "to another path",
    405: "with another method", 408: "too slow", 413: "too large", 415: "in another form", 429: "too many",
    503: "while the store was busy",
}
