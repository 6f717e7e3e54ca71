"""The gateway on loopback, with what goes wrong with one on a bad day."""

from __future__ import annotations

import json
import threading
from collections import Counter
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.clock import Clock
from console.simulator.faults import Fault, Faults
from console.simulator.litellm.gateway import Gateway
from console.simulator.litellm.routes import Refusal, answer, refusal

_HUGE = 64 * 1024 * 1024
_LARGEST_BODY = 1024 * 1024


class RunningGateway:
    """Serves from a thread. Use it as a context manager; `base_url` is where it listens, `asked` what was asked."""

    def __init__(self, gateway: Gateway, clock: Clock, *, port: int = 0) -> None:
        self.gateway = gateway
        self.faults = Faults()
        self.asked: Counter[str] = Counter()
        self.writes: list[tuple[str, Any]] = []
        self._closing = threading.Event()
        self._clock = clock
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"running": self}))
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02},
                                        name="litellm simulator", daemon=True)

    def __enter__(self) -> RunningGateway:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reply(self, method: str, target: str, headers: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of the answer to one request."""
        address = urlsplit(target)
        fault = self.faults.take(method, address.path)
        try:
            with self.gateway.lock:
                self.asked[address.path] += 1
                if method == "POST":
                    self.writes.append((address.path, body))
            _refuse_by(fault, self._closing)
            with self.gateway.lock:
                told = answer(self.gateway, method, address.path, dict(parse_qsl(address.query)), headers,
                              body if isinstance(body, dict) else {})
            return 200, _spoiled(fault, told), {}
        except Refusal as error:
            return error.status, error.body, dict(error.headers)

    def now(self) -> str:
        """The `Date` of an answer: the story's time, not the machine's."""
        return format_datetime(self._clock.now(), usegmt=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    running: RunningGateway

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, *_: object) -> None:
        """Say nothing: whoever wants to know looks at `asked`."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.running.now()

    def _serve(self, method: str) -> None:
        length = min(int(self.headers.get("content-length") or 0), _LARGEST_BODY)
        raw = self.rfile.read(length)
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, told, more = self.running.reply(method, self.path, headers, body)
        if told is None:  # hang up without an answer
            self.close_connection = True
            return
        content = told if isinstance(told, bytes) else json.dumps(told, separators=(",", ":")).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def _refuse_by(fault: Fault | None, closing: threading.Event) -> None:
    """What goes wrong before the gateway looks at the request. Raises Refusal."""
    kind = fault.kind if fault else None
    if kind == "401":
        raise refusal(401, "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...1234",
                      "token_not_found_in_db")
    if kind == "403":
        raise refusal(403, "user not allowed to access this route. Your role=internal_user")
    if kind == "429":
        raise refusal(429, "Rate limit exceeded.", "throttling_error", retry_after="7")
    if kind in ("500", "529"):
        raise refusal(int(kind), "Internal server error", "internal_server_error")
    if kind == "slow" and fault:
        closing.wait(fault.seconds)


def _spoiled(fault: Fault | None, told: Any) -> Any:
    """The answer, or what the fault makes of it: bytes that are sent as they are, None for no answer."""
    kind = fault.kind if fault else None
    if kind == "drop":
        return None
    if kind == "huge":
        return b" " * _HUGE
    if kind == "malformed":
        content = json.dumps(told).encode()
        return content[:len(content) // 2]
    if kind == "truncated_pages" and isinstance(told.get("data"), list):
        return {**told, "data": told["data"][:len(told["data"]) // 2]}
    if kind == "duplicate_buckets" and told.get("data"):
        return {**told, "data": [*told["data"][:-1], told["data"][0]]}
    if kind == "negative" and told.get("data"):
        return {**told, "data": [{**row, "prompt_tokens": -row["prompt_tokens"]} for row in told["data"]]}
    return told
