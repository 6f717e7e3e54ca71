"""Whatever happens in whatever order: one row an identity, no turn does a thing twice, and the week agrees."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.cadences.registered import Registered
from console.cadences.week.reading import read_weekly
from console.clock import ManualClock
from console.operations import exceptions
from console.operations.desk import Desk
from console.watch.alerts import Change
from console.watch.exception_turn import ExceptionTurn
from console.watch.judgement import Judged
from store import audit, incidents, registry
from store import exceptions as store
from store.database import Database
from store.tables import Alert, Breaker, CharterException, Intent
from tests.support import kills
from tests.support.desks import ARCHITECT, NOON
from tests.support.kills import SLUG, signed_terms
from tests.support.mbom import CONFIG

STEP = timedelta(minutes=1)


class AnyOrder(RuleBasedStateMachine):
    """A workload that drifts, fires, is killed, decided on and signed anew, with a turn of the engine after each."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.desk = Desk(CONFIG, Database.create(f"sqlite:///{Path(self.folder.name) / 'console.db'}"),
                         ManualClock(NOON))
        self.registered = Registered()
        self.turns = ExceptionTurn(CONFIG, self.desk.database, self.registered)
        self.depth, self.version, self.cap, self.kills = 2, 1, 2, 0
        self.alert: Alert | None = None
        self.entry(2)
        signed_terms(self.desk)
        self.turn()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.database.close()
            self.folder.cleanup()

    @rule(depth=st.integers(1, 9))
    def entry(self, depth: int) -> None:
        self.depth = depth
        entry = {**kills.entry(), "business_owner": "A. Owner", "depth_cap": depth}
        with self.desk.database.write() as tx:
            registry.put_workload(tx, entry, by="maria", at=self.now)
        self.turn()

    @precondition(lambda self: self.alert is None)
    @rule()
    def fire(self) -> None:
        with self.desk.database.write() as tx:
            self.alert = incidents.save(tx, Alert(
                workload=SLUG, rule="burn", window="1h", severity="critical", state="firing", active_since=self.now,
                fired_at=self.now, last_true=self.now, last_evaluated=self.now, summary="burns"))
        self.turn(Change(self.alert, "fired"))

    @precondition(lambda self: self.alert is not None)
    @rule()
    def resolve(self) -> None:
        with self.desk.database.write() as tx:
            row = tx.get(Alert, self.alert.id if self.alert else 0)
            assert row is not None
            row.state, row.resolved_at = "resolved", self.now
        self.alert = None
        self.turn()

    @rule()
    def kill(self) -> None:
        self.kills += 1
        number = f"kill-{self.kills}"
        with self.desk.database.write() as tx:
            tx.add(Intent(id=number, workload=SLUG, verb="kill", origin="automatic", state="done", reason="burns",
                          requested_by="engine", requested_at=self.now, valid_until=self.now, plan_hash="h",
                          evidence={"rule": "burn", "window": "1h", "summary": "burns"}))
            incidents.set_breaker(tx, Breaker(workload=SLUG, state="held", since=self.now, intent=number))
        self.turn()

    @rule()
    def resume(self) -> None:
        with self.desk.database.write() as tx:
            incidents.set_breaker(tx, Breaker(workload=SLUG, state="armed", since=self.now))
        self.turn()

    @rule(cap=st.integers(1, 2))
    def sign(self, cap: int) -> None:
        self.version += 1
        self.cap = cap
        signed_terms(self.desk, ("version = 1", f"version = {self.version}"), ("depth_cap = 2", f"depth_cap = {cap}"))
        self.turn()

    @rule(data=st.data(), days=st.integers(1, 40))
    def decide(self, data: Any, days: int) -> None:
        there = [row.id or 0 for row in self.rows() if row.state != "closed"]
        if there:
            chosen = data.draw(st.lists(st.sampled_from(there), min_size=1, max_size=3))
            verdict = data.draw(st.sampled_from(["revision", "time-bounded", "dismissed", "escalated"]))
            ends = self.now + timedelta(days=days) if verdict == "time-bounded" else None
            asyncio.run(exceptions.decide(self.desk, ARCHITECT, exceptions=chosen, verdict=verdict, rationale="Agreed.",
                                          ends_at=ends))
        self.turn()

    @rule(hours=st.sampled_from([1, 24, 24 * 7, 24 * 29]))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours * 3600)
        self.turn()

    @invariant()
    def a_second_turn_changes_nothing(self) -> None:
        before = self.everything()
        self.turns.forget()
        self.turn(after=timedelta(0))
        assert self.everything() == before

    @invariant()
    def there_is_one_row_an_identity_and_drift_is_there_exactly_while_it_is_so(self) -> None:
        there = [(row.kind, row.subject) for row in self.rows() if row.state != "closed"]
        assert len(there) == len(set(there))
        assert (("drift: depth", "") in there) == (self.depth > self.cap)

    @invariant()
    def every_row_agrees_with_its_decision_its_sightings_and_the_week(self) -> None:
        with self.desk.database.read() as tx:
            began = {number: times for number, times, _ in store.began(tx, self.now, NOON - STEP)}
            week = read_weekly(tx, CONFIG, self.now)
        for row in self.rows():
            assert (row.state == "open") <= (row.decision is None)
            assert row.state != "decided" or row.decision is not None
            assert row.times == began[row.id or 0]
        told = {line.id: line.state for line in week.exceptions}
        assert {row.id: row.state for row in self.rows() if row.state != "closed"} == {
            number: state for number, state in told.items() if state != "closed"}

    @property
    def clock(self) -> ManualClock:
        assert isinstance(self.desk.clock, ManualClock)
        return self.desk.clock

    @property
    def now(self) -> Any:
        return self.clock.now()

    def rows(self) -> list[CharterException]:
        with self.desk.database.read() as tx:
            return list(store.by_ids(tx, range(1, 500)).values())

    def everything(self) -> tuple[list[CharterException], int]:
        with self.desk.database.read() as tx:
            return self.rows(), audit.size(tx)

    def turn(self, *changes: Change, after: timedelta = STEP) -> None:
        self.clock.advance(after.total_seconds())
        with self.desk.database.read() as tx:
            self.registered.workloads(tx)
            self.registered.charters(tx)
        self.turns.turn(Judged({}, (), changes), self.now)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=8, stateful_step_count=14, deadline=None,
                                 suppress_health_check=[HealthCheck.too_slow])
