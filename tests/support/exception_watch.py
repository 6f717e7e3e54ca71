"""A desk, the engine's part in exceptions over it, and what it is given to see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from console.cadences.facts import Facts
from console.cadences.registered import Registered
from console.config import Operator
from console.operations import exceptions
from console.operations.desk import Desk
from console.watch.alerts import Change
from console.watch.exception_turn import ExceptionTurn
from console.watch.judgement import Judged
from store import exceptions as store
from store import incidents, registry
from store.tables import Alert, Breaker, CharterException, Intent
from tests.support import kills
from tests.support.desks import ARCHITECT, NOON, open_desk
from tests.support.kills import SLUG, signed_terms
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


@contextmanager
def watching(tmp_path: Path) -> Iterator[Watch]:
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
