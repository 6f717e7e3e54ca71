"""The cloud on loopback, with what goes wrong with it on a bad day."""

from __future__ import annotations

import json
import threading
from collections import Counter
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from console.simulator.faults import Fault, Faults
from console.simulator.vertex.cloud import Account, Cloud
from console.simulator.vertex.routes import Refusal, answer, refusal

_HUGE = 64 * 1024 * 1024
_LARGEST_BODY = 1024 * 1024
_REFUSED = {
    "401": (401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "403": (403, "PERMISSION_DENIED", "The caller does not have permission"),
    "429": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Time series queries'."),
    "500": (500, "INTERNAL", "Internal error encountered."),
    "529": (503, "UNAVAILABLE", "The service is currently unavailable."),
}


class RunningCloud:
    """Serves from a thread. Use it as a context manager; `base_url` is where it listens, `asked` what was asked."""

    def __init__(self, cloud: Cloud, *, port: int = 0) -> None:
        self.cloud = cloud
        self.faults = Faults()
        self.asked: Counter[str] = Counter()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"running": self}))
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02},
                                        name="vertex simulator", daemon=True)

    def __enter__(self) -> RunningCloud:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def credential(self, account: Account) -> str:
        """A new key of an account, whose tokens are asked for here."""
        return account.credential(f"{self.base_url}/token")

    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of the answer to one request."""
        address = urlsplit(target)
        self.asked[f"{method} {address.path}"] += 1
        fault = self.faults.take(method, address.path)
        try:
            _refuse_by(fault, self._closing)
            with self.cloud.lock:
                if address.path == "/token":
                    return 200, _spoiled(fault, self._token(raw)), {}
                path = tuple(unquote(part) for part in address.path.split("/") if part)
                token = headers.get("authorization", "").removeprefix("Bearer ")
                told = answer(self.cloud, method, path, parse_qs(address.query), token, json.loads(raw or b"null"))
            return 200, _spoiled(fault, told), {}
        except Refusal as error:
            return error.status, error.body, error.headers

    def _token(self, raw: bytes) -> dict[str, Any]:
        token = self.cloud.token_of(parse_qs(raw.decode()).get("assertion", [""])[0])
        if token is None:
            raise Refusal(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    running: RunningCloud

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: whoever wants to know looks at `asked`."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.running.cloud.clock.now(), usegmt=True)

    def _serve(self) -> None:
        raw = self.rfile.read(min(int(self.headers.get("content-length") or 0), _LARGEST_BODY))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, told, more = self.running.reply(self.command, self.path, headers, raw)
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
    """What goes wrong before the request is looked at. Raises Refusal."""
    if fault is None:
        return
    if fault.kind in _REFUSED:
        raise refusal(*_REFUSED[fault.kind], {"retry-after": "7"} if fault.kind == "429" else None)
    if fault.kind == "slow":
        closing.wait(fault.seconds)


def _spoiled(fault: Fault | None, told: Any) -> Any:
    """The answer, or what the fault makes of it: bytes that are sent as they are, None for no answer."""
    kind = fault.kind if fault else None
    content = json.dumps(told)
    if kind == "drop":
        return None
    if kind == "huge":
        return b" " * _HUGE
    if kind == "malformed":
        return content.encode()[:len(content) // 2]
    if kind == "negative":
        return content.replace('"int64Value": "', '"int64Value": "-').encode()
    if kind == "duplicate_buckets" and told.get("timeSeries"):
        return {**told, "timeSeries": told["timeSeries"] * 2}
    return told
