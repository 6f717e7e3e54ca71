"""A small HTTP server with every limit spelled out, for what is pushed to the console and asked of it.

One request at a time on a connection, kept alive between them; bodies whole, bounded on the wire and once
decompressed; one deadline for a request to arrive. It speaks plain HTTP and belongs on loopback, or behind a proxy.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from console.http import HttpFailure, Kind, inflated

if TYPE_CHECKING:
    import h11

LIMIT_BYTES = 16 * 1024 * 1024
ARRIVE_S = 30.0
"""A request must have arrived whole within this time of its first byte."""
IDLE_S = 75.0
"""A connection on which nothing is asked is kept so long."""
MOST_CONNECTIONS = 256
MOST_HELD_BYTES = 64 * 1024 * 1024
"""Of bodies that have not been answered yet, on all connections together."""
_HEAD_BYTES = 32 * 1024
_PIECE = 256 * 1024
_LINGER_S = 2.0
_OFF_LOOP_BYTES = 64 * 1024
_PLACE = re.compile(r"(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. Port 0: any that is free."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, arrived whole. Header names are lower case, the body is decompressed."""

    method: str
    path: str
    """Without the query."""
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    """Empty where it has not arrived yet."""
    connection: int = 0
    """Which one it came by; no other one of this listener has had the number."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The request is answered with this status and sentence, and not further looked at."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


Answer = Callable[[Asked], Awaitable[Reply]]
"""What a request is answered with. Raises Refused; anything else that it raises is logged and answered with 500."""
Admit = Callable[[Asked], None]
"""Looks at a request before its body is read. Raises Refused."""
Word = Callable[[Refused, Mapping[str, str]], Reply]
"""A refusal as the sender of these headers understands it; they are empty where what was sent is not HTTP."""


def place(text: str) -> Place:
    """The place of `127.0.0.1:7433` or `[::1]:7433`. Raises ValueError for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None or not 1 <= int(found[3]) <= 65535:
        raise ValueError(f"{text[:80]!r} is no place to listen at; write it like 127.0.0.1:7433")
    return Place(found[1] or found[2], int(found[3]))


def bears(asked: Asked, secret: str) -> bool:
    """Whether a request bears this secret, as `Authorization: Bearer SECRET`. Takes as long for a wrong one."""
    given = asked.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return hmac.compare_digest(given.encode(), secret.encode())


class Listener:
    """A server at one place. `open` it, then it answers until it is closed.

    limit: bytes of one body, on the wire and once decompressed.
    """

    def __init__(self, at: Place, answer: Answer, *, limit: int = LIMIT_BYTES, arrive_s: float = ARRIVE_S,
                 idle_s: float = IDLE_S, most_connections: int = MOST_CONNECTIONS,
                 most_held: int = MOST_HELD_BYTES, admit: Admit | None = None, word: Word | None = None) -> None:
        self._place = at
        self._rules = _Rules(answer, limit, arrive_s, idle_s, most_held, admit, word or _in_words)
        self._most = most_connections
        self._count = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens in truth. Only between `open` and `close`."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        """Begin to answer. Raises OSError where another program listens there, or it may not be listened at."""
        self._server = await asyncio.start_server(self._connected, self._place.host, self._place.port)

    async def close(self) -> None:
        """Stop listening, and end the connections that are open."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            self._count += 1
            await _Connection(reader, writer, self._rules, self._count).serve(
                full=len(self._connections) > self._most)
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass  # the other side went, or this one is closing; there is nobody to tell
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@dataclass(slots=True)
class _Rules:
    """What the connections of a listener have in common."""

    answer: Answer
    limit: int
    arrive_s: float
    idle_s: float
    most_held: int
    admit: Admit | None
    word: Word
    held: int = 0


