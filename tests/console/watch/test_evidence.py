"""What anybody may claim alone never kills; what a poll tells beside it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.facts import Facts
from console.cadences.track import Track
from console.config import Config, RuleSettings, SourceSettings
from console.providers.source import Tokens
from console.watch import evidence, rules
from console.watch.attribution import UsageRule
from console.watch.call_store import CallStore
from console.watch.rules import cap
from console.watch.rules.rule import Signal
from tests.support.database import fresh_database
from tests.support.facts import AT, dollars, facts
from tests.support.mbom import CONFIG
from tests.support.pushing import NOON, POLLED, RULES, call, call_store

BOTH = replace(CONFIG, sources=(*CONFIG.sources, SourceSettings("otel", "otel")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CallStore]:
    """With calls of a sender that proves nothing, worth $6,000, in the month that the facts are of."""
    made = call_store(fresh_database(tmp_path), (*RULES, UsageRule("told", (("service", "told"),))), anthropic=POLLED)
    made.unproven.add("otel")
    dear = replace(call(model="claude-sonnet-4-6", tokens=Tokens(10**9)), at=AT)
    made.store([("otel", [replace(dear, key=f"k{number}") for number in range(2)])], AT, None)
    yield made
    made.database.close()


def suffices(store: CallStore, known: Facts, config: Config = BOTH) -> bool:
    signal = next(each for each in cap.judge(known, RuleSettings()) if each.trips)
    with store.database.read() as tx:
        return evidence.suffices(tx, signal, known, store.called, config)


def beyond(more: float, **changes: object) -> Facts:
    """So many dollars beyond the cap of $20,000, of which a poll told a part."""
    known = facts(month=dollars(20_000 + more), sources=frozenset({"anthropic"}))
    return replace(known, **{"workload": "claims", **changes})  # type: ignore[arg-type]


def test_a_cap_that_is_reached_by_what_anybody_claims_is_not_enough(store: CallStore) -> None:
    assert not suffices(store, beyond(5_900))


def test_where_a_poll_tells_of_as_much_it_is(store: CallStore) -> None:
    assert suffices(store, beyond(6_100))


def test_where_nothing_is_polled_there_is_only_a_claim(store: CallStore) -> None:
    assert not suffices(store, beyond(50_000, sources=frozenset({"otel"})))


def test_of_a_sender_that_proves_who_it_is_its_word_is_enough(store: CallStore) -> None:
    proven = replace(BOTH, sources=(*CONFIG.sources, SourceSettings("otel", "otel", "env:SECRET")))
    assert suffices(store, beyond(5_900), proven)


def test_what_was_claimed_hours_ago_counts_as_little(store: CallStore) -> None:
    assert not suffices(store, beyond(5_900, at=AT + timedelta(hours=5)))


def test_of_a_workload_of_which_nothing_was_claimed_nothing_is_held_back(store: CallStore) -> None:
    assert suffices(store, beyond(1, workload="another"))


def test_after_a_resume_what_was_claimed_since_is_not_enough_either(store: CallStore) -> None:
    resumed = beyond(9_000, resumed_at=AT - timedelta(hours=1), since_resume=dollars(5_900))
    assert not suffices(store, resumed)
    assert suffices(store, replace(resumed, since_resume=dollars(12_000)))


def test_what_was_claimed_is_in_no_window_and_in_no_minute_that_kills(
    store: CallStore, monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Facts] = []

    def look(known: Facts, _: RuleSettings) -> Iterator[Signal]:
        asked.append(known)
        return iter(())

    monkeypatch.setattr(rules, "at_once", look)
    track = Track(0)
    known = beyond(5_900, windows={3600: dollars(6_500), 60: dollars(10)}, track=track, dearer={"a": track})
    assert not suffices(store, known)
    assert (asked[0].windows, asked[0].track, asked[0].dearer) == ({3600: dollars(500), 60: 0}, None, {})


def test_a_call_that_an_unproven_sender_tells_better_is_proven_no_more(store: CallStore) -> None:
    one = call(key="told twice")
    store.store([("proven", [replace(one, dimensions=(("service", "told"),))])], NOON, None)
    assert store.called.is_proven("told", NOON)
    store.store([("otel", [replace(one, rank=9, dimensions=(("service", "told"),))])], NOON, None)
    assert not store.called.is_proven("told", NOON)
