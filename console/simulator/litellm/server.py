"""The gateway on loopback, with what goes wrong with one on a bad day."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from console.clock import Clock
from console.simulator.faults import Fault, Faults
from console.simulator.litellm.gateway import Gateway
from console.simulator.litellm.routes import Refusal, answer, refusal
from console.simulator.serving import Sent, Serving

_HUGE = 64 * 1024 * 1024


class RunningGateway(Serving):
    """Serves from a thread. Use it as a context manager; `base_url` is where it listens, `asked` what was asked."""

    def __init__(self, gateway: Gateway, clock: Clock, *, port: int = 0) -> None:
        super().__init__("litellm simulator", port=port)
        self.gateway = gateway
        self.faults = Faults()
        self.asked: Counter[str] = Counter()
        self.writes: list[tuple[str, Any]] = []
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Sent | None:
        body = _read(raw)
        address = urlsplit(target)
        fault = self.faults.take(method, address.path)
        try:
            with self.gateway.lock:
                self.asked[address.path] += 1
                if method == "POST":
                    self.writes.append((address.path, body))
            _refuse_by(fault, self.closing)
            with self.gateway.lock:
                told = answer(self.gateway, method, address.path, dict(parse_qsl(address.query)), headers,
                              body if isinstance(body, dict) else {})
            return _spoiled(fault, told)
        except Refusal as error:
            return Sent(error.status, _json(error.body), dict(error.headers))


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


def _spoiled(fault: Fault | None, told: Any) -> Sent | None:
    """The answer, or what the fault makes of it."""
    kind = fault.kind if fault else None
    if kind == "drop":
        return None
    if kind == "truncated_pages" and isinstance(told.get("data"), list):
        told = {**told, "data": told["data"][:len(told["data"]) // 2]}
    if kind == "duplicate_buckets" and told.get("data"):
        told = {**told, "data": [*told["data"][:-1], told["data"][0]]}
    if kind == "negative" and told.get("data"):
        told = {**told, "data": [{**row, "prompt_tokens": -row["prompt_tokens"]} for row in told["data"]]}
    content = b" " * _HUGE if kind == "huge" else _json(told)
    return Sent(200, content[:len(content) // 2] if kind == "malformed" else content)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None


def _json(told: object) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()
