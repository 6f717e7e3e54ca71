"""A source's own alerts: silence, a refused credential, a clock that disagrees, and advice that can be followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.cadences.feed import Feed
from console.watch.rules import feed as rule
from console.watch.rules.rule import Signal
from tests.support.facts import AT

REFUSED = (
    "unauthorised: the credential was refused, 401 authentication_error (invalid x-api-key). It is malformed, "
    "disabled, archived or expired: put a valid admin key behind this source's secret."
)
FRESH = Feed(
    name="anthropic", kind="anthropic", data_until=AT - timedelta(minutes=5), age_s=300.0, limit_s=480.0, fresh=True,
    lag_s=300.0, poll_s=60.0, backed_off=False, error=None, skew_s=0.0, last_success_at=AT,
    secret="env:ANTHROPIC_ADMIN_KEY",
)


def signals(feed: Feed) -> dict[str, Signal]:
    return {signal.window: signal for signal in rule.judge(feed) if signal.active}


def test_a_fresh_source_says_nothing() -> None:
    assert signals(FRESH) == {}


def test_a_refused_credential_is_told_once_in_one_sentence() -> None:
    told = signals(replace(FRESH, age_s=900.0, fresh=False, error=REFUSED))
    assert told["credential"].summary == (
        "anthropic: the credential was refused, 401 authentication_error (invalid x-api-key)"
    )
    assert told["silence"].summary == "anthropic has told nothing for 15 min: its credential is refused"


def test_a_secret_that_could_not_be_had_does_not_repeat_the_sources_name() -> None:
    missing = replace(FRESH, error="unauthorised: anthropic: The environment variable KEY is not set.\n  read -rs KEY")
    assert signals(missing)["credential"].summary.startswith("anthropic: The environment variable KEY is not set.")


@pytest.mark.parametrize(
    ("secret", "advice"),
    [
        ("env:ANTHROPIC_ADMIN_KEY", "read -rs ANTHROPIC_ADMIN_KEY && export ANTHROPIC_ADMIN_KEY"),
        ("keyring:anthropic", "token-console secret set anthropic, then press r"),
        ("file:admin.key", "Write a valid admin key to admin.key, then press r"),
        ("cred:anthropic", "LoadCredential="),
        ('command:["pass", "anthropic"]', "Let pass print a valid admin key, then press r"),
    ],
)
def test_the_advice_fits_the_place_where_the_secret_is_kept(secret: str, advice: str) -> None:
    refused = signals(replace(FRESH, error=REFUSED, secret=secret))["credential"]
    assert advice in refused.advice
    assert ("secret set" in refused.advice) == secret.startswith("keyring:")


def test_silence_becomes_critical_after_five_times_the_limit() -> None:
    assert signals(replace(FRESH, age_s=481.0))["silence"].severity == "warning"
    assert signals(replace(FRESH, age_s=2401.0))["silence"].severity == "critical"


def test_a_clock_that_disagrees_by_five_minutes_is_an_error() -> None:
    assert signals(replace(FRESH, skew_s=-61.0))["clock"].severity == "warning"
    assert signals(replace(FRESH, skew_s=301.0))["clock"].severity == "error"
