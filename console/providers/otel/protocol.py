"""What OTLP over HTTP answers: in the request's own content type, partly taken or refused so that senders know what to
do. Only 429 and 503 are sent again; anything else that is not 200 is lost, so nothing here says 500.

Source: opentelemetry-proto docs/specification.md, OTLP/HTTP response.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from console.listening import Refused, Reply

PROTOBUF, JSON = "application/x-protobuf", "application/json"
SIGNALS = {"/v1/traces": "traces", "/v1/metrics": "metrics", "/v1/logs": "logs"}

_REJECTED = {"traces": "rejectedSpans", "metrics": "rejectedDataPoints", "logs": "rejectedLogRecords"}
_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 408: 4, 413: 8, 415: 3, 429: 8, 503: 14}
"""google.rpc.Code by status of HTTP."""


def form_of(headers: Mapping[str, str]) -> str:
    """The content type of a request without its parameters; empty where none is told."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def taken(signal: str, form: str, refused: Mapping[str, int]) -> Reply:
    """200: all was taken, or all but what is told here by reason."""
    if not refused:
        return Reply(200, b"" if form == PROTOBUF else b"{}", form)
    count = sum(refused.values())
    why = "; ".join(f"{number} with {reason}" for reason, number in refused.items())
    message = f"{count} of the records were not taken: {why}"
    if form == JSON:
        partial = {_REJECTED[signal]: str(count), "errorMessage": message}
        return Reply(200, json.dumps({"partialSuccess": partial}).encode(), form)
    told = _varint(1 << 3) + _varint(count) + _text(2, message)
    return Reply(200, _bytes(1, told), form)


def refusal(error: Refused, headers: Mapping[str, str]) -> Reply:
    """A google.rpc.Status of what was refused and why."""
    message = str(error)
    if not headers:
        message += "; send OTLP over HTTP (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf), not over gRPC"
    code = _CODES.get(error.status, 14)
    status = 503 if error.status == 500 else error.status
    if form_of(headers) == PROTOBUF:
        return Reply(status, _varint(1 << 3) + _varint(code) + _text(2, message), PROTOBUF, error.headers)
    return Reply(status, json.dumps({"code": code, "message": message}).encode(), JSON, error.headers)


def again(status: int, after_s: float, message: str) -> Refused:
    """The sender is to send it once more, after so many seconds."""
    return Refused(status, message, {"retry-after": str(max(1, math.ceil(after_s)))})


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode(errors="replace"))


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
