"""How long to leave a provider alone after a failure: full jitter, `Retry-After` as the lower bound, never for ever."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from console.providers.source import Failure

BASE_S, CAP_S = 1.0, 60.0
LONGEST_S = 3600.0
"""A `Retry-After` beyond an hour is taken as an hour (PO-11)."""
CREDENTIAL_S = 900.0
"""A refused credential is tried again after a quarter of an hour (PO-14)."""


def until(
    failure: Failure, failures: int, retry_after_s: float | None, now: datetime, chance: random.Random
) -> datetime:
    """The instant before which the provider is not asked again; `failures` counts this one, from 1."""
    if failure in {Failure.UNAUTHORISED, Failure.FORBIDDEN, Failure.BILLING}:
        delay = CREDENTIAL_S
    else:
        delay = chance.uniform(0, min(CAP_S, BASE_S * 2.0 ** min(failures, 10)))
    if retry_after_s is not None:
        delay = max(delay, min(retry_after_s, LONGEST_S))
    return now + timedelta(seconds=delay)
