"""What the status of an answer to a write means. Success is never among it: that is the read-back's to say."""

from __future__ import annotations

from console.http import HttpFailure, Kind
from console.switches.switch import CallResult, Outcome

_NO_VERDICT = frozenset({408, 425, 429})
"""Client errors that say nothing about whether the write will have happened."""


def classify(status: int, detail: str, retry_after: str | None = None) -> CallResult:
    """2xx accepted; 5xx and 429 unknown; any other answer is a definite refusal."""
    if 200 <= status < 300:
        return CallResult(Outcome.ACCEPTED, detail)
    if status >= 500 or status in _NO_VERDICT:
        return CallResult(Outcome.UNKNOWN, detail, _seconds(retry_after))
    return CallResult(Outcome.REFUSED, detail)


def failed(error: HttpFailure) -> CallResult:
    """No usable answer. Only what we refused to send, and a redirect, are known to have had no effect."""
    certain = error.kind in (Kind.REFUSED, Kind.REDIRECT)
    return CallResult(Outcome.REFUSED if certain else Outcome.UNKNOWN, str(error))


def _seconds(retry_after: str | None) -> float | None:
    """A `Retry-After` in seconds, clamped to an hour; its date form is left to our own back-off."""
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return min(float(retry_after.strip()), 3600.0)
