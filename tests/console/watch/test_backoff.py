"""How long a provider is left alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from console.providers.source import Failure
from console.watch import backoff

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def seconds(failure: Failure, retry_after_s: float | None, failures: int = 1) -> float:
    return (backoff.until(failure, failures, retry_after_s, NOW, random.Random(1)) - NOW).total_seconds()


@pytest.mark.parametrize("failure", list(Failure))
def test_what_the_provider_asks_for_is_the_least_whatever_failed(failure: Failure) -> None:
    assert seconds(failure, 1200) >= 1200
    assert seconds(failure, 86_400) == 3600


def test_a_refused_credential_waits_a_quarter_of_an_hour_and_an_outage_a_minute_at_most() -> None:
    assert seconds(Failure.UNAUTHORISED, None) == 900
    assert all(seconds(Failure.UNAVAILABLE, None, failures) <= 60 for failures in range(1, 30))
