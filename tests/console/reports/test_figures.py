"""Every figure of a report is the one of the read model, as the screens write it: in four formats, for each cadence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import pytest

from console.clock import rfc3339
from console.figures import change, decimal_text, number, ratio
from console.money import MICRO, display
from console.reports import annual, daily, monthly, quarterly, weekly
from console.reports.document import Document
from console.reports.formats import FORMATS, render
from tests.support import monthly as months
from tests.support import portfolio
from tests.support.report_reading import csv_rows, html_tables, markdown_tables, pdf_pages, row_of
from tests.support.report_samples import mbom_rows, quarter, week, year

DOCUMENTS: dict[str, Document] = {
    "daily": daily.document_of(portfolio.normal()), "weekly": weekly.document_of(week()),
    "monthly": monthly.document_of(months.normal()), "quarterly": quarterly.document_of(quarter(), mbom_rows()),
    "annual": annual.document_of(year()),
}
"""A simulated organisation's is made from these where that matters."""


@dataclass(frozen=True)
class Expected:
    """One row of a table: what it begins with, and what stands under some of its titles, in their order."""

    first: str
    title: str
    """Of a column that only this table has."""
    cells: dict[str, str]


def expected(cadence: str) -> Iterator[Expected]:
    """From the read model, by the functions that the screens use."""
    match cadence:
        case "daily":
            for line in portfolio.normal().workloads:
                yield Expected(line.slug, "Breaker", {
                    "Today USD": display(line.today), "Month USD": display(line.month),
                    "Projected USD": display(line.projected_month), "Alerts": str(line.alerts)})
        case "weekly":
            for each in week().exceptions:
                if each.state == "open":
                    yield Expected(str(each.id), "Summary", {
                        "Times": str(each.times), "At stake USD": display(each.stake)})
            for pattern in week().patterns:
                stake = display(pattern.stake) if pattern.open else "none open"
                yield Expected(pattern.kind, "Trend", {
                    "Open": str(pattern.open), "Decided": str(pattern.decided), "Times": str(pattern.times),
                    "At stake USD": stake})
        case "monthly":
            for item in months.normal().lines:
                per = "nothing spent" if item.inference == 0 else ratio(item.per_dollar)
                yield Expected(item.slug, "Alpha-net USD", {
                    "Outcomes": number(item.outcomes), "Value USD": display(item.value),
                    "Baseline USD": display(item.baseline), "Inference USD": display(item.inference),
                    "Review USD": display(item.review), "Rework USD": display(item.rework),
                    "Alpha-net USD": display(item.alpha_net), "Per dollar": per})
                if item.charter_version is not None:
                    yield Expected(item.slug, "Spend variance", {
                        "Planned USD": display(item.planned), "Spend variance": change(item.spend_variance),
                        "Planned per dollar": ratio(item.planned_per_dollar),
                        "Return variance": change(item.return_variance)})
            for gap in months.normal().gaps:
                yield Expected(gap.source, "Of billed", {
                    "Billed USD": display(gap.billed), "Metered USD": display(gap.metered), "Gap USD": display(gap.gap),
                    "Of billed": change(gap.share)})
        case "quarterly":
            for one in quarter().lines:
                planned = "no Charter" if one.charter_version is None else display(one.planned)
                yield Expected(one.slug, "Decision", {
                    "Planned USD": planned, "Spent USD": display(one.spent), "Outcomes": number(one.outcomes),
                    "Value USD": display(one.value), "Alpha-net USD": display(one.alpha_net),
                    "Per dollar": ratio(one.per_dollar)})
        case "annual":
            for measure in year().measures:
                yield Expected(measure.name, "Better when", {"This year": measure.value, "Cases": str(measure.cases)})
            for name, spent, planned_month in year().months:
                yield Expected(name, "Month", {"Spent USD": display(spent), "Planned USD": display(planned_month)})
            for kind in year().patterns:
                yield Expected(kind.kind, "Opened", {"Opened": str(kind.opened), "At stake USD": display(kind.stake)})


@cache
def rendered(cadence: str, form: str) -> bytes:
    return render(DOCUMENTS[cadence], form)


@pytest.mark.parametrize("cadence", DOCUMENTS)
@pytest.mark.parametrize("form", ["md", "html"])
def test_tables_hold_the_figures_of_the_read_model(cadence: str, form: str) -> None:
    text = rendered(cadence, form).decode()
    tables = markdown_tables(text) if form == "md" else html_tables(text)
    wanted = list(expected(cadence))
    assert wanted
    for each in wanted:
        row = row_of(tables, each.first, each.title)
        assert {title: row[title] for title in each.cells} == each.cells


@pytest.mark.parametrize("cadence", DOCUMENTS)
def test_paper_holds_the_figures_of_the_read_model(cadence: str) -> None:
    """The cells of a row follow one another in the text of a page; of one whose texts wrap, its figures do."""
    pages = pdf_pages(rendered(cadence, "pdf"))
    for each in expected(cadence):
        row, figures = markdown_row(cadence, each), " ".join(each.cells.values())
        assert any(row in page or figures in page for page in pages), row


