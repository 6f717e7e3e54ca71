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
    """The request is answered with an error: its status, its message, and its `details.error_code` where it has one."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None,
                 code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.code = code

    def reply(self, request_id: str) -> Reply:
        """The documented error body."""
        error: dict[str, object] = {"type": _ERROR_TYPES[self.status], "message": str(self)}
        if self.code is not None:
            error["details"] = {"error_code": self.code}
        return Reply(self.status, {"type": "error", "error": error, "request_id": request_id}, self.headers)
