"""Answers and errors in AWS's two wire forms: JSON 1.0, and form in and XML out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

_XMLNS = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str


class RefusedError(Exception):
    """The request is answered with an error of AWS's: its code, its message and its status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def of_json(told: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(told, separators=(",", ":")).encode(), "application/x-amz-json-1.0")


def of_xml(service: str, operation: str, result: object) -> Reply:
    """An answer of a service that takes forms."""
    inner = f"<{operation}Result>{xml(result)}</{operation}Result>" if result is not None else ""
    body = (f'<{operation}Response xmlns="{_XMLNS[service]}">{inner}'
            f"<ResponseMetadata><RequestId>simulated</RequestId></ResponseMetadata></{operation}Response>")
    return Reply(200, body.encode(), "text/xml")


def refusal(error: RefusedError, service: str) -> Reply:
    """The error in the service's own form."""
    if service not in _XMLNS:
        return of_json({"__type": f"com.amazonaws.{service}#{error.code}", "message": str(error)}, error.status)
    body = (f'<ErrorResponse xmlns="{_XMLNS[service]}"><Error><Type>Sender</Type><Code>{error.code}</Code>'
            f"<Message>{escape(str(error))}</Message></Error><RequestId>simulated</RequestId></ErrorResponse>")
    return Reply(error.status, body.encode(), "text/xml")


def xml(value: object) -> str:
    """Objects as elements by name, lists as `member`s."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(each)}</member>" for each in value)
    return escape(str(value))
