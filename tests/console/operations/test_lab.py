"""The lab at a desk: what is known of a workload, read from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from console.economics.filling import Known
from console.errors import UsageError
from console.operations.desk import Desk
from console.operations.lab import measurements
from console.pricing import PriceBook
from store import registry
from tests.support.desks import NOON, VIEWER, open_desk
from tests.support.used import fill


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("lab")) as opened:
        with opened.database.write() as tx:
            fill(tx, PriceBook())
            registry.put_workload(tx, {"slug": "planned", "name": "Planned", "prompt": {"tokens": 3400}}, by="maria",
                                  at=NOON)
        yield opened


async def test_anybody_may_ask_what_is_known_of_a_workload(desk: Desk) -> None:
    found = (await measurements(desk, VIEWER, workload="claims-triage")).known
    assert found["output_usd_per_million"] == Known(Fraction(15), "today's price")  # Sonnet costs it most
    assert found["usd_per_million"].origin == "measured, last 30 days"
    assert found["input_usd_per_million"].value < 3
    assert "calls_per_day" not in found  # its source counts no calls, and no Charter says


async def test_of_a_workload_that_has_not_run_only_its_entry_is_known(desk: Desk) -> None:
    found = (await measurements(desk, VIEWER, workload="planned")).known
    assert found == {"system_tokens": Known(Fraction(3400), "MBOM entry")}


async def test_a_workload_that_the_mbom_does_not_have_is_refused_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(UsageError, match="Did you mean claims-triage"):
        await measurements(desk, VIEWER, workload="claims-triag")
