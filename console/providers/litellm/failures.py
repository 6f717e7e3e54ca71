"""What an answer of LiteLLM's that is not a success means, and how it is said to a person.

It has two envelopes: {"error": {message, type, param, code}} of its own, and {"detail": ...} of the framework under it.
Statuses moved between versions; so the type counts before the status.
"""

from __future__ import annotations

from typing import Any

from console.http import Answer, HttpFailure, parse_json
from console.providers.shared.failures import StatusError, retry_after, short
from console.providers.source import Failure

READS_ALL = "a key of a user with the role proxy_admin_viewer, which sees all spend and changes nothing"

_GRANT = 'An admin of the gateway makes one: POST /user/new {"user_role": "proxy_admin_viewer"}.'

_NO_DATABASE = ("no_db_connection", "db not connected", "database not connected", "no connected db",
                "prisma client is not initialized")
_NOT_ADMIN = ("only proxy admin", "only admin users", "not allowed to access this route",
              "not allowed to call this route", "user not allowed", "admin-only", "not authorized")
_LONGEST = 64 * 1024


def classify(source: str, path: str, answer: Answer) -> StatusError:
    """The error that an answer other than 200 stands for."""
    said, type_ = message_of(answer)
    wait = retry_after(answer.headers, answer.date)
    failure, sentence = _meaning(answer.status, type_, said.lower(), path)
    quoted = f" ({said.rstrip('.')})" if said else ""
    return StatusError(answer.status, failure, f"{source}: {path} answered {answer.status}{quoted}. {sentence}", wait)


def message_of(answer: Answer) -> tuple[str, str]:
    """What an answer says went wrong, bounded and without any key, and its type; empty where it does not say."""
    body: Any = None
    if len(answer.body) <= _LONGEST:
        try:
            body = parse_json(answer.body)
        except HttpFailure:
            body = None  # a page of a proxy before it; the status is enough
    body = body if isinstance(body, dict) else {}
    error, detail = body.get("error"), body.get("detail")
    if isinstance(error, dict):
        return short(error.get("message"), 300), short(error.get("type"), 60)
    if isinstance(detail, dict):
        detail = detail.get("error", detail.get("message"))
    return short(error if isinstance(error, str) else detail, 300), ""


def _meaning(status: int, type_: str, said: str, path: str) -> tuple[Failure, str]:
    if any(word in said or word == type_ for word in _NO_DATABASE):
        return Failure.UNAVAILABLE, "The gateway has no database, and without one it logs no spend."
    if type_ == "budget_exceeded":
        return Failure.BILLING, "The budget of this source's own key is used up: give it a key without one."
    if status == 403 or (status in (400, 401) and any(word in said for word in _NOT_ADMIN)):
        return Failure.FORBIDDEN, f"This key may not read it: use {READS_ALL}. {_GRANT}"
    if status == 401 or type_ in ("auth_error", "expired_key", "token_not_found_in_db"):
        return Failure.UNAUTHORISED, ("The key was revoked, has expired, is blocked or was never one: use "
                                      f"{READS_ALL}. {_GRANT}")
    if status == 429:
        return Failure.RATE_LIMITED, "It is asked again later; the key is not in doubt."
    if status == 404:
        return Failure.FORBIDDEN, "Check base_url, and that a LiteLLM proxy is there that is new enough to have it."
    if status == 413:
        return Failure.TOO_LARGE, "The request asked for too much."
    if status >= 500 or status == 408:
        return Failure.UNAVAILABLE, "It is asked again later."
    return Failure.FORBIDDEN, "The request was not accepted."
