"""Months, quarters and years as rows and blocks: pure functions from the read model to cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.cadences.monthly import MonthLine
from screens.columns import annual, cadence, month_detail, monthly, quarterly
from screens.columns.column import Column, place
from screens.columns.page import PageLine
from tests.support import annual as years
from tests.support import monthly as months
from tests.support import quarterly as quarters
from tests.support.portfolio import AT, dollars

MONTH, QUARTER, YEAR = months.normal(), quarters.normal(), years.normal()


def times(at: object) -> str:
    return "then"


def cell(item: MonthLine, title: str) -> str:
    return next(column for column in monthly.columns() if column.title == title).value(item).text


def of(slug: str) -> MonthLine:
    return next(item for item in MONTH.lines if item.slug == slug)


def text(lines: list[PageLine]) -> str:
    return "\n".join(line.text() for line in lines)


def test_unknown_is_a_question_mark_zero_is_zero_and_what_does_not_apply_is_blank() -> None:
    assert [cell(of("fraud-screening"), title) for title in ("ALPHA-NET $", "PER $", "PER %")] == ["?", "?", ""]
    assert [cell(of("knowledge-graph"), title) for title in ("ALPHA-NET $", "PER $")] == ["0.00", ""]
    assert [cell(of("contract-review"), title) for title in ("PLAN $", "SPENT %", "SPENT $")] == ["", "", "~390.00"]


def test_a_variance_carries_its_sign() -> None:
    assert [cell(of("reconciliation-agent"), title) for title in ("PER %", "SPENT %")] == ["-133", "+106"]


def test_who_waits_for_words_comes_first_then_the_dearest() -> None:
    listed = monthly.listed(MONTH)
    assert [item.state for item in listed] == sorted((item.state for item in listed), key=list(monthly.STATES).index)
    assert listed[0].slug == "reconciliation-agent"
    assert monthly.counts(MONTH) == "6 open, 2 unknown, 1 no Charter, 1 explained, 4 on plan"


def test_the_sum_is_written_out_and_its_unknown_part_named() -> None:
    said = text(month_detail.detail(MONTH, of("fraud-screening"), 80, times))
    parts = [
        "value of outcomes        49,350.00",
        "- baseline               19,740.00",
        "- rework                         ?",
    ]
    assert all(part in said for part in parts)
    assert "= alpha-net                      ?" in said
    assert "not known     rework cost" in said


@pytest.mark.parametrize("width", [60, 70, 80, 140])
def test_no_line_is_wider_than_the_room_at_any_width(width: int) -> None:
    for item in MONTH.lines:
        for line in month_detail.detail(MONTH, item, width, times)[1:]:  # the first is cut where it is painted
            assert len(line.text()) <= width


def test_both_explanations_are_shown_with_who_and_when() -> None:
    said = text(month_detail.detail(MONTH, of("email-drafts"), 80, times))
    assert "business owner  S. Lindqvist  then" in said
    assert "platform lead  K. Braun  then" in said
    assert "X writes it" not in said


def test_savings_say_what_was_promised_and_what_came_of_it() -> None:
    said = text(month_detail.detail(MONTH, of("policy-search"), 100, times))
    assert "promised 250.00  realised -38.40" in said
    assert "promised 120.00  realised 0.00" in said
    assert "promised 1,800.00  realised ?" in said


def test_each_gap_has_its_class_and_its_figures() -> None:
    said = text(month_detail.detail(MONTH, of("policy-search"), 100, times))
    assert "anthropic  within tolerance  +0.0 % over 22 days" in said
    assert "billed 1,190.02  metered 871.90  gap +318.12" in said
    assert "billed ?  metered 48.20  gap ?" in said
    assert "billed unknown cost types" in monthly.head(MONTH, 200, times)[1].text()


def test_a_sum_with_an_unknown_part_says_how_many_it_stands_for() -> None:
    assert "(11 of 14 known)" in monthly.head(MONTH, 120, times)[1].text()
    assert "known" not in monthly.head(months.closed(), 120, times)[1].text()


def test_a_month_that_runs_says_so_and_a_closed_one_too() -> None:
    assert "day 23 of 30, still runs" in monthly.head(MONTH, 80, times)[0].text()
    assert "closed (UTC)" in monthly.head(months.closed(), 80, times)[0].text()


def test_a_month_without_a_ledger_says_how_outcomes_are_entered() -> None:
    assert "token-console outcomes import FILE" in monthly.head(months.without_ledger(), 100, times)[-1].text()


@pytest.mark.parametrize("columns", [monthly.columns(), quarterly.columns(lambda: AT), annual.columns()])
def test_the_table_fits_into_80_columns_with_its_name_and_money(columns: tuple[Column[Any], ...]) -> None:
    placed = place(columns, 79)
    assert placed[-1].left + placed[-1].width <= 79
    assert placed[0].column is columns[0]


def test_80_columns_hold_what_a_month_is_judged_by() -> None:
    titles = [placed.column.title for placed in place(monthly.columns(), 79)]
    assert titles == ["WORKLOAD", "ALPHA-NET $", "PER $", "PER %", "SPENT $", "SPENT %", "STATE", "OWED"]
    titles = [placed.column.title for placed in place(quarterly.columns(lambda: AT), 79)]
    assert titles[-3:] == ["HALF-LIFE", "REVIEW", "ASKS"]


# The quarter.


def test_a_half_life_says_what_is_left_of_it_or_that_it_is_over() -> None:
    column = next(one for one in quarterly.columns(lambda: AT) if one.title == "HALF-LIFE")
    said = {item.slug: column.value(item).text for item in QUARTER.lines}
    assert said["document-summariser"] == "! OVER"
    assert said["underwriting-copilot"] == "45 days"
    assert said["fraud-screening"] == "20 months"
    assert said["contract-review"] == ""


def test_a_review_is_due_overdue_or_ended() -> None:
    column = next(one for one in quarterly.columns(lambda: AT) if one.title == "REVIEW")
    said = {item.slug: column.value(item).text for item in QUARTER.lines}
    assert said["reconciliation-agent"] == "OVERDUE"
    assert said["claims-triage"] == "reaffirm"
    assert said["document-summariser"] == "due 12d"


def test_the_five_of_the_review_are_written_out_with_what_is_asked() -> None:
    item = next(one for one in QUARTER.lines if one.slug == "reconciliation-agent")
    said = text(quarterly.detail(QUARTER, item, 100, times))
    for word in ("planned", "spent", "produced", "learned", "recommended"):
        assert f"\n  {word}" in said
    assert "? exception 31: drift: depth is 3 and the Charter allows 2" in said
    assert "business owner and platform lead have not recommended yet" in said
    assert "Oct 3,904.12 · Nov 6,204.18" in said
    assert "Dec" not in said


# The year.


def test_a_measure_is_better_worse_or_the_same_by_what_is_better() -> None:
    column = next(one for one in annual.columns() if one.title == "CHANGE")
    said = {measure.name: column.value(measure).text for measure in YEAR.measures}
    assert said["time to acknowledge"] == "better"
    assert said["time to resume"] == "worse"
    assert said["reviews held on time"] == "better"
    assert said["time to kill"] == ""
    assert column.value(replace(YEAR.measures[0], figure=0.64)).text == "same"


def test_figures_are_said_by_their_unit() -> None:
    said = [annual.figure(*pair) for pair in ((0.64, "share"), (660.0, "seconds"), (3120.5, "usd"), (11.0, "count"))]
    assert said == ["64 %", "11 min", "3,120.50", "11"]
    assert annual.figure(None, "share") == "?"


def test_months_before_anything_was_watched_are_left_out_and_unknown_ones_counted() -> None:
    gone = tuple((f"2026-{at:02}", None, None) for at in range(1, 9))
    year = replace(YEAR, months=(*gone, ("2026-09", None, dollars(10)), ("2026-10", dollars(7), dollars(10))))
    assert "spent 7 of 10 planned (in the 1 of 2 months known)" in annual.head(year, 120, times)[1].text()
    said = text(annual.detail(year, annual.rows(year)[0], 80, times))
    assert "Aug" not in said
    assert "Sep               ? of          10.00" in said


def test_rows_keep_their_kinds_together_and_each_has_its_own_identity() -> None:
    rows = annual.rows(YEAR)
    assert [annual.group(row) for row in rows] == sorted(annual.group(row) for row in rows)
    assert len({annual.identity(row) for row in rows}) == len(rows)


# What they share.


def test_figures_that_find_no_room_are_left_out_whole() -> None:
    items: list[cadence.Figure] = [("spent", "1,000", " of 2,000", ""), ("saved", "12", "", "")]
    assert cadence.figures(items, 80).text() == " USD  spent 1,000 of 2,000  saved 12"
    assert cadence.figures(items, 34).text() == " USD  spent 1,000 of 2,000"


def test_bars_show_what_was_spent_and_where_the_plan_stands() -> None:
    lines = [line.text() for line in cadence.against_plan([("a", 50, 100), ("b", 200, 100), ("c", None, None)], 60, 9)]
    assert lines[1].startswith("  b")
    assert lines[1].count("|") == lines[2].count("|") == 1
    assert lines[1].count("█") > 2 * lines[2].count("█") > 0
    assert "200 %" in lines[1]
    assert "█" not in lines[3]
    assert all(len(line) <= 60 for line in lines)


@pytest.mark.parametrize("amount", [dollars(99_999.99), dollars(1_234_567.89), -dollars(12_345_678.90)])
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_dollars_are_cut_however_narrow_their_column_is(amount: int, width: int) -> None:
    month = of("contract-review")._replace(inference=amount, planned=amount, alpha_net=amount)  # priced by an estimate
    quarter = QUARTER.lines[0]._replace(spent=amount, planned=amount, alpha_net=amount)
    year = annual.Spend(amount, amount, 12, ())
    shown: tuple[tuple[Any, Any], ...] = (
        (monthly.columns(), month), (quarterly.columns(lambda: AT), quarter), (annual.columns(), year),
    )  # fmt: skip
    for columns, row in shown:
        for placed in place(columns, width):
            said = placed.column.value(row).within(placed.width)
            if "$" in placed.column.title or placed.column.title == "THIS YEAR":
                assert len(said) <= placed.width, placed.column.title
