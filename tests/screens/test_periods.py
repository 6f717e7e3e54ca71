"""Months, quarters and years by their names."""

from __future__ import annotations

from datetime import UTC, datetime

from screens.columns.periods import in_words, progress, short_month


def test_periods_are_said_in_words() -> None:
    assert [in_words(period) for period in ("2026-10", "2026-Q4", "2026")] == [
        "October 2026",
        "quarter 4 of 2026",
        "2026",
    ]
    assert short_month("2026-10") == "Oct"


def test_a_period_that_runs_says_which_day_it_is() -> None:
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert progress(datetime(2026, 11, 1, tzinfo=UTC), start, end) == "day 1 of 30"
    assert progress(datetime(2026, 11, 23, 14, tzinfo=UTC), start, end) == "day 23 of 30"
