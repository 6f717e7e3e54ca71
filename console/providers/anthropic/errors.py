"""What an answer of the Anthropic Admin API that is not a success means, and how it is said to a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from console.http import Answer, HttpFailure, parse_json
from console.providers.shared.failures import StatusError, retry_after, short
from console.providers.source import Failure

_BILLING_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "organization_on_hold",
    }
)
# The one case that has no code of its own: a limit that the customer set, told by the documented start of its text.
_BILLING_TEXT = re.compile(r"you have reached your specified (workspace )?api usage limits", re.IGNORECASE)

@dataclass(frozen=True, slots=True)
class _Said:
    """What an error body says, as far as it can be read."""

    type: str
    code: str
    message: str
    request_id: str


def classify(source: str, path: str, answer: Answer) -> StatusError:
    """The error that an answer other than 200 stands for: by status, then type, then code (operations PO-14)."""
    said = _said(answer)
    wait = retry_after(answer.headers, answer.date)
    failure = _failure(answer.status, said)
    text = f"{source}: {_sentence(failure, answer.status, said, path, wait)}"
    if said.request_id:
        text += f" Request {said.request_id}."
    return StatusError(answer.status, failure, text, wait)


def _failure(status: int, said: _Said) -> Failure:
    if status in (400, 402, 403, 429) and _is_billing(status, said):
        return Failure.BILLING
    by_status = {401: Failure.UNAUTHORISED, 408: Failure.UNAVAILABLE, 409: Failure.UNAVAILABLE}
    by_status |= {410: Failure.UNAVAILABLE, 413: Failure.TOO_LARGE, 429: Failure.RATE_LIMITED}
    if status in by_status:
        return by_status[status]
    if 400 <= status < 500:
        return Failure.FORBIDDEN
    return Failure.UNAVAILABLE if status >= 500 else Failure.MALFORMED


def _is_billing(status: int, said: _Said) -> bool:
    known = said.code in _BILLING_CODES or said.type == "billing_error"
    return status == 402 or known or _BILLING_TEXT.match(said.message) is not None


def _sentence(failure: Failure, status: int, said: _Said, path: str, wait: float | None) -> str:
    quoted = f" ({said.message.rstrip('.')})" if said.message else ""
    label = f"{status} {said.code or said.type}".strip()
    match failure:
        case Failure.UNAUTHORISED:
            return (
                f"the credential was refused, {label}{quoted}. It is malformed, disabled, archived or expired: "
                "put a valid admin key behind this source's secret."
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
        case Failure.FORBIDDEN if status == 403:
            return (
                f"this credential may not read {path}, {label}{quoted}. Reading usage needs an admin key "
                "(sk-ant-admin01-...) of the organisation, which one of its admins makes under Settings, Admin keys; "
                "none of them has narrower scopes, and a workspace's key (sk-ant-api03-...) never may."
            )
        case Failure.FORBIDDEN if status == 404:
            return f"there is nothing at {path}, {label}{quoted}. Check base_url and what the organisation has enabled."
        case Failure.FORBIDDEN:
            return f"the request to {path} was not accepted, {label}{quoted}."
        case Failure.UNAVAILABLE if status == 529:
            return f"overloaded, {label}{quoted}. It is asked again later."
        case Failure.UNAVAILABLE:
            return f"the provider failed at {path}, {label}{quoted}. It is asked again later."
        case _:
            return f"{path} answered {label}{quoted}, which means nothing here."


def _said(answer: Answer) -> _Said:
    body: Any = None
    if len(answer.body) <= 64 * 1024:
        try:
            body = parse_json(answer.body)
        except HttpFailure:
            body = None  # a proxy's page of HTML; the status is enough
    body = body if isinstance(body, dict) else {}
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    details = error.get("details")
    details = details if isinstance(details, dict) else {}
    return _Said(
        type=short(error.get("type"), 60),
        code=short(details.get("error_code"), 60),
        message=short(error.get("message"), 300),
        request_id=short(answer.headers.get("request-id") or body.get("request_id"), 80),
    )
