"""What is known of a source that is told of calls, beside sources that are read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cadences.known_usage import Known, by_way
from console.clock import epoch
from console.config import load

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
READ = (epoch(datetime(2026, 9, 1, tzinfo=UTC)), epoch(datetime(2026, 11, 19, tzinfo=UTC)))
TOLD = (epoch(datetime(2026, 11, 18, tzinfo=UTC)), epoch(datetime(2026, 11, 18, 12, tzinfo=UTC)))
SOURCES = '[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "env:A"\n\n' \
          '[[sources]]\nname = "otel"\nkind = "otel"\n'


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    path = tmp_path_factory.mktemp("known") / "token-console.toml"
    path.write_text(SOURCES)
    spans, told = by_way({"anthropic": READ, "otel": TOLD}, load(path))
    return Known(spans, START, END, over=False, told=told)


def test_senders_that_began_within_a_month_leave_no_gap_where_the_same_usage_is_read(known: Known) -> None:
    assert known.gap(frozenset({"anthropic", "otel"})) == ""
    assert known.gap(frozenset()) == ""


def test_a_workload_that_is_only_told_of_is_unknown_before_its_senders_began(known: Known) -> None:
    assert known.gap(frozenset({"otel"})) == "otel is known from 2026-11-18 00:00Z only"


def test_silence_of_senders_does_not_hold_a_month_up(known: Known) -> None:
    assert known.until == datetime(2026, 11, 19, tzinfo=UTC)


def test_where_nothing_is_read_what_is_told_is_all_that_is_known(tmp_path: Path) -> None:
    (tmp_path / "token-console.toml").write_text(SOURCES.partition("\n\n")[2])
    assert by_way({"otel": TOLD}, load(tmp_path / "token-console.toml")) == ({"otel": TOLD}, {})
