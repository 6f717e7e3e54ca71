"""Usage as FOCUS: exact to the last digit, the console's own dollars in sum, and constant in memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from console.clock import epoch
from console.config import PriceOverride
from console.errors import UsageError
from console.money import MICRO
from console.operations.desk import Desk
from console.operations.usage_export import Exported, export_usage
from console.pricing import PriceBook
from console.reports.focus import COLUMNS
from store.windows import period_spend
from tests.support.desks import NOON, VIEWER, open_desk
from tests.support.used import START, fill

DISCOUNT = PriceOverride(provider="anthropic", model="claude-sonnet-4-6", since="2026-01-01", multiplier=Decimal("0.9"))
Row = dict[str, str]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("usage")) as desk:
        with desk.database.write() as tx:
            fill(tx, PriceBook())
        yield desk


async def exported(desk: Desk, start: datetime, end: datetime, by: str = "day",
                   form: str = "focus") -> tuple[list[Row], Exported]:
    out = io.StringIO(newline="")
    done = await export_usage(desk, VIEWER, start=start, end=end, sink=out, form=form, by=by)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline=""), strict=True)), done


def shown(desk: Desk, start: datetime, end: datetime) -> dict[str, Decimal]:
    """What the console shows for the span."""
    with desk.database.read() as tx:
        spent = period_spend(tx, epoch(start), epoch(end))
    return {slug or "": Decimal(spend.cost) / MICRO for slug, spend in spent.items() if spend.cost}


SPANS = [(0, 48, "day"), (0, 48, "hour"), (5, 41, "day"), (5, 41, "hour"), (3, 9, "day"), (20, 30, "day"),
         (7, 24, "day")]


@pytest.mark.parametrize(("first", "last", "by"), SPANS)
async def test_billed_cost_adds_up_to_what_the_console_shows_to_the_micro_dollar(filled: Desk, first: int, last: int,
                                                                                by: str) -> None:
    start, end = START + timedelta(hours=first), START + timedelta(hours=last)
    rows, done = await exported(filled, start, end, by)
    billed: Counter[str] = Counter()
    for row in rows:
        billed[row["x_Workload"]] += Decimal(row["BilledCost"])  # type: ignore[assignment]
    assert dict(billed) == shown(filled, start, end)
    assert done.spent == sum(shown(filled, start, end).values()) * MICRO
    assert done.rows == len(rows)


async def test_every_cost_is_its_quantity_times_its_unit_price_exactly(filled: Desk) -> None:
    rows, _ = await exported(filled, START, START + timedelta(days=2))
    used = [row for row in rows if row["ChargeCategory"] == "Usage"]
    assert {row["x_TokenType"] for row in used} == {"input", "cache_write_5m", "cache_write_1h", "cache_read", "output",
                                                    "web_search"}
    for row in used:
        quantity = Decimal(row["PricingQuantity"])
        assert quantity * Decimal(row["ContractedUnitPrice"]) == Decimal(row["ContractedCost"]) == Decimal(
            row["BilledCost"])
        assert quantity * Decimal(row["ListUnitPrice"]) == Decimal(row["ListCost"])
        assert quantity * Decimal(row["PricingUnit"].split()[0]) == Decimal(row["ConsumedQuantity"])


async def test_what_is_left_by_rounding_is_less_than_half_a_micro_dollar_a_minute(filled: Desk) -> None:
    rows, _ = await exported(filled, START, START + timedelta(days=2))
    left = [row for row in rows if row["ChargeCategory"] == "Adjustment"]
    assert left
    for row in left:
        assert row["x_TokenType"] == "rounding"
        assert abs(Decimal(row["BilledCost"])) <= Decimal("0.0000005") * 48
        assert row["ConsumedQuantity"] == row["PricingQuantity"] == ""


async def test_usage_stored_at_another_price_keeps_what_it_cost_and_says_so(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            fill(tx, PriceBook([DISCOUNT]), hours=24)
        rows, _ = await exported(desk, START, START + timedelta(days=1))
        billed = sum(Decimal(row["BilledCost"]) for row in rows if row["x_Workload"] == "claims-triage")
        assert billed == shown(desk, START, START + timedelta(days=1))["claims-triage"]
    [row] = [row for row in rows if row["x_TokenType"] == "earlier price"]
    assert row["x_Model"] == "claude-sonnet-4-6"
    assert Decimal(row["BilledCost"]) < 0
    assert row["x_PricingSource"] == "stored cost"


async def test_a_configured_price_is_contracted_and_the_library_s_is_the_list_price(filled: Desk) -> None:
    desk = replace(filled, config=replace(filled.config, prices=(DISCOUNT,)))
    rows, _ = await exported(desk, START, START + timedelta(days=1))
    [row] = [row for row in rows if row["x_Model"] == "claude-sonnet-4-6" and row["x_TokenType"] == "input"]
    assert (row["ListUnitPrice"], row["ContractedUnitPrice"]) == ("3.0", "2.7")
    assert "configured price" in row["x_PricingSource"]


async def test_a_row_says_whose_it_is_where_and_how_well_it_is_priced(filled: Desk) -> None:
    rows, _ = await exported(filled, START, START + timedelta(days=1))
    [claims] = [row for row in rows if row["x_KeyId"] == "apikey_claims" and row["x_TokenType"] == "output"]
    assert claims["BillingAccountId"] == "org_01"
    assert claims["x_KeyName"] == "Claims key"
    assert json.loads(claims["Tags"]) == {"workload": "claims-triage", "owner": "A. Owner", "team": "Claims"}
    assert claims["BillingPeriodStart"] == "2026-11-01T00:00:00Z"
    assert claims["BillingPeriodEnd"] == "2026-12-01T00:00:00Z"
    [support] = [row for row in rows if row["x_Workload"] == "support-bot" and row["x_TokenType"] == "output"]
    assert (support["SubAccountId"], support["SubAccountName"], support["x_Estimated"]) == (
        "wrkspc_01", "Support", "true")
    assert "claude-next has no price" in support["x_PricingSource"]
    lost = [row for row in rows if row["x_KeyId"] == "apikey_lost"]
    assert {(row["x_Workload"], row["RegionId"], row["x_KeyName"][:2]) for row in lost} == {("", "us", "'=")}
    assert not any("\x1b" in cell for row in rows for cell in row.values())


async def test_a_day_that_the_span_cuts_is_a_shorter_charge_period(filled: Desk) -> None:
    rows, _ = await exported(filled, START + timedelta(hours=20), START + timedelta(hours=30))
    assert {(row["ChargePeriodStart"], row["ChargePeriodEnd"]) for row in rows} == {
        ("2026-11-20T20:00:00Z", "2026-11-21T00:00:00Z"), ("2026-11-21T00:00:00Z", "2026-11-21T06:00:00Z")}


async def test_a_span_without_usage_has_a_header_and_no_row(filled: Desk) -> None:
    out = io.StringIO(newline="")
    done = await export_usage(filled, VIEWER, start=START - timedelta(days=9), end=START - timedelta(days=8), sink=out)
    assert out.getvalue() == ",".join(COLUMNS) + "\r\n"
    assert (done.rows, done.spent) == (0, 0)


async def test_plain_csv_has_the_console_s_dollars_by_series(filled: Desk) -> None:
    rows, done = await exported(filled, START, START + timedelta(days=2), form="csv")
    assert sum(Decimal(row["cost_usd"]) for row in rows) * MICRO == done.spent
    assert len(rows) == 8
    assert done.metadata == ""


async def test_the_metadata_tells_version_time_and_prices(filled: Desk) -> None:
    _, done = await exported(filled, START, START + timedelta(days=1))
    about = json.loads(done.metadata)
    assert about["FocusVersion"] == "1.2"
    assert about["CreationDate"] == "2026-11-23T12:00:00Z"
    assert about["Schema"]["ColumnDefinition"][0] == {"ColumnName": "BilledCost"}
    assert "genai-prices" in about["x_PricingSource"]


@pytest.mark.parametrize(("start", "end", "said"), [
    (START, START, "not after its beginning"), (START, START - timedelta(hours=1), "not after its beginning"),
    (START, NOON + timedelta(hours=1), "has not come yet"), (START + timedelta(minutes=5), NOON, "whole hours"),
])
async def test_a_span_that_cannot_be_is_refused(filled: Desk, start: datetime, end: datetime, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await exported(filled, start, end)


async def test_memory_does_not_grow_with_the_span(filled: Desk) -> None:
    class Nowhere:
        def write(self, text: str, /) -> int:
            return len(text)

    async def peak(hours: int) -> int:
        tracemalloc.start()
        await export_usage(filled, VIEWER, start=START, end=START + timedelta(hours=hours), sink=Nowhere(), by="hour")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    await peak(48)  # prices are learned
    assert await peak(48) < await peak(4) + 200_000
