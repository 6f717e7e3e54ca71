"""Why a read failed, whoever was asked: the exchange as a failure, how long to wait, and their words made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from console.http import HttpFailure, Kind
from console.providers.source import Failure, SourceError
from console.text import clean

LONGEST_WAIT_S = 3600.0

_KEY = re.compile(r"\bsk-(ant-)?[A-Za-z0-9_-]{6,}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_OF_HTTP = {
    Kind.DEADLINE: Failure.UNAVAILABLE,
    Kind.NETWORK: Failure.UNAVAILABLE,
    Kind.TOO_LARGE: Failure.TOO_LARGE,
    Kind.MALFORMED: Failure.MALFORMED,
    Kind.REDIRECT: Failure.FORBIDDEN,
    Kind.REFUSED: Failure.FORBIDDEN,
}


class StatusError(SourceError):
    """A read that the provider answered with something else than 200."""

    def __init__(self, status: int, failure: Failure, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(failure, message, retry_after_s=retry_after_s)
        self.status = status


def from_http(source: str, failure: HttpFailure) -> SourceError:
    """The failure of an exchange as the failure of a read."""
    return SourceError(_OF_HTTP[failure.kind], f"{source}: {harmless(str(failure))}")


def retry_after(headers: Mapping[str, str], server_time: datetime | None) -> float | None:
    """Seconds to wait as the provider asks, at most an hour. None where it does not say, or says 0 or nonsense.

    `retry-after-ms` comes before `retry-after`. A date counts from the provider's own `Date`. Zero is known to be sent
    for hours on end, so it tells nothing.
    """
    milliseconds, value = headers.get("retry-after-ms", "").strip(), headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        seconds = float(milliseconds) / 1000
    elif _NUMBER.fullmatch(value):
        seconds = float(value)
    elif server_time is not None:
        try:
            seconds = (parsedate_to_datetime(value) - server_time).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    else:
        return None
    return min(max(seconds, 1.0), LONGEST_WAIT_S) if seconds > 0 else None


def short(value: object, width: int) -> str:
    """A text of theirs, bounded and harmless; empty where it is none."""
    return harmless(value[: width * 8], width) if isinstance(value, str) else ""


def harmless(text: str, width: int | None = None) -> str:
    """Their words without controls, and without anything that looks like a key they may have echoed."""
    return clean(_KEY.sub(lambda found: f"sk-{found[1] or ''}...", text), width)
