"""The cloud on loopback, with what goes wrong with it on a bad day."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from console.simulator.faults import Fault, Faults
from console.simulator.serving import Sent, Serving
from console.simulator.vertex.cloud import Account, Cloud
from console.simulator.vertex.routes import Refusal, answer, refusal

_HUGE = 64 * 1024 * 1024
_REFUSED = {
    "401": (401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "403": (403, "PERMISSION_DENIED", "The caller does not have permission"),
    "429": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Time series queries'."),
    "500": (500, "INTERNAL", "Internal error encountered."),
    "529": (503, "UNAVAILABLE", "The service is currently unavailable."),
}


class RunningCloud(Serving):
    """Serves from a thread. Use it as a context manager; `base_url` is where it listens, `asked` what was asked."""

    def __init__(self, cloud: Cloud, *, port: int = 0) -> None:
        super().__init__("vertex simulator", port=port)
        self.cloud = cloud
        self.faults = Faults()
        self.asked: Counter[str] = Counter()

    def credential(self, account: Account) -> str:
        """A new key of an account, whose tokens are asked for here."""
        return account.credential(f"{self.base_url}/token")

    def now(self) -> datetime:
        return self.cloud.clock.now()

    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Sent | None:
        address = urlsplit(target)
        self.asked[f"{method} {address.path}"] += 1
        fault = self.faults.take(method, address.path)
        try:
            _refuse_by(fault, self.closing)
            with self.cloud.lock:
                if address.path == "/token":
                    return _spoiled(fault, self._token(raw))
                path = tuple(unquote(part) for part in address.path.split("/") if part)
                token = headers.get("authorization", "").removeprefix("Bearer ")
                told = answer(self.cloud, method, path, parse_qs(address.query), token, json.loads(raw or b"null"))
            return _spoiled(fault, told)
        except Refusal as error:
            return Sent(error.status, _json(error.body), error.headers)

    def _token(self, raw: bytes) -> dict[str, Any]:
        token = self.cloud.token_of(parse_qs(raw.decode()).get("assertion", [""])[0])
        if token is None:
            raise Refusal(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}


def _refuse_by(fault: Fault | None, closing: threading.Event) -> None:
    """What goes wrong before the request is looked at. Raises Refusal."""
    if fault is None:
        return
    if fault.kind in _REFUSED:
        raise refusal(*_REFUSED[fault.kind], {"retry-after": "7"} if fault.kind == "429" else None)
    if fault.kind == "slow":
        closing.wait(fault.seconds)


def _spoiled(fault: Fault | None, told: Any) -> Sent | None:
    """The answer, or what the fault makes of it."""
    kind = fault.kind if fault else None
    if kind == "drop":
        return None
    if kind == "duplicate_buckets" and told.get("timeSeries"):
        told = {**told, "timeSeries": told["timeSeries"] * 2}
    content = b" " * _HUGE if kind == "huge" else _json(told)
    if kind == "malformed":
        content = content[:len(content) // 2]
    if kind == "negative":
        content = content.replace(b'"int64Value":"', b'"int64Value":"-')
    return Sent(200, content)


def _json(told: object) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()
