"""What a drill proves, for how long, and how fast a stop is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.cadences.drill import DrillLine, proven, proving, seconds_to_stop

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LAST = {("chat", "dry run"): NOON, ("chat", "target"): NOON - timedelta(days=9), ("claims", "dry run"): NOON}


@pytest.mark.parametrize(("workload", "has_target", "days_ago"), [
    ("chat", False, 0), ("chat", True, 9), ("claims", False, 0), ("claims", True, None), ("search", False, None),
])
def test_where_there_is_a_test_target_only_a_drill_on_it_proves(workload: str, has_target: bool,
                                                                days_ago: int | None) -> None:
    found = proving(LAST, workload, has_target=has_target)
    assert found == (None if days_ago is None else NOON - timedelta(days=days_ago))


@pytest.mark.parametrize(("days_ago", "every_s", "expected"), [
    (9, 10 * 86_400, True), (11, 10 * 86_400, False), (None, 10 * 86_400, False), (9, None, None),
])
def test_a_drill_proves_for_the_charters_period(days_ago: int | None, every_s: float | None,
                                                expected: bool | None) -> None:
    last = None if days_ago is None else NOON - timedelta(days=days_ago)
    assert proven(last, every_s, NOON) is expected


def test_a_dry_run_and_a_drill_that_failed_say_nothing_of_how_fast_a_stop_is() -> None:
    def drill(seconds: float, sort: str = "target", outcome: str = "passed") -> DrillLine:
        return DrillLine("chat", NOON, "otto", sort, "k", 0.1, seconds, outcome, "")

    assert seconds_to_stop([drill(0.1, "dry run"), drill(50, outcome="failed")]) is None
    assert seconds_to_stop([drill(0.1, "dry run"), drill(3), drill(7)]) == 5
