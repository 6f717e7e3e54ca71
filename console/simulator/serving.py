"""A simulated provider on loopback: a real HTTP server in a thread, whose answers a subclass gives."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

_LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer, as it goes over the wire."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


class Serving(ABC):
    """Serves from a thread. Use it as a context manager; `base_url` is where it listens."""

    def __init__(self, name: str, *, port: int = 0) -> None:
        self.closing = threading.Event()
        """Set at the end: an answer that is slow on order is given up then."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"serving": self}))
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name=name,
                                        daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @abstractmethod
    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Sent | None:
        """The answer to one request; names of headers are in lower case. None: the line goes dead."""

    @abstractmethod
    def now(self) -> datetime:
        """What the `Date` of an answer tells: the story's time, not the machine's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    serving: Serving

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: whoever wants to know asks the simulator."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.serving.now(), usegmt=True)

    def _serve(self) -> None:
        raw = self.rfile.read(min(int(self.headers.get("content-length") or 0), _LARGEST_BODY))
        headers = {name.lower(): value for name, value in self.headers.items()}
        sent = self.serving.reply(self.command, self.path, headers, raw)
        if sent is None:
            self.close_connection = True
            return
        self.send_response(sent.status)
        told = {"content-type": sent.content_type, "content-length": str(len(sent.body)), **sent.headers}
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(sent.body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
