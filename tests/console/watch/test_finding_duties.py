"""The detectors beside the turns: a finding opens an exception once, and one that is no more is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.antipatterns.call_day import FORM, CallDay, Totals
from console.cadences.findings.looking import Looked
from console.clock import ManualClock, day_start, epoch
from console.operations.desk import Desk
from console.operations.findings import findings
from console.operations.months import declare_saving
from console.pricing import PriceBook
from console.watch.exceptions import Seen, open_new
from console.watch.execution import Overtaken
from console.watch.finding_duties import EVERY, FindingDuties
from console.watch.finding_keeping import over
from store import exceptions, registry
from store.tables import CallDayRow, CharterException
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, NOON, open_desk
from tests.support.ledgers import a_day, register, sign, spend

KIND = "finding: Orphaned Workload"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workload that nobody owns, and that spends a dollar a day."""
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            registry.put_workload(tx, {"slug": "adrift", "name": "Adrift", "status": "live"}, by="maria",
                                  at=NOON - timedelta(days=90))
            spend(tx, "adrift", a_day(day_start(NOON) - timedelta(days=20), 20, 1_000_000))
        yield desk


def duties(desk: Desk) -> FindingDuties:
    return FindingDuties(desk.config, desk.database, desk.clock, PriceBook())


def standing(desk: Desk) -> list[CharterException]:
    with desk.database.read() as tx:
        return [row for row in exceptions.standing(tx, "finding") if row.kind == KIND]


async def later(desk: Desk, looking: FindingDuties) -> None:
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance(EVERY.total_seconds())
    assert await looking.look(None) is None


async def test_a_finding_is_one_exception_however_often_it_is_found(desk: Desk) -> None:
    looking = duties(desk)
    await later(desk, looking)
    await later(desk, looking)
    (row,) = standing(desk)
    assert (row.workload, row.origin, row.state, row.times) == ("adrift", "finding", "open", 1)
    assert row.stake_microusd is not None
    assert 25_000_000 < row.stake_microusd < 31_000_000
    assert row.evidence["confidence"] == "high"


async def test_it_looks_once_in_a_quarter_of_an_hour(desk: Desk) -> None:
    looking = duties(desk)
    await looking.look(None)
    with desk.database.write() as tx:
        exceptions.standing(tx, "finding")
        for row in exceptions.standing(tx, "finding"):
            row.state = "closed"
            tx.add(row)
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance(EVERY.total_seconds() - 1)
    await looking.look(None)
    assert standing(desk) == []


async def test_what_is_mended_is_closed_and_what_cannot_be_told_is_not(desk: Desk) -> None:
    looking = duties(desk)
    await later(desk, looking)
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance(30 * 86_400)  # no usage within the week: nobody can tell
    await later(desk, looking)
    assert len(standing(desk)) == 1
    with desk.database.write() as tx:
        registry.put_workload(tx, {"slug": "adrift", "name": "Adrift", "status": "retired"}, by="maria",
                              at=desk.clock.now())
    await later(desk, looking)
    assert standing(desk) == []


async def test_another_leader_stores_instead(desk: Desk) -> None:
    with pytest.raises(Overtaken):
        await duties(desk).look(("somebody:1:a", 7))
    assert standing(desk) == []


async def test_a_review_that_is_weaker_than_signed_stays_drifts_exception_and_opens_none_of_its_own(
        desk: Desk) -> None:
    with desk.database.write() as tx:
        sign(tx, edited())
        register(tx, "claims-triage", review={"when": "post-incident"})
    await later(desk, duties(desk))
    looked = await findings(desk, ARCHITECT, workload="claims-triage")
    (line,) = [line for line in looked.lines if line.finding.detector == "Silent Downgrade"]
    assert line.decided is None, "drift has not looked yet"
    with desk.database.write() as tx:
        assert [row for row in exceptions.standing(tx, "finding") if row.workload == "claims-triage"] == []
        row = open_new(tx, Seen("claims-triage", "drift", line.finding.stands_as, "weaker"), NOON)
        number = row.id
    (line,) = [line for line in (await findings(desk, ARCHITECT, workload="claims-triage")).lines
               if line.finding.detector == "Silent Downgrade"]
    assert line.decided is not None
    assert line.decided.exception == number


async def test_what_is_found_all_the_same_after_its_fix_says_so(desk: Desk) -> None:
    looking = duties(desk)
    await later(desk, looking)
    (row,) = standing(desk)
    applied = NOON - timedelta(days=9)
    number = await declare_saving(desk, ARCHITECT, workload="adrift", what="found an owner", applied_at=applied,
                                  exception=row.id)
    await later(desk, looking)
    (row,) = standing(desk)
    assert row.summary.startswith("still so after the fix of 2026-11-14: ")
    assert row.evidence["declared fix"] == (
        f"saving {number}, in production since 2026-11-14: all of this time is after it")
    (line,) = [each for each in (await findings(desk, ARCHITECT)).lines if each.finding.detector == "Orphaned Workload"]
    assert line.finding.summary == row.summary


async def test_a_fix_within_the_time_looked_at_is_named_and_decides_nothing_yet(desk: Desk) -> None:
    looking = duties(desk)
    await later(desk, looking)
    (before,) = standing(desk)
    await declare_saving(desk, ARCHITECT, workload="adrift", what="found an owner",
                         applied_at=NOON - timedelta(days=2), exception=before.id)
    await later(desk, looking)
    (row,) = standing(desk)
    assert row.summary == before.summary
    assert row.evidence["declared fix"].endswith("only a part of this time is after it")


async def test_what_could_not_be_looked_at_stays_told_until_the_next_look(desk: Desk) -> None:
    broken = CallDay(Totals(calls=9, cost=100, conversations=1, over_likely=90), first_at=1, last_at=2)
    with desk.database.write() as tx:
        tx.add(CallDayRow(day=epoch(day_start(NOON)), workload="adrift", form=FORM, document=broken.document()))
    looking = duties(desk)
    first = await looking.look(None)
    assert first is not None
    assert first.startswith("Eternal Conversation could not look at adrift")
    assert await looking.look(None) == first, "a quarter of an hour has not passed"


def test_of_a_workload_whose_calls_are_not_all_added_up_nothing_is_closed() -> None:
    row = CharterException(workload="claims", origin="finding", kind="finding: Ungoverned Tool", opened_at=NOON,
                           last_seen_at=NOON, summary="", advice="")
    looked = Looked(told={("Ungoverned Tool", "claims")})
    assert [each for each, _ in over([row], looked, {"claims"}, set())] == [row]
    assert list(over([row], looked, {"claims"}, {"claims"})) == []
    assert [each for each, _ in over([row], looked, set(), {"claims"})] == [row], "it is retired"
