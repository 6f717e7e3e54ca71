"""What the engine makes of trips, alerts and drift: opened once, closed when mended, reopened when a time is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.config import Operator
from console.watch.drift_keeping import AT_ONCE
from console.watch.execution import Overtaken
from store import audit, registry
from tests.support import kills
from tests.support.desks import NOON
from tests.support.exception_watch import DAY, Watch, watching
from tests.support.exceptions import said
from tests.support.facts import dollars
from tests.support.facts import facts as usual_facts
from tests.support.kills import SLUG, signed_terms, spend


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with watching(tmp_path) as made:
        yield made


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
