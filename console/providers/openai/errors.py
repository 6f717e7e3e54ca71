"""What an answer of OpenAI's admin API that is not a success means, and how it is said to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from console.http import Answer, HttpFailure, parse_json
from console.providers.shared.failures import StatusError, retry_after, short
from console.providers.source import Failure

_BILLING_CODES = frozenset(
    {
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "insufficient_quota",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)
_BY_STATUS = {
    401: Failure.UNAUTHORISED,
    402: Failure.BILLING,
    408: Failure.UNAVAILABLE,
    409: Failure.UNAVAILABLE,
    413: Failure.TOO_LARGE,
    429: Failure.RATE_LIMITED,
}
_ELSEWHERE = "unsupported_country_region_territory"
_PERMISSIONS = (
    ("organization/usage", "api.usage.read", "Usage: Read"),
    ("organization/costs", "api.usage.read", "Usage: Read"),
    ("organization/admin_api_keys", "api.management.read", "Management API keys: Read"),
    ("organization/projects", "api.management.read", "Projects: Read"),
)
"""By the beginning of the path: the scope as the API names it, and as the dashboard offers it to a restricted key."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What an error body says, as far as it can be read."""

    type: str
    code: str
    message: str


def classify(source: str, path: str, answer: Answer) -> StatusError:
    """The error that an answer other than 200 stands for: by its code where that is about money, else by status."""
    said = _said(answer.body)
    wait = retry_after(answer.headers, answer.date)
    failure = _failure(answer.status, said)
    text = f"{source}: {_sentence(failure, answer.status, said, path, wait)}"
    request = short(answer.headers.get("x-request-id"), 80)
    return StatusError(answer.status, failure, f"{text} Request {request}." if request else text, wait)


def _failure(status: int, said: _Said) -> Failure:
    if said.code in _BILLING_CODES or said.type == "insufficient_quota":
        return Failure.BILLING
    if _lacks_scope(status, said):
        return Failure.FORBIDDEN
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 400 <= status < 500:
        return Failure.FORBIDDEN
    return Failure.UNAVAILABLE if status >= 500 else Failure.MALFORMED


def _lacks_scope(status: int, said: _Said) -> bool:
    """A key that is valid and may not do this; some endpoints say so with the status of a bad key."""
    return status == 401 and ("missing scopes" in said.message.lower() or "insufficient permissions" in said.message)


def _sentence(failure: Failure, status: int, said: _Said, path: str, wait: float | None) -> str:
    quoted = f" ({said.message.rstrip('.')})" if said.message else ""
    label = f"{status} {said.code or said.type}".strip()
    match failure:
        case Failure.UNAUTHORISED:
            return (
                f"the credential was refused, {label}{quoted}. It is mistyped, deleted or expired, or this machine's "
                "address is not on the allow-list: put a valid admin key (sk-admin-...) behind this source's secret."
            )
        case Failure.BILLING:
            return (
                f"stopped by the billing state, {label}{quoted}. Waiting does not help; look at the account's limits."
            )
        case Failure.RATE_LIMITED:
            when = f"in {wait:.0f} s at the earliest" if wait else "later, no time was named"
            return f"asked too often, {label}{quoted}. The next attempt is {when}; the credential is not in doubt."
        case Failure.TOO_LARGE:
            return f"the request asked for too much, {label}{quoted}."
        case Failure.FORBIDDEN if said.code == _ELSEWHERE:
            return f"OpenAI does not serve the country that this machine asks from, {label}{quoted}."
        case Failure.FORBIDDEN if status == 403 or _lacks_scope(status, said):
            return f"this credential may not read {path}, {label}{quoted}. {_least(path)}"
        case Failure.FORBIDDEN if status == 404:
            return f"there is nothing at {path}, {label}{quoted}. Check base_url, which ends in /v1."
        case Failure.FORBIDDEN:
            return f"the request to {path} was not accepted, {label}{quoted}."
        case Failure.UNAVAILABLE:
            return f"the provider failed at {path}, {label}{quoted}. It is asked again later."
        case _:
            return f"{path} answered {label}{quoted}, which means nothing here."


def _least(path: str) -> str:
    """Which permission is missing, and how to grant no more than it."""
    scope, offered = next(((scope, offered) for begins, scope, offered in _PERMISSIONS if path.startswith(begins)),
                          ("", ""))
    if not scope:
        return "It needs an admin key (sk-admin-...) of the organisation; a project's key is not enough."
    return (f"The permission {scope} is missing: an owner of the organisation makes an admin key (sk-admin-...) that "
            f"is restricted to “{offered}”; a project's key (sk-proj-...) never has it.")


def _said(raw: bytes) -> _Said:
    """Both documented shapes: an object under `error`, and a bare {code, message}."""
    body: Any = None
    if len(raw) <= 64 * 1024:
        try:
            body = parse_json(raw)
        except HttpFailure:
            body = None  # a proxy's page of HTML; the status is enough
    body = body if isinstance(body, dict) else {}
    error = body.get("error")
    error = error if isinstance(error, dict) else body
    return _Said(short(error.get("type"), 60), short(error.get("code"), 60), short(error.get("message"), 300))
