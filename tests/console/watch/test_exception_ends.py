"""When exceptions are over, and when they open again: times that end, Charters that are signed, days without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.operations import exceptions
from console.watch import drift_keeping
from console.watch.drift_keeping import AT_ONCE
from console.watch.exceptions import open_or_refresh, variance
from console.watch.judgement import Judged
from store import incidents
from store.tables import Breaker
from tests.support.desks import ARCHITECT, NOON
from tests.support.exception_watch import DAY, Watch, decided, watching
from tests.support.exceptions import said
from tests.support.kills import SLUG, signed_terms


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with watching(tmp_path) as made:
        yield made


async def test_when_a_time_is_over_a_drift_that_is_still_there_reopens_by_itself(watch: Watch) -> None:
    watch.entry(depth_cap=5)
    watch.turn()
    await decided(watch, 1, "time-bounded", NOON + 3 * DAY)
    watch.turn(3 * DAY - timedelta(minutes=1))
    assert watch.states() == [("drift: depth", "decided")]
    watch.turn(3 * DAY)
    (row,) = watch.rows()
    assert (row.state, row.times, row.decision) == ("open", 2, None)
    assert row.reopened_why == "the time that maria gave it ended on 2026-11-26, and it is still so"
    watch.turn(4 * DAY)
    assert said(watch.desk)[-1] == "exception.reopened"
    assert watch.rows()[0].times == 2


async def test_a_decided_drift_that_is_mended_is_closed_before_its_time(watch: Watch) -> None:
    watch.entry(depth_cap=5)
    watch.turn()
    await decided(watch, 1, "time-bounded", NOON + 3 * DAY)
    watch.entry()
    watch.turn(DAY)
    assert watch.states() == [("drift: depth", "closed")]


@pytest.mark.parametrize(("again", "state"), [(False, "closed"), (True, "open")])
async def test_an_alert_reopens_after_its_time_only_if_it_fired_again(watch: Watch, again: bool, state: str) -> None:
    change = watch.alert()
    watch.turn(timedelta(0), change)
    watch.resolve(change, NOON + timedelta(minutes=10))
    await decided(watch, 1, "time-bounded", NOON + 3 * DAY)
    if again:
        second = watch.alert(at=NOON + DAY)
        watch.turn(DAY, second)
        watch.resolve(second, NOON + DAY + timedelta(hours=1))
        assert watch.states() == [("alert: burn", "decided")]
    watch.turn(3 * DAY)
    assert watch.states() == [("alert: burn", state)]


async def test_an_alert_that_was_dismissed_is_counted_on_and_over_after_four_quiet_weeks(watch: Watch) -> None:
    change = watch.alert()
    watch.turn(timedelta(0), change)
    watch.resolve(change, NOON + timedelta(minutes=10))
    await decided(watch, 1, "dismissed")
    second = watch.alert(at=NOON + 20 * DAY)
    watch.turn(20 * DAY, second)
    watch.resolve(second, NOON + 20 * DAY + timedelta(hours=1))
    watch.turn(47 * DAY)
    assert [(row.state, row.times) for row in watch.rows()] == [("decided", 2)]
    watch.turn(48 * DAY)
    assert [(row.state, row.closed_why) for row in watch.rows()] == [
        ("closed", "decided, and not seen for 28 days")]


async def test_a_trip_that_is_held_stays_decided_and_is_over_once_resumed(watch: Watch) -> None:
    watch.kill()
    watch.turn()
    await decided(watch, 1, "dismissed", NOON + 3 * DAY)
    with watch.desk.database.write() as tx:
        incidents.set_breaker(tx, Breaker(workload=SLUG, state="armed", since=NOON + DAY))
    watch.turn(3 * DAY)
    assert watch.rows()[0].closed_why == "the time that maria gave it ended on 2026-11-26, and it is no longer so"


@pytest.mark.parametrize(("depth", "state", "why"), [
    ("3", "open", "version 2 of the Charter was signed, and it is still so"), ("5", "closed", "")])
async def test_a_revision_is_over_when_the_next_charter_is_signed(watch: Watch, depth: str, state: str,
                                                                  why: str) -> None:
    watch.entry(depth_cap=5)
    change = watch.alert()
    watch.turn(timedelta(0), change)
    for number in (1, 2):
        await decided(watch, number, "revision")
    watch.turn(timedelta(minutes=1))
    assert {row.state for row in watch.rows()} == {"decided"}
    watch.desk.clock.advance(3600)  # type: ignore[attr-defined]
    signed_terms(watch.desk, ("version = 1", "version = 2"), ("depth_cap = 2", f"depth_cap = {depth}"))
    watch.turn(timedelta(hours=1))
    alert, drift = watch.rows()
    assert alert.state == "decided"
    assert (drift.state, drift.reopened_why) == (state, why)
    watch.resolve(change, NOON + timedelta(hours=2))
    watch.turn(timedelta(hours=2))
    assert (watch.rows()[0].state, watch.rows()[0].closed_why) == ("closed", "version 2 of the Charter was signed")


async def test_an_alert_that_fires_on_a_day_after_the_revision_is_asked_again(watch: Watch) -> None:
    watch.turn(timedelta(0), watch.alert())
    await decided(watch, 1, "revision")
    watch.desk.clock.advance(3600)  # type: ignore[attr-defined]
    signed_terms(watch.desk, ("version = 1", "version = 2"))
    watch.turn(DAY)
    assert watch.states() == [("alert: burn", "decided")]
    watch.turn(DAY + timedelta(hours=2))
    (row,) = watch.rows()
    assert (row.state, row.reopened_why) == ("open", "version 2 of the Charter was signed, and it still fires")


async def test_a_months_variance_is_not_over_because_a_charter_is_signed(watch: Watch) -> None:
    with watch.desk.database.write() as tx:
        open_or_refresh(tx, variance(SLUG, "2026-10", of="spend", summary="x", stake=None, charter_line=None,
                                     evidence={}), NOON)
    await decided(watch, 1, "revision")
    watch.desk.clock.advance(3600)  # type: ignore[attr-defined]
    signed_terms(watch.desk, ("version = 1", "version = 2"))
    watch.turn(2 * DAY)
    assert watch.states() == [("variance: spend", "decided")]


def test_what_somebody_changes_while_a_turn_is_under_way_stays_as_they_made_it(watch: Watch) -> None:
    with watch.desk.database.read() as tx:
        watch.registered.workloads(tx)
        watch.registered.charters(tx)
    watch.entry(depth_cap=5)
    with watch.desk.database.write() as tx:
        drift_keeping.look_again(tx, watch.desk.config, [SLUG], NOON)
    watch.exceptions.turn(Judged({}, (), ()), NOON)
    assert watch.states() == [("drift: depth", "open")]
    watch.turn(timedelta(minutes=1))
    assert watch.states() == [("drift: depth", "open")]


async def test_drift_that_a_revision_mended_is_not_asked_again_while_it_waits_to_be_closed(watch: Watch) -> None:
    models = [f"other-{number}" for number in range(AT_ONCE + 5)]
    watch.entry(models=models)
    watch.turn()
    watch.turn(timedelta(minutes=1))
    await exceptions.decide(watch.desk, ARCHITECT, exceptions=[row.id or 0 for row in watch.rows()], verdict="revision",
                            rationale="Agreed with Anna.")
    watch.desk.clock.advance(3600)  # type: ignore[attr-defined]
    signed_terms(watch.desk, ("version = 1", "version = 2"))
    watch.entry()
    for minutes in (61, 62):
        watch.turn(timedelta(minutes=minutes))
    assert {(row.state, row.times) for row in watch.rows()} == {("closed", 1)}