def markdown_row(cadence: str, wanted: Expected) -> str:
    """All cells of the row in one line: that these are right is the test above's."""
    row = row_of(markdown_tables(rendered(cadence, "md").decode()), wanted.first, wanted.title)
    return " ".join(" ".join(row.values()).split())


@pytest.mark.parametrize(("key", "name"), [("value_usd", "value"), ("inference_usd", "inference"),
                                           ("alpha_net_usd", "alpha_net"), ("planned_usd", "planned")])
def test_csv_of_a_month_holds_exact_dollars(key: str, name: str) -> None:
    rows = {row["workload"]: row for row in csv_rows(rendered("monthly", "csv"))}
    for line in months.normal().lines:
        amount = getattr(line, name)
        assert rows[line.slug][key] == "" if amount is None else Decimal(rows[line.slug][key]) * MICRO == amount


def test_csv_of_a_quarter_holds_exact_dollars_and_returns() -> None:
    rows = {row["workload"]: row for row in csv_rows(rendered("quarterly", "csv"))}
    for line in quarter().lines:
        row = rows[line.slug]
        assert row["alpha_net_usd"] == "" if line.alpha_net is None else (
            Decimal(row["alpha_net_usd"]) * MICRO == line.alpha_net)
        assert row["per_dollar"] == ("" if line.per_dollar is None else decimal_text(round(line.per_dollar, 6)))
        assert row["partial"] == "true"


def test_csv_of_a_week_has_every_exception_and_what_was_decided() -> None:
    rows = {row["exception"]: row for row in csv_rows(rendered("weekly", "csv"))}
    assert rows.keys() == {str(line.id) for line in week().exceptions}
    assert Decimal(rows["31"]["stake_usd"]) * MICRO == week().exceptions[0].stake
    assert rows["32"]["stake_usd"] == ""
    decision = week().exceptions[2].decision
    assert decision is not None
    assert decision.ends_at is not None
    assert rows["18"]["until"] == rfc3339(decision.ends_at)


def test_csv_of_a_year_has_figures_for_machines() -> None:
    rows = {row["measure"]: row for row in csv_rows(rendered("annual", "csv"))}
    for measure in year().measures:
        figure = rows[measure.name]["figure"]
        assert figure == "" if measure.figure is None else float(figure) == measure.figure


@pytest.mark.parametrize(("cadence", "form"), [
    *((cadence, form) for cadence in DOCUMENTS for form in FORMATS if form != "pdf"), ("quarterly", "pdf")])
def test_the_same_value_gives_the_same_bytes(cadence: str, form: str) -> None:
    assert render(DOCUMENTS[cadence], form) == rendered(cadence, form)


@pytest.mark.parametrize("cadence", ["daily", "quarterly"])
def test_every_page_of_a_simulated_organisation_says_so(cadence: str) -> None:
    pages = pdf_pages(render(replace(DOCUMENTS[cadence], simulated=True), "pdf"))
    assert all("SIMULATED" in page for page in pages)
    assert not any("SIMULATED" in page for page in pdf_pages(rendered(cadence, "pdf")))


@pytest.mark.parametrize("cadence", DOCUMENTS)
@pytest.mark.parametrize("form", ["md", "html"])
def test_a_report_states_its_zone_time_data_and_prices_and_that_the_period_runs(cadence: str, form: str) -> None:
    stated = replace(DOCUMENTS[cadence], price_basis="at the list prices of genai-prices 0.2.3",
                     data_until=portfolio.AT)
    text = render(stated, form).decode()
    for words in ("As of 2026-11-23 14:03", "data until 2026-11-23 14:03", "Times are Europe/London",
                  "genai-prices 0.2.3", stated.partial):
        assert words in text.replace("\\", "")
    assert stated.partial


def headlines(cadence: str) -> dict[str, int | None]:
    """Sums in dollars by their label, from the read model."""
    if cadence == "daily":
        day = portfolio.normal().totals
        return {"Spent today": day.today, "Spent this month": day.month, "Expected month": day.expected_month,
                "Projected month": day.projected_month, "Rate": day.rate_per_hour}
    if cadence == "monthly":
        month = months.normal().totals
        return {"Inference": month.inference, "Planned": month.planned, "Value of outcomes": month.value,
                "Alpha-net": month.alpha_net, "Unattributed": month.unattributed, "Savings promised": month.promised,
                "Savings realised": month.realised}
    totals = quarter().totals
    return {"Planned": totals.planned, "Spent": totals.spent, "Value of outcomes": totals.value,
            "Alpha-net": totals.alpha_net, "Unattributed": totals.unattributed}


@pytest.mark.parametrize("cadence", ["daily", "monthly", "quarterly"])
def test_sums_at_the_head_are_those_of_the_read_model_and_unknown_ones_say_so(cadence: str) -> None:
    rows = markdown_tables(rendered(cadence, "md").decode())[0]
    values = {row["Figure"]: row["Value"] for row in rows}
    html = re.sub("<[^>]*>", " ", rendered(cadence, "html").decode())
    paper = " ".join(pdf_pages(rendered(cadence, "pdf")))
    for label, amount in headlines(cadence).items():
        words = "not known" if amount is None else f"{display(amount)} USD"
        assert values[label] == words
        assert f"{label} {words}" in " ".join(html.split())
        assert f"{label} {words}" in paper
