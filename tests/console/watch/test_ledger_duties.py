"""What the leader does for the ledger: a look a day at the month that closed, and only while it leads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from console.clock import ManualClock
from console.operations.desk import Desk
from console.watch.execution import Overtaken
from console.watch.ledger_duties import AT_ONCE, LedgerDuties
from store import exceptions
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.desks import open_desk
from tests.support.ledgers import OCTOBER, SEPTEMBER, a_day, read, register, sign, spend


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            register(tx, "claims-triage")
            sign(tx, CLAIMS_TRIAGE)
            read(tx, SEPTEMBER, desk.clock.now())
            spend(tx, "claims-triage", a_day(OCTOBER, 31, 100_000_000))
        yield desk


def duties(desk: Desk) -> LedgerDuties:
    return LedgerDuties(desk.config, desk.database, desk.clock)


def open_variances(desk: Desk) -> list[str]:
    with desk.database.read() as tx:
        return [f"{row.workload} {row.subject}" for row in exceptions.standing(tx, "variance")]


async def test_a_month_that_closed_too_far_from_plan_is_told_once_and_looked_at_daily(desk: Desk) -> None:
    assert isinstance(desk.clock, ManualClock)
    keeping = duties(desk)
    await keeping.look(None)
    assert open_variances(desk) == ["claims-triage 2026-10"]
    with desk.database.write() as tx:
        spend(tx, "claims-triage", {OCTOBER: -1_200_000_000})
    await keeping.look(None)
    assert open_variances(desk) == ["claims-triage 2026-10"]
    desk.clock.advance(86_400)
    await keeping.look(None)
    assert open_variances(desk) == []


async def test_the_threshold_is_the_organisations_own(desk: Desk) -> None:
    desk.config = replace(desk.config, rules=replace(desk.config.rules, variance_share=0.7))
    await duties(desk).look(None)
    assert open_variances(desk) == []


async def test_nothing_is_written_by_a_process_that_leads_no_longer(desk: Desk) -> None:
    with pytest.raises(Overtaken):
        await duties(desk).look(("engine", 7))
    assert open_variances(desk) == []


async def test_thousands_of_variances_never_keep_the_writer_for_long(desk: Desk) -> None:
    many = AT_ONCE + 20
    with desk.database.write() as tx:
        for number in range(many):
            register(tx, f"workload-{number}")
            sign(tx, edited(('workload = "claims-triage"', f'workload = "workload-{number}"')))
    transactions = 0
    writing = desk.database.write

    @contextmanager
    def counted() -> Iterator[Session]:
        nonlocal transactions
        transactions += 1
        with writing() as tx:
            yield tx

    desk.database.write = counted  # type: ignore[method-assign]
    await duties(desk).look(None)
    assert len(open_variances(desk)) == many + 1   # those that spent nothing at all are off plan too
    assert transactions == 2
