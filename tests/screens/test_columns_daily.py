"""The Daily's cells and order, without a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from console.cadences.daily import WorkloadLine
from console.money import MICRO
from screens.columns import daily as columns
from screens.columns.column import Cell, place
from tests.support import portfolio
from tests.support.portfolio import AT, workload

TABLE = columns.columns(lambda: AT)


def cell(title: str, line: columns.DailyLine) -> Cell:
    return next(column for column in TABLE if column.title == title).value(line)


def plain(**other: object) -> WorkloadLine:
    return replace(workload("a", "A", "Owner", 10, 100, 1_000, 1.0), **other)  # type: ignore[arg-type]


def test_the_most_urgent_stand_first_and_the_unclaimed_last() -> None:
    slugs = [columns.identity(line) for line in columns.lines(portfolio.normal())]
    assert slugs[:4] == ["underwriting-copilot", "reconciliation-agent", "email-drafts", "fraud-screening"]
    assert slugs[13] == "knowledge-graph"
    assert all(slug.startswith("unattributed") for slug in slugs[14:])


def test_an_alert_lifts_a_quiet_workload_over_a_busy_one() -> None:
    assert columns.urgency(plain(alerts=1)) < columns.urgency(plain(burn_ratio=5.0))


def test_a_tripped_breaker_comes_first_whatever_the_state_says() -> None:
    assert columns.urgency(plain(breaker="tripped")) < columns.urgency(plain(state="runaway"))


def test_zero_unknown_and_not_applicable_differ() -> None:
    assert cell("TODAY $", plain(today=0)).text == "0.00"
    assert cell("TODAY $", plain(today=None)).text == "?"
    assert cell("KILL AT $", plain(kill_threshold=None)).text == ""


def test_an_estimate_is_marked() -> None:
    assert cell("MONTH $", plain(estimated=True)).text == "~100.00"


def test_a_figure_is_never_cut() -> None:
    assert cell("MONTH $", plain(month=312_000 * MICRO)).text == "312,000"
    assert cell("MONTH $", plain(month=12_345_678 * MICRO, estimated=True)).text == "~12.35M"


def test_an_urgent_state_is_said_in_words_too() -> None:
    assert cell("STATE", plain(state="runaway")) == Cell("! runaway", "alarm", 1)


def test_a_blind_workload_is_not_called_ok() -> None:
    assert cell("STATE", plain(stale=True)).text == "stale"
    assert cell("STATE", plain(state="runaway", stale=True)).text == "! runaway"


def test_the_time_left_is_in_words() -> None:
    assert cell("KILL IN", plain(seconds_to_kill=0.0)).text == "now"
    assert cell("KILL IN", plain(seconds_to_kill=90.0)).text == "1 min"
    assert cell("KILL IN", plain(seconds_to_kill=None)).text == ""


def test_what_is_stopped_already_has_no_time_left() -> None:
    for breaker in ("held", "tripped"):
        assert cell("KILL IN", plain(seconds_to_kill=90.0, breaker=breaker)).text == ""


def test_a_threshold_that_this_month_does_not_reach_has_no_time() -> None:
    week = 7 * 86_400.0
    assert cell("KILL IN", plain(seconds_to_kill=week)).text == "7 d"
    assert cell("KILL IN", plain(seconds_to_kill=2 * week)).text == ""
    assert cell("KILL IN", plain(seconds_to_kill=1e300)).text == ""


def test_usage_that_nobody_claims_has_no_owner_and_a_mark() -> None:
    row = portfolio.unattributed()[0]
    assert cell("WORKLOAD", row).text == "? jupyter-spike"
    assert cell("OWNER", row).text == "nobody"
    assert cell("BURN", row).text == ""


def test_two_keys_of_one_name_are_two_rows() -> None:
    row = portfolio.unattributed()[0]
    twin = replace(row, identity={**row.identity, "api_key_id": "apikey_02"})
    assert columns.identity(row) != columns.identity(twin)


def test_age_counts_from_the_last_usage() -> None:
    assert cell("AGE", plain(last_usage_at=AT - timedelta(hours=9))).text == "9h"


def test_at_80_cells_state_money_and_breaker_stay() -> None:
    titles = [placed.column.title for placed in place(TABLE, 79)]
    assert titles == ["WORKLOAD", "STATE", "BURN", "TODAY $", "MONTH $", "%PLAN", "KILL IN", "BREAKER"]


def test_at_30_cells_the_name_the_state_and_the_month_stay() -> None:
    assert [placed.column.title for placed in place(TABLE, 40)] == ["WORKLOAD", "STATE", "MONTH $"]


def test_a_dispensable_column_leaves_before_a_name_is_cut() -> None:
    titles = [placed.column.title for placed in place(TABLE, 156, {"WORKLOAD": 16, "OWNER": 14})]
    assert {"EXPECTED $", "OWNER", "ALERTS"} <= set(titles)
    cut = place(TABLE, 156, {"WORKLOAD": 24, "OWNER": 18})
    assert "EXPECTED $" not in [placed.column.title for placed in cut]
    assert {placed.column.title: placed.width for placed in cut}["WORKLOAD"] == 24


def test_a_column_grows_no_further_than_its_cells_and_the_rest_becomes_gaps() -> None:
    roomy = place(TABLE[:4], 100, {"WORKLOAD": 20})
    assert roomy[0].width == 20
    assert roomy[1].left - roomy[0].left == 23


def test_columns_never_overlap_and_never_leave_the_table() -> None:
    for width in range(1, 260):
        placed = place(TABLE, width)
        for left, right in pairwise(placed):
            assert left.left + left.width < right.left
        assert len(placed) == 1 or placed[-1].left + placed[-1].width <= width


def test_every_column_says_what_it_means() -> None:
    assert all(about.endswith(".") for _, about in columns.MEANINGS)


def test_what_an_error_or_worse_fires_for_is_not_called_ok() -> None:
    assert cell("STATE", plain(alerts=1, worst="critical")).text == "! alert"
    assert cell("STATE", plain(alerts=1, worst="warning")).text == "ok"
    assert cell("STATE", plain(alerts=1, worst="critical", state="stretch")).text == "stretch"
