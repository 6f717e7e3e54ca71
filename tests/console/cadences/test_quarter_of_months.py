"""The Quarterly and the Monthly read the same months: what one adds up, the other has said."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from console.cadences import periods
from console.cadences.month.reading import monthly
from console.cadences.quarter.reading import read_quarterly
from console.cadences.year.reading import read_annual
from store import ledger
from store.tables import Outcome
from tests.support.charters import edited
from tests.support.database import fresh_database
from tests.support.ledgers import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, read, register, sign, spend
from tests.support.mbom import CONFIG

AT = DECEMBER + timedelta(days=14, hours=7)
MONTHS = (OCTOBER, NOVEMBER, DECEMBER)
ENDS = (NOVEMBER, DECEMBER, DECEMBER + timedelta(days=10))
SLUGS = ("first", "second", "third")

amounts = st.none() | st.integers(0, 5_000_000_000)
rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.none() | st.integers(0, 10**6),
                          amounts, amounts, amounts, amounts), max_size=8)
spends = st.lists(st.tuples(st.sampled_from([*SLUGS, None]), st.integers(0, 74), st.integers(0, 4_000_000_000)),
                  max_size=12)
signatures = st.lists(st.tuples(st.sampled_from(SLUGS), st.integers(0, 90)), unique_by=lambda each: each[0], max_size=3)


def added(parts: list[int | None]) -> int | None:
    """A sum that is unknown where a part is, or where there is none."""
    known = [each for each in parts if each is not None]
    return sum(known) if known and len(known) == len(parts) else None


@settings(deadline=None, max_examples=8, phases=(Phase.explicit, Phase.generate))
@given(rows, spends, signatures)
def test_a_quarter_is_the_sum_of_what_the_monthly_says_of_its_months(
        earned: list[tuple[int, int, int | None, int | None, int | None, int | None, int | None]],
        spent: list[tuple[str | None, int, int]], signed: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        database = fresh_database(Path(folder))
        with database.write() as tx:
            for slug in SLUGS:
                register(tx, slug)
            for slug, day in signed:
                sign(tx, edited(("claims-triage", slug)), SEPTEMBER + timedelta(days=day))
            read(tx, SEPTEMBER, AT)
            for who, day, cost in spent:
                spend(tx, who, {OCTOBER + timedelta(days=day): cost})
            ledger.add_outcomes(tx, [outcome(number, *each) for number, each in enumerate(earned)])
        with database.read() as tx:
            quarter = read_quarterly(tx, CONFIG, periods.quarter("2026-Q4", 1), AT)
            months = [monthly(tx, CONFIG, AT, f"{start:%Y-%m}") for start in MONTHS]
            year = read_annual(tx, CONFIG, periods.year("2026", 1), AT)
        database.close()
    for line in quarter.lines:
        of = [next(each for each in month.lines if each.slug == line.slug) for month in months]
        assert line.months == tuple(each.inference for each in of)
        assert line.spent == added([each.inference for each in of])
        plans = [each.planned for each in of if each.planned is not None]
        assert line.planned == (sum(plans) if plans else None)
        there = [each for month, each in enumerate(of)
                 if each.inference or any(row[:2] == (SLUGS.index(line.slug), month) for row in earned)]
        assert line.value == added([each.value for each in there])
        assert line.alpha_net == added([each.alpha_net for each in there])
    assert quarter.totals.spent == added([month.totals.inference for month in months])
    assert quarter.totals.unattributed == added([month.totals.unattributed for month in months])
    by_month = {name: cost for name, cost, _ in year.months}
    assert [by_month[month.month] for month in months] == [
        added([month.totals.inference, month.totals.unattributed]) for month in months]


def outcome(number: int, which: int, month: int, produced: int | None, *amounts: int | None) -> Outcome:
    value, baseline, review, rework = amounts
    start: datetime = MONTHS[month]
    return Outcome(
        workload=SLUGS[which], starts_at=start, ends_at=ENDS[month], reference=str(number),
        outcomes=None if produced is None else str(Decimal(produced)), value_microusd=value, baseline_microusd=baseline,
        review_microusd=review, rework_microusd=rework, origin="entered", entered_by="anna", entered_at=AT)
