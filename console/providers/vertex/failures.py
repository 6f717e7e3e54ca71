"""What an answer of Google's APIs that is not a success means, and how it is said to a person."""

from __future__ import annotations

from collections.abc import Set

from console.gcp.refusals import refusal_of
from console.http import Answer
from console.providers.shared.failures import StatusError, retry_after
from console.providers.source import Failure

_MEANING = {
    "UNAUTHENTICATED": Failure.UNAUTHORISED, "PERMISSION_DENIED": Failure.FORBIDDEN, "NOT_FOUND": Failure.FORBIDDEN,
    "INVALID_ARGUMENT": Failure.FORBIDDEN, "FAILED_PRECONDITION": Failure.FORBIDDEN,
    "RESOURCE_EXHAUSTED": Failure.RATE_LIMITED,
}
_BY_STATUS = {401: Failure.UNAUTHORISED, 413: Failure.TOO_LARGE, 429: Failure.RATE_LIMITED, 408: Failure.UNAVAILABLE}


def classify(source: str, path: str, answer: Answer, account: str | None = None) -> StatusError:
    """The error that an answer other than 200 stands for: by the word for it, else by the number.

    account: the service account that asked; None: not known.
    """
    said = refusal_of(answer.body)
    failure = Failure.UNAVAILABLE if answer.status >= 500 else _MEANING.get(said.word) or _BY_STATUS.get(
        answer.status, Failure.FORBIDDEN if 400 <= answer.status < 500 else Failure.MALFORMED)
    if "BILLING_DISABLED" in said.reasons:
        failure = Failure.BILLING
    project = path.split("/projects/", 1)[-1].split("/", 1)[0]
    quoted = f" ({said.message.rstrip('.')})" if said.message else ""
    advice = _by_reason(said.reasons, project) or (
        _permission(path, project, account) if answer.status in (403, 404) else _advice(failure, account))
    text = f"{source}: project {project}: {answer.status} {said.word}{quoted}. {advice}"
    return StatusError(answer.status, failure, text, retry_after(answer.headers, answer.date))


def _by_reason(reasons: Set[str], project: str) -> str | None:
    """What mends it, where Google names the reason; None where it does not, or not one of these."""
    if "SERVICE_DISABLED" in reasons:
        return ("The Cloud Monitoring API is off in that project: "
                f"gcloud services enable monitoring.googleapis.com --project {project}")
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons:
        return ("The machine's own credential was made without the scope "
                "https://www.googleapis.com/auth/monitoring.read: add it to the machine, or put the key of a service "
                "account behind this source's secret.")
    if "BILLING_DISABLED" in reasons:
        return "Billing is off in that project, and without it its metrics are not to be had."
    return None


def _permission(path: str, project: str, account: str | None) -> str:
    """Which permission is missing, and how to grant no more than reading metrics."""
    lacks = "monitoring.metricDescriptors.get" if "/metricDescriptors" in path else "monitoring.timeSeries.list"
    return (f"{account or 'The credential'} lacks the permission {lacks} there, or there is no such project: gcloud "
            f"projects add-iam-policy-binding {project} --role roles/monitoring.viewer --member "
            f"serviceAccount:{account or 'ACCOUNT'}")


def _advice(failure: Failure, account: str | None) -> str:
    match failure:
        case Failure.UNAUTHORISED:
            whose = f" of {account}" if account else ""
            return (f"The credential{whose} was refused: its key was deleted, the account disabled, or this machine's "
                    "clock is wrong. Put a valid key of a service account behind this source's secret.")
        case Failure.RATE_LIMITED:
            return "It is asked again later; the credential is not in doubt."
        case Failure.TOO_LARGE:
            return "The request asked for too much."
        case Failure.FORBIDDEN:
            return "The request was not accepted; the credential is not in doubt."
        case _:
            return "It is asked again later."
