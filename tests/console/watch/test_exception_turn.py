"""What the engine makes of trips, alerts and drift: opened once, closed when mended, reopened when a time is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.cadences.facts import Facts
from console.cadences.registered import Registered
from console.config import Operator
from console.operations import exceptions
from console.operations.desk import Desk
from console.watch import drift_keeping
from console.watch.alerts import Change
from console.watch.drift_keeping import AT_ONCE
from console.watch.exception_turn import ExceptionTurn
from console.watch.exceptions import open_or_refresh, variance
from console.watch.execution import Overtaken
from console.watch.judgement import Judged
from store import audit, incidents, registry
from store import exceptions as store
from store.tables import Alert, Breaker, CharterException, Intent
from tests.support import kills
from tests.support.desks import ARCHITECT, NOON, open_desk
from tests.support.exceptions import said
from tests.support.facts import dollars
from tests.support.facts import facts as usual_facts
from tests.support.kills import SLUG, signed_terms, spend
from tests.support.mbom import CONFIG

DAY = timedelta(days=1)
ENTRY: dict[str, Any] = {**kills.entry(), "business_owner": "A. Owner", "models": ["claude-sonnet-4-6"]}


@dataclass
class Watch:
    """A desk, and the engine's part in exceptions over it."""

    desk: Desk
    registered: Registered = field(default_factory=Registered)
    facts: Facts | None = None

    def __post_init__(self) -> None:
        self.exceptions = ExceptionTurn(self.desk.config, self.desk.database, self.registered)

    def turn(self, after: timedelta = timedelta(0), *changes: Change, held: tuple[str, int] | None = None) -> datetime:
        at = NOON + after
        with self.desk.database.read() as tx:
            self.registered.workloads(tx)
            self.registered.charters(tx)
        self.exceptions.turn(Judged({SLUG: self.facts} if self.facts else {}, (), changes), at, held)
        return at

    def entry(self, **changes: Any) -> None:
        entry = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
        with self.desk.database.write() as tx:
            registry.put_workload(tx, entry, by="maria", at=NOON)

    def rows(self) -> list[CharterException]:
        with self.desk.database.read() as tx:
            return list(store.by_ids(tx, range(1, 2000)).values())

    def states(self) -> list[tuple[str, str]]:
        return [(row.kind, row.state) for row in self.rows()]

    def alert(self, *, rule: str = "burn", window: str = "1h", severity: str = "critical", state: str = "firing",
              at: datetime = NOON, workload: str = SLUG, number: int | None = None) -> Change:
        with self.desk.database.write() as tx:
            row = incidents.save(tx, Alert(
                id=number, workload=workload, rule=rule, window=window, severity=severity, state=state, active_since=at,
                fired_at=at, last_true=at, last_evaluated=at, summary=f"{rule} of {window}", advice="Look.",
                figures={"spent_microusd": "12000000", "burn_long": "3.0"}))
        return Change(row, "fired")

    def resolve(self, change: Change, at: datetime) -> None:
        with self.desk.database.write() as tx:
            row = tx.get(Alert, change.alert.id)
            assert row is not None
            row.state, row.resolved_at = "resolved", at

    def kill(self, *, number: str = "kill-1", at: datetime = NOON, state: str = "done", origin: str = "automatic",
             **evidence: Any) -> None:
        told = {"rule": "signs", "window": "kill", "summary": "runaway pace and surge", **evidence}
        with self.desk.database.write() as tx:
            tx.add(Intent(id=number, workload=SLUG, verb="kill", origin=origin, state=state, reason="it burns",
                          requested_by="engine" if origin == "automatic" else "otto", requested_at=at,
                          valid_until=at + DAY, plan_hash="h", evidence=told if origin == "automatic" else {}))
            incidents.set_breaker(tx, Breaker(workload=SLUG, state="held", since=at, intent=number))


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A workload that is as its Charter has it."""
    operators = (Operator("anna", ("business_owner",)), Operator("business_owner", ("business_owner",)))
    with open_desk(tmp_path, replace(CONFIG, operators=operators)) as desk:
        made = Watch(desk)
        made.entry()
        signed_terms(desk)
        yield made


async def decided(watch: Watch, number: int, verdict: str, ends_at: datetime | None = None) -> None:
    await exceptions.decide(watch.desk, ARCHITECT, exceptions=[number], verdict=verdict, rationale="Agreed with Anna.",
                            ends_at=ends_at)


def test_a_workload_as_signed_has_no_exception(watch: Watch) -> None:
    watch.turn()
    assert watch.rows() == []
    assert said(watch.desk) == []


def test_a_drift_opens_an_exception_and_closes_it_when_it_is_mended(watch: Watch) -> None:
    watch.entry(depth_cap=5)
    watch.turn()
    assert watch.states() == [("drift: depth", "open")]
    watch.entry(depth_cap=2)
    at = watch.turn(timedelta(minutes=1))
    (row,) = watch.rows()
    assert (row.state, row.closed_at, row.closed_why) == ("closed", at, "MBOM, Charter and usage agree again")
    assert said(watch.desk) == ["exception.opened", "exception.closed"]


def test_seen_twice_nothing_changes(watch: Watch) -> None:
    watch.entry(depth_cap=5, models=["claude-sonnet-4-6", "claude-opus-4-6"], business_owner=None)
    watch.turn()
    before = watch.rows()
    watch.exceptions.forget()
    watch.turn()
    assert watch.rows() == before
    assert said(watch.desk) == ["exception.opened"] * 3


def test_a_charter_that_permits_it_mends_it(watch: Watch) -> None:
    watch.entry(depth_cap=3)
    watch.turn()
    signed_terms(watch.desk, ("version = 1", "version = 2"), ("depth_cap = 2", "depth_cap = 3"))
    watch.turn(timedelta(minutes=1))
    assert watch.rows()[0].closed_why == "Charter v2 is in force now, and this is no drift from it"


def test_a_retired_workload_has_no_drift(watch: Watch) -> None:
    watch.entry(depth_cap=3)
    watch.turn()
    watch.entry(depth_cap=3, status="retired")
    watch.turn(timedelta(minutes=1))
    assert watch.rows()[0].closed_why == "the workload is retired, or no longer in the MBOM"


def test_a_model_in_use_is_drift_until_seven_days_without_it(watch: Watch) -> None:
    minute = int(NOON.timestamp()) - 3600
    spend(watch.desk, {minute: 250})
    with watch.desk.database.write() as tx:
        dimensions = json.dumps({"api_key_id": kills.KEY, "model": "claude-opus-4-6"}, sort_keys=True,
                                separators=(",", ":"))
        tx.connection().exec_driver_sql("UPDATE series SET dimensions = ?", (dimensions,))
    watch.turn()
    (row,) = watch.rows()
    assert (row.kind, row.subject, row.stake_microusd, row.degree) == ("drift: model", "claude-opus-4-6",
                                                                      dollars(250), 2)
    watch.turn(6 * DAY)
    assert watch.states() == [("drift: model", "open")]
    watch.turn(7 * DAY)
    assert watch.rows()[0].closed_why == "it was not used for seven days"


def test_an_owner_who_signed_and_holds_the_role_no_longer_is_drift(watch: Watch) -> None:
    desk = replace(watch.desk, config=replace(watch.desk.config, operators=(Operator("anna", ("business_owner",)),)))
    other = Watch(desk)
    other.turn()
    assert other.rows()[0].summary == "business_owner signed as business owner and no longer holds that role"


def test_an_alert_opens_one_and_goes_on_waiting_after_it_resolved(watch: Watch) -> None:
    watch.facts = usual_facts(month=dollars(3000))
    change = watch.alert()
    watch.turn(timedelta(0), change)
    watch.resolve(change, NOON + timedelta(minutes=30))
    watch.turn(timedelta(hours=2))
    (row,) = watch.rows()
    assert (row.kind, row.subject, row.state, row.alert) == ("alert: burn", "1h", "open", change.alert.id)
    assert row.stake_microusd == dollars(3000 - 2160)
    assert row.evidence == {"spent USD": "12.00", "burn long": "3.0"}


def test_fired_again_it_counts_and_is_no_second_one(watch: Watch) -> None:
    for hour in range(3):
        change = watch.alert(at=NOON + timedelta(hours=hour))
        watch.turn(timedelta(hours=hour), change)
        watch.resolve(change, NOON + timedelta(hours=hour, minutes=30))
    (row,) = watch.rows()
    assert (row.times, row.last_seen_at) == (3, NOON + timedelta(hours=2))


@pytest.mark.parametrize(("alert", "kinds"), [
    ({"severity": "warning"}, []), ({"severity": "error"}, ["alert: burn"]),
    ({"severity": "warning", "rule": "scenario", "window": "stretch"}, ["alert: stretch"]),
    ({"workload": "source:anthropic", "rule": "feed"}, []), ({"workload": "audit log"}, []),
    ({"rule": "unconfirmed", "window": "kill-1"}, []),
])
def test_serious_alerts_of_workloads_and_scenarios_are_exceptions(watch: Watch, alert: dict[str, Any],
                                                                  kinds: list[str]) -> None:
    watch.turn(timedelta(0), watch.alert(**alert))
    assert [row.kind for row in watch.rows()] == kinds


def test_alerts_that_fired_while_no_engine_ran_are_found_at_the_start(watch: Watch) -> None:
    watch.resolve(watch.alert(at=NOON - 3 * DAY), NOON - 2 * DAY)
    watch.alert(at=NOON - 9 * DAY, window="6h")
    watch.turn()
    watch.turn(timedelta(minutes=1))
    assert [(row.kind, row.subject) for row in watch.rows()] == [("alert: burn", "1h")]


def test_a_kill_takes_the_place_of_its_alert(watch: Watch) -> None:
    watch.turn(timedelta(0), watch.alert(rule="signs", window="kill"))
    watch.kill(at=NOON + timedelta(minutes=1))
    watch.turn(timedelta(minutes=1))
    alert, trip = watch.rows()
    assert (alert.kind, alert.state, alert.closed_why) == (
        "alert: signs", "closed", f"the breaker killed for it: exception {trip.id}")
    assert (trip.kind, trip.subject, trip.intent, trip.alert) == ("trip: signs", "kill-1", "kill-1", alert.alert)
    watch.exceptions.forget()
    watch.turn(timedelta(minutes=2))
    assert watch.states() == [("alert: signs", "closed"), ("trip: signs", "open")]


@pytest.mark.parametrize(("kill", "kind", "summary"), [
    ({"origin": "manual"}, "trip: by hand", "killed by otto: it burns"),
    ({"state": "observed"}, "trip: observed", "would have been killed: runaway pace and surge"),
    ({"rule": "cap", "window": "month"}, "trip: cap", "runaway pace and surge"),
])
def test_every_kill_is_an_exception_of_its_own(watch: Watch, kill: dict[str, Any], kind: str, summary: str) -> None:
    watch.kill(**kill)
    watch.kill(number="kill-2", **kill)
    watch.turn()
    assert [(row.kind, row.summary, row.intent) for row in watch.rows()] == [
        (kind, summary, "kill-1"), (kind, summary, "kill-2")]


def test_a_kill_that_was_turned_down_is_none(watch: Watch) -> None:
    watch.kill(state="rejected")
    watch.turn()
    assert watch.rows() == []


def test_a_trip_costs_what_was_spent_past_the_plan_and_grows_until_it_is_settled(watch: Watch) -> None:
    start = int(NOON.timestamp()) - 600
    spend(watch.desk, {start: 100, start + 540: 50})
    watch.facts = usual_facts(at=NOON, data_until=NOON)
    watch.kill(window_start=start, window_end=start + 600)
    watch.turn()
    assert watch.rows()[0].stake_microusd == dollars(150) - dollars(4320) * 600 // (30 * 86_400)
    spend(watch.desk, {start + 900: 70})
    watch.facts = usual_facts(at=NOON + timedelta(hours=1), data_until=NOON + timedelta(hours=1))
    watch.turn(timedelta(hours=1))
    stake = watch.rows()[0].stake_microusd
    assert stake == dollars(220) - dollars(4320) * 4200 // (30 * 86_400)


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


def test_turns_within_a_minute_are_passed_over_and_nothing_is_lost(watch: Watch) -> None:
    watch.turn()
    change = watch.alert(at=NOON + timedelta(seconds=10))
    watch.turn(timedelta(seconds=10), change)
    assert watch.rows() == []
    watch.turn(timedelta(seconds=60))
    assert watch.states() == [("alert: burn", "open")]


def test_what_could_not_be_stored_is_stored_by_the_next_turn(watch: Watch) -> None:
    watch.entry(depth_cap=5)
    with pytest.raises(Overtaken):
        watch.turn(timedelta(0), watch.alert(), held=("engine", 7))
    assert watch.rows() == []
    watch.turn(timedelta(seconds=5))
    assert sorted(watch.states()) == [("alert: burn", "open"), ("drift: depth", "open")]


def test_thousands_of_drifts_are_opened_a_portion_a_turn(watch: Watch) -> None:
    with watch.desk.database.write() as tx:
        for number in range(AT_ONCE + 20):
            registry.put_workload(tx, {"slug": f"other-{number}", "business_owner": "A. Owner"}, by="maria", at=NOON)
    watch.turn()
    assert len(watch.rows()) == AT_ONCE
    watch.turn(timedelta(minutes=1))
    assert len(watch.rows()) == AT_ONCE + 20


def test_every_transition_names_the_exception_in_the_log(watch: Watch) -> None:
    watch.entry(depth_cap=5)
    watch.turn()
    with watch.desk.database.read() as tx:
        (entry,) = audit.entries(tx)
    detail = json.loads(entry.body)["detail"]
    assert (entry.actor, entry.object, detail["exception"], detail["kind"]) == ("engine", SLUG, 1, "drift: depth")
