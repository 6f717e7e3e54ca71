"""What an answer of Google's APIs that is not a success means, and how it is said to a person."""

from __future__ import annotations

from typing import Any

from console.http import Answer, HttpFailure, parse_json
from console.providers.shared.failures import StatusError, retry_after, short
from console.providers.source import Failure

_MEANING = {
    "UNAUTHENTICATED": Failure.UNAUTHORISED, "PERMISSION_DENIED": Failure.FORBIDDEN, "NOT_FOUND": Failure.FORBIDDEN,
    "INVALID_ARGUMENT": Failure.FORBIDDEN, "FAILED_PRECONDITION": Failure.FORBIDDEN,
    "RESOURCE_EXHAUSTED": Failure.RATE_LIMITED,
}
_BY_STATUS = {401: Failure.UNAUTHORISED, 413: Failure.TOO_LARGE, 429: Failure.RATE_LIMITED, 408: Failure.UNAVAILABLE}


def classify(source: str, path: str, answer: Answer) -> StatusError:
    """The error that an answer other than 200 stands for: by the word for it, else by the number."""
    word, message, reasons = _said(answer.body)
    failure = Failure.UNAVAILABLE if answer.status >= 500 else _MEANING.get(word) or _BY_STATUS.get(
        answer.status, Failure.FORBIDDEN if 400 <= answer.status < 500 else Failure.MALFORMED)
    project = path.split("/projects/", 1)[-1].split("/", 1)[0]
    quoted = f" ({message.rstrip('.')})" if message else ""
    text = f"{source}: project {project}: {answer.status} {word}{quoted}. {_advice(failure, project, reasons)}"
    return StatusError(answer.status, failure, text, retry_after(answer.headers, answer.date))


def _advice(failure: Failure, project: str, reasons: str) -> str:
    if "SERVICE_DISABLED" in reasons:
        return ("The Cloud Monitoring API is off in that project: "
                f"gcloud services enable monitoring.googleapis.com --project {project}")
    match failure:
        case Failure.UNAUTHORISED:
            return ("The credential was refused: its key was deleted, the account disabled, or this machine's clock is "
                    "wrong. Put a valid key of a service account behind this source's secret.")
        case Failure.FORBIDDEN:
            return ("The permission monitoring.timeSeries.list is missing there, or there is no such project: gcloud "
                    f"projects add-iam-policy-binding {project} --role roles/monitoring.viewer --member "
                    "serviceAccount:ACCOUNT")
        case Failure.RATE_LIMITED:
            return "It is asked again later; the credential is not in doubt."
        case Failure.TOO_LARGE:
            return "The request asked for too much."
        case _:
            return "It is asked again later."


def _said(raw: bytes) -> tuple[str, str, str]:
    """(the word for it, what Google says, the reasons in its details), as far as they can be read."""
    body: Any = None
    if len(raw) <= 64 * 1024:
        try:
            body = parse_json(raw)
        except HttpFailure:
            body = None  # a page of a proxy before it; the status is enough
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    told = error.get("details")
    details = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    reasons = " ".join(short(each.get("reason"), 60) for each in details)
    return short(error.get("status"), 60), short(error.get("message"), 300), reasons
