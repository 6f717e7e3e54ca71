"""Answers as the provider words them: a JSON body, or an error of its documented shape."""

from __future__ import annotations

from dataclasses import dataclass, field

_ERROR_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
                404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error",
                529: "overloaded_error"}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """The request is answered with an error. Carries the status and the message of the body."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}

    def reply(self, request_id: str) -> Reply:
        """The documented error body."""
        return Reply(self.status, {
            "type": "error", "error": {"type": _ERROR_TYPES[self.status], "message": str(self)},
            "request_id": request_id}, self.headers)
