"""The Daily as a report: every figure is the one of the Daily, in every format, and no name does harm."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from console.cadences.daily import Daily
from console.money import MICRO, display
from console.reports import markdown
from console.reports.daily import document_of
from console.reports.formats import FORMATS, render
from tests.support.portfolio import empty, hostile, normal
from tests.support.report_reading import Rows, csv_rows, html_tables, markdown_tables, row_of

MONEY = {"Today USD": "today", "Month USD": "month", "Projected USD": "projected_month"}


def tables(daily: Daily, form: str) -> list[Rows]:
    text = render(document_of(daily), form).decode()
    return markdown_tables(text) if form == "md" else html_tables(text)


@pytest.mark.parametrize("form", ["md", "html"])
def test_every_workload_has_its_figures(form: str) -> None:
    daily = normal()
    read = tables(daily, form)
    for line in daily.workloads:
        row = row_of(read, line.slug, "Breaker")
        for title, name in MONEY.items():
            assert row[title] == display(getattr(line, name))
        assert row["Expected USD"] == (display(line.expected_month) if line.expected_month else "no Charter")
        assert row["Alerts"] == str(line.alerts)


def test_csv_has_plain_decimals_and_leaves_the_unknown_empty() -> None:
    daily = normal()
    rows = {row["workload"]: row for row in csv_rows(render(document_of(daily), "csv"))}
    assert len(rows) == len(daily.workloads)
    for line in daily.workloads:
        row = rows[line.slug]
        assert Decimal(row["month_usd"]) * MICRO == line.month
        assert row["expected_month_usd"] == "" or Decimal(row["expected_month_usd"]) * MICRO == line.expected_month
        assert row["simulated"] == "false"


@pytest.mark.parametrize("form", ["md", "html"])
def test_what_is_not_known_is_never_nothing(form: str) -> None:
    line = replace(normal().workloads[0], month=None)
    text = render(document_of(replace(normal(), workloads=(line,))), form).decode()
    assert row_of(tables(replace(normal(), workloads=(line,)), form), line.slug, "Breaker")["Month USD"] == "?"
    assert "stands for what is not known" in text


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_simulated_organisation_is_called_so_before_any_figure(form: str) -> None:
    text = render(document_of(replace(normal(), simulated=True)), form).decode()
    assert 0 < text.index("SIMULATED") < text.index("14 workloads")
    assert "SIMULATED" not in render(document_of(normal()), form).decode()


def test_hostile_names_are_text_in_html() -> None:
    text = render(document_of(replace(hostile(), organisation="<script>alert(1)</script>")), "html").decode()
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "<script" not in text
    assert not re.search(r"(?:src|href)\s*=|url\(|@import", text), "the file refers to nothing outside"


def test_hostile_names_are_text_in_markdown() -> None:
    text = render(document_of(replace(hostile(), organisation="[x](javascript:1) <b>|*_")), "md").decode()
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert r"\[x\](javascript:1) \<b\>\|\*\_" in text


@pytest.mark.parametrize(("line", "shown"), [
    ("---", r"\---"), ("===", r"\==="), ("- x", r"\- x"), ("-", r"\-"), ("1.", r"1\."), ("2) x", r"2\) x"),
    ("    code", "code"), ("# x", r"\# x"), ("-5 USD, 2026-10, 3.5", "-5 USD, 2026-10, 3.5")])
def test_no_line_that_somebody_wrote_is_a_rule_a_heading_or_a_list(line: str, shown: str) -> None:
    assert markdown.escaped(line) == shown


def test_a_formula_in_a_name_is_not_run_by_a_spreadsheet() -> None:
    line = replace(normal().workloads[0], owner="=cmd|' /C calc'!A0", name="+1")
    [row] = csv_rows(render(document_of(replace(normal(), workloads=(line,))), "csv"))
    assert row["owner"] == "'=cmd|' /C calc'!A0"
    assert row["name"] == "'+1"


@pytest.mark.parametrize("form", FORMATS)
def test_a_fresh_installation_has_a_report_too(form: str) -> None:
    assert render(document_of(empty()), form)
