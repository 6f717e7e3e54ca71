"""Reports as they are asked for: of a real database, with its own figures, of a period that has been."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from console.config import PriceOverride
from console.errors import ConsoleError
from console.money import display
from console.operations import registry
from console.operations.desk import Desk
from console.operations.months import monthly
from console.operations.quarters import quarterly
from console.operations.reporting import report
from console.operations.status import daily
from console.operations.years import annual
from console.pricing import PriceBook
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import ARCHITECT, VIEWER, open_desk
from tests.support.long_history import read_until
from tests.support.mbom import WHOLE
from tests.support.registered import sign_all
from tests.support.report_reading import markdown_tables, row_of
from tests.support.used import fill

CADENCES = ("daily", "weekly", "monthly", "quarterly", "annual")


async def register(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=WHOLE, name="mbom.toml")
    await registry.import_charter(desk, ARCHITECT, text=CLAIMS_TRIAGE, name="claims.toml")
    await sign_all(desk, "claims-triage")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Nothing is written to it by a test."""
    with open_desk(tmp_path_factory.mktemp("reporting")) as made:
        asyncio.run(register(made))
        with made.database.write() as tx:
            fill(tx, PriceBook())
            read_until(tx, made.clock.now())
        yield made


async def text(desk: Desk, cadence: str, period: str | None = None) -> str:
    return (await report(desk, VIEWER, cadence=cadence, period=period)).content.decode()


async def test_a_month_s_report_has_the_month_s_figures(desk: Desk) -> None:
    [line] = [line for line in (await monthly(desk, VIEWER)).lines if line.slug == "claims-triage"]
    row = row_of(markdown_tables(await text(desk, "monthly")), "claims-triage", "Spend variance")
    assert line.planned
    assert (row["Inference USD"], row["Planned USD"]) == (display(line.inference), display(line.planned))


async def test_a_quarter_s_report_has_the_quarter_s_figures_and_the_mbom(desk: Desk) -> None:
    [line] = [line for line in (await quarterly(desk, VIEWER)).lines if line.slug == "claims-triage"]
    tables = markdown_tables(await text(desk, "quarterly"))
    row = row_of(tables, "claims-triage", "Decision")
    assert (row["Spent USD"], row["Planned USD"]) == (display(line.spent), display(line.planned))
    mbom = row_of(tables, "claims-triage", "Review topology")
    assert mbom["Owner"] == "A. Owner"
    assert mbom["Architecture"] == "supervisor-worker, depth 2, fan-out 4"
    assert mbom["Review topology"] == (
        "sample of 5 %, post-issue pre-action, override, by Claims officer with delegated authority B")
    assert mbom["Kill criteria"].startswith("month_usd above 9300 over month: pause, automatic")
    assert (mbom["TRAM cell"], mbom["Charter"]) == ("low x medium", "version 1")


async def test_the_day_s_and_the_year_s_reports_have_their_figures(desk: Desk) -> None:
    today = await daily(desk, VIEWER)
    row = row_of(markdown_tables(await text(desk, "daily")), "claims-triage", "Breaker")
    assert row["Month USD"] == display(today.workloads[0].month)
    year = await annual(desk, VIEWER)
    row = row_of(markdown_tables(await text(desk, "annual")), "2026-11", "Month")
    assert row["Spent USD"] == display(year.months[-1][1])


@pytest.mark.parametrize("cadence", CADENCES)
async def test_a_report_says_up_to_when_the_data_go_and_whose_prices_they_are(desk: Desk, cadence: str) -> None:
    priced = replace(desk, config=replace(desk.config, prices=(
        PriceOverride(provider="anthropic", model="claude-next", since="2026-01-01", multiplier=Decimal(1)),)))
    said = (await text(priced, cadence)).replace("\\", "")
    assert "As of 2026-11-23 12:00, with usage data until 2026-11-23 11:55" in said
    assert "at the list prices of genai-prices" in said
    assert "under 1 configured price" in said


@pytest.mark.parametrize(("cadence", "period", "name"), [
    ("daily", "2026-11-21", "daily-2026-11-21.md"), ("weekly", "2026-11-19", "weekly-2026-11-16.md"),
    ("monthly", "2026-10", "monthly-2026-10.md"), ("quarterly", "2026-Q3", "quarterly-2026-Q3.md"),
    ("annual", "2025", "annual-2025.md"),
])
async def test_a_period_that_is_over_is_reported_whole(desk: Desk, cadence: str, period: str, name: str) -> None:
    made = await report(desk, VIEWER, cadence=cadence, period=period)
    assert made.name == name
    assert "still runs" not in made.content.decode()
    assert "still runs" in await text(desk, cadence) or cadence == "daily"


@pytest.mark.parametrize(("cadence", "period"), [
    ("daily", "2026-11-24"), ("weekly", "2026-12-01T00:00:00Z"), ("daily", "11/23"), ("monthly", "2026-13"),
    ("monthly", "2026-12"), ("quarterly", "2026-Q5"), ("annual", "last"), ("hourly", None),
])
async def test_a_period_or_a_cadence_that_there_is_not_is_refused(desk: Desk, cadence: str, period: str | None) -> None:
    with pytest.raises(ConsoleError):
        await report(desk, VIEWER, cadence=cadence, period=period)


async def test_a_format_that_there_is_not_is_refused(desk: Desk) -> None:
    with pytest.raises(ConsoleError, match="md, html, pdf, csv"):
        await report(desk, VIEWER, cadence="daily", form="docx")