class _Connection:
    """One connection: its requests, one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rules: _Rules, number: int) -> None:
        import h11  # with the first connection; no command needs it

        self._h11 = h11
        self._reader, self._writer = reader, writer
        self._rules, self._number = rules, number
        self._headers: dict[str, str] = {}
        self._held = 0
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)

    async def serve(self, *, full: bool) -> None:
        """Answer until either side has had enough. full: there are too many connections, and this is told."""
        while True:
            try:
                reply = await self._one(full)
            except Refused as error:
                reply = self._rules.word(error, self._headers)
            except self._h11.RemoteProtocolError as error:
                reply = self._rules.word(Refused(error.error_status_hint, "not usable as HTTP"), {})
            finally:
                self._rules.held -= self._held
                self._held = 0
            if reply is None or not await self._send(reply):
                return

    async def _one(self, full: bool) -> Reply | None:
        self._headers = {}
        async with asyncio.timeout(self._rules.idle_s):
            request = await self._event()
        if not isinstance(request, self._h11.Request):
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        self._headers = headers
        if full:
            raise Refused(503, "too many connections", {"retry-after": "1"})
        path = request.target.decode("latin-1").partition("?")[0]
        asked = Asked(request.method.decode("latin-1"), path, headers, b"", self._number)
        if self._rules.admit is not None:
            self._rules.admit(asked)
        arrive_s = self._rules.arrive_s
        try:
            async with asyncio.timeout(arrive_s):
                raw = await self._body(headers)
        except TimeoutError as error:
            raise Refused(408, f"not arrived whole within {arrive_s:g} s") from error
        body = await self._decoded(raw, headers.get("content-encoding", ""))
        try:
            return await self._rules.answer(replace(asked, body=body))
        except Refused:
            raise
        except Exception:
            log.exception("%s could not be answered", path)
            raise Refused(500, "this console failed; its log says why") from None

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while True:
            event = self._protocol.next_event()
            if event is not self._h11.NEED_DATA:
                return event
            if self._protocol.they_are_waiting_for_100_continue:
                going = self._h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._protocol.send(going) or b"")
            self._protocol.receive_data(await self._reader.read(_PIECE))

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        limit = self._rules.limit
        too_large = Refused(413, f"more than {limit} bytes; send less at a time")
        declared = headers.get("content-length", "0")
        if int(declared) > limit:  # the parser has let digits pass only
            raise too_large
        body = bytearray()
        while isinstance(event := await self._event(), self._h11.Data):
            body += event.data
            if len(body) > limit:
                raise too_large
            self._hold(len(event.data))
        return bytes(body)

    def _hold(self, size: int) -> None:
        self._held += size
        self._rules.held += size
        if self._rules.held > self._rules.most_held:
            raise Refused(503, "too much is waiting to be looked at", {"retry-after": "1"})

    async def _decoded(self, raw: bytes, encoding: str) -> bytes:
        encoding = encoding.strip().lower()
        if encoding in ("", "identity"):
            return raw
        form = "gzip" if encoding == "x-gzip" else encoding
        if form not in ("gzip", "deflate"):
            raise Refused(415, "send the body as it is, or in gzip or deflate")
        limit = self._rules.limit
        try:
            if len(raw) < _OFF_LOOP_BYTES:
                body = inflated(raw, limit, "the sender", form)
            else:
                body = await asyncio.to_thread(inflated, raw, limit, "the sender", form)
        except HttpFailure as error:
            raise Refused(413 if error.kind is Kind.TOO_LARGE else 400, str(error)) from error
        self._hold(len(body))
        return body

    async def _send(self, reply: Reply) -> bool:
        """Whether the connection goes on."""
        h11, protocol = self._h11, self._protocol
        if protocol.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return False
        whole = protocol.their_state is h11.DONE
        headers = {"content-type": reply.content_type, "content-length": str(len(reply.body)), **reply.headers}
        if not whole:
            headers["connection"] = "close"
        head = h11.Response(status_code=reply.status, headers=list(headers.items()))
        sent = [protocol.send(head), protocol.send(h11.Data(data=reply.body)), protocol.send(h11.EndOfMessage())]
        self._writer.write(b"".join(piece for piece in sent if piece))
        await self._writer.drain()
        if not whole:
            await self._linger()
        if not whole or protocol.our_state is not h11.DONE:
            return False
        protocol.start_next_cycle()
        return True

    async def _linger(self) -> None:
        """Read on for a moment: closed with bytes unread, the other side would lose the answer to its own sending."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                self._writer.write_eof()
                while await self._reader.read(_PIECE):
                    pass


def _in_words(error: Refused, _: Mapping[str, str]) -> Reply:
    return Reply(error.status, f"{error}\n".encode(), "text/plain; charset=utf-8", error.headers)
