"""Months, quarters and years by their names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from screens.columns.periods import beside, in_words, progress, short_month


@pytest.mark.parametrize(
    ("period", "step", "expected"),
    [
        ("2026-11", -1, "2026-10"),
        ("2026-01", -1, "2025-12"),
        ("2026-12", 1, "2027-01"),
        ("2026-11", -23, "2024-12"),
        ("2026-Q1", -1, "2025-Q4"),
        ("2026-Q4", 1, "2027-Q1"),
        ("2026", -1, "2025"),
    ],
)
def test_a_period_has_one_before_and_one_after_it(period: str, step: int, expected: str) -> None:
    assert beside(period, step) == expected


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
