"""Metered against billed: each class of gap by its rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from console.cadences.month.gaps import gap_line
from console.cadences.monthly import GapLine
from store.streams import BothDay

DAY = 86_400
ON_PLAN = [BothDay("anthropic", day * DAY, 100_000_000, 0, 100_000_000, 0) for day in range(20)]


def gap(*changes: tuple[int, dict[str, int]], unsettled: frozenset[int] = frozenset()) -> GapLine:
    """Twenty days of 100 dollars, some of them otherwise."""
    days = list(ON_PLAN)
    for at, change in changes:
        days[at] = replace(days[at], **change)  # type: ignore[arg-type]
    return gap_line("anthropic", days, unsettled)


def test_what_is_the_same_is_no_gap() -> None:
    line = gap()
    assert (line.kind, line.days, line.billed, line.metered) == ("none", 20, 2_000_000_000, 2_000_000_000)
    assert (line.gap, line.share) == (0, Decimal(0))


@pytest.mark.parametrize(("changes", "kind"), [
    ([(3, {"billed": 120_000_000})], "within tolerance"),
    ([(3, {"billed": 121_000_000})], "unmetered"),
    ([(3, {"metered": 121_000_000})], "over-metered"),
    ([(3, {"billed": 150_000_000, "other": 50_000_000})], "unknown cost types"),
    ([(3, {"billed": 150_000_000, "other": 10_000_000})], "unmetered"),
    ([(3, {"metered": 150_000_000, "estimated": 60_000_000})], "estimated prices"),
    ([(3, {"metered": 150_000_000, "estimated": 40_000_000})], "over-metered"),
])
def test_each_gap_is_classed_by_the_first_rule_that_holds(changes: list[tuple[int, dict[str, int]]], kind: str) -> None:
    assert gap(*changes).kind == kind


def test_days_that_may_still_change_make_a_gap_late_only_where_they_make_it() -> None:
    last = (19, {"metered": 40_000_000})
    assert gap(last, unsettled=frozenset({19 * DAY})).kind == "late"
    assert gap(last).kind == "unmetered"
    assert gap(last, (2, {"metered": 0}), unsettled=frozenset({19 * DAY})).kind == "unmetered"


def test_a_dollar_is_tolerated_whatever_its_share() -> None:
    one = [BothDay("anthropic", 0, 2_000_000, 0, 1_000_000, 0)]
    assert gap_line("anthropic", one, ()).kind == "within tolerance"
    assert gap_line("anthropic", [replace(one[0], billed=2_000_001)], ()).kind == "unmetered"


def test_the_gap_says_its_share_of_what_was_billed_and_what_to_do() -> None:
    line = gap((3, {"billed": 150_000_000, "other": 50_000_000}))
    assert (line.gap, round(line.share or 0, 4)) == (50_000_000, Decimal("0.0244"))
    assert line.says.startswith("50.00 USD were billed for other things than tokens")


def test_without_a_closed_day_or_in_another_currency_nothing_is_compared() -> None:
    assert gap_line("anthropic", [], ()).kind == "unknown"
    foreign = gap_line("anthropic", [replace(ON_PLAN[0], foreign="EUR")], ())
    assert (foreign.kind, foreign.gap, foreign.says) == (
        "unknown", None, "A part is billed in EUR; only dollars are compared.")
