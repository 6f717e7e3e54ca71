"""A real HTTP server on loopback, in a thread, that answers what a test tells it to and remembers what it was asked."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. Header names are lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return [value for key, value in self.query if key == name]

    def one(self, name: str) -> str | None:
        """The only value of a query parameter, or None."""
        return next(iter(self.all(name)), None)


@dataclass(frozen=True)
class Reply:
    """What to answer. `chunks` are written as they come, without a length, and end with the connection."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Iterable[bytes] | None = None
    length: int | None = None
    """A Content-Length that may lie."""


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; header names are given with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"content-type": "application/json", **named})


@dataclass
class Server:
    url: str
    asked: list[Asked]
    stopping: threading.Event
    """Set when the test is over; a slow reply waits on it instead of sleeping."""
    heard: threading.Event = field(default_factory=threading.Event)
    """Set with the first request."""


CERTIFICATE = Path(__file__).parent / "tls" / "localhost.pem"
"""A certificate for the name localhost, its own authority, with its key: for tests, and known to the world."""


def tls() -> ssl.SSLContext:
    """A server's side of TLS with CERTIFICATE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def serving(answer: Callable[[Asked], Reply], context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve until the block ends, over TLS with a context. `answer` runs in the server's threads, maybe several."""
    server = Server("", [], threading.Event())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qsl(parts.query, keep_blank_values=True), headers, body)
            server.asked.append(asked)
            server.heard.set()
            with suppress(ConnectionError):
                self._write(answer(asked))

        def _write(self, reply: Reply) -> None:
            if "date" in reply.headers:
                self.send_response_only(reply.status)
            else:
                self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.chunks is not None:
                self.close_connection = True
                self.send_header("connection", "close")
                self.end_headers()
                for chunk in reply.chunks:
                    self.wfile.write(chunk)
                    self.wfile.flush()
                return
            if reply.length is not None and reply.length != len(reply.body):
                self.close_connection = True
            self.send_header("content-length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = do_PUT = _handle  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests are quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    if context is not None:
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
        server.url = f"https://localhost:{listener.server_address[1]}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
