"""What the simulated organisation earned is what its console would take in, and adds up to what it promised."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from console.simulator.catalogue import WITHOUT_CHARTER
from console.simulator.earnings import EARNINGS, FIXES, REWORK_UNKNOWN, outcomes_csv
from console.simulator.paperwork import PAPERS

ROWS = list(csv.DictReader(io.StringIO(outcomes_csv(date(2026, 10, 1), date(2026, 11, 1)))))


def test_every_workload_that_promised_something_has_a_row_a_day() -> None:
    assert set(EARNINGS) == {paper.slug for paper in PAPERS} - {WITHOUT_CHARTER}
    assert len(ROWS) == 31 * len(EARNINGS)
    assert {fix.workload for fix in FIXES} <= set(EARNINGS)


@pytest.mark.parametrize("slug", sorted(EARNINGS))
def test_a_month_adds_up_to_what_was_promised_at_its_pace(slug: str) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in ROWS:
        if row["workload"] == slug:
            for column in ("outcomes", "review_usd", "rework_usd"):
                sums[column] += Decimal(row[column] or 0)
    earning = EARNINGS[slug]
    assert abs(sums["outcomes"] - earning.outcomes * Decimal(earning.pace)) <= 31  # days are rounded down
    assert abs(sums["review_usd"] - earning.review_usd) < Decimal("0.31")
    assert abs(sums["rework_usd"] - (0 if slug == REWORK_UNKNOWN else earning.rework_usd)) < Decimal("0.31")


def test_a_weekend_carries_less() -> None:
    by_day = {row["period"]: int(row["outcomes"]) for row in ROWS if row["workload"] == "claims-triage"}
    assert by_day["2026-10-03"] * 4 < by_day["2026-10-05"]
