"""The engine's part in exceptions: trips, alerts, drift, and decisions whose time has come, beside the judging.

At most once a minute, and nothing is written where nothing changed. What a turn could not store the next one finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences.call_track import CallSigns
from console.cadences.facts import Facts
from console.cadences.registered import Registered
from console.config import Config
from console.watch import drift_keeping, exception_ends, leadership
from console.watch.drift_keeping import AT_ONCE
from console.watch.drift_reading import DriftReader
from console.watch.exception_sources import alert_of, identity, is_exception, of_alert, of_kill
from console.watch.exceptions import STILL, Seen, close, open_or_refresh, refresh
from console.watch.execution import Held
from console.watch.judgement import Judged
from store import exceptions as store
from store import incidents
from store.database import Database
from store.tables import Alert, CharterException

LOOKS_BACK = timedelta(days=8)
"""Alerts and kills of so long ago become exceptions, where nobody was there to make them so."""
APART = timedelta(seconds=45)
"""Turns that come closer after one another are passed over."""
_FIRED = ("fired", "worse")


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be stored, read beforehand without holding anybody up."""

    drifts: list[Seen] | None
    alerts: tuple[int, ...]
    kills: bool
    due: bool
    refreshing: bool
    """Whether it is time, once an hour, to bring up to date what fires on."""

    @property
    def anything(self) -> bool:
        return self.drifts is not None or bool(self.alerts) or self.kills or self.due or self.refreshing


class ExceptionTurn:
    """One per engine."""

    def __init__(self, config: Config, database: Database, registered: Registered) -> None:
        self._database = database
        self._drift = DriftReader(config, registered)
        self._registered = registered
        self._fired: set[int] = set()
        self._caught_up = False
        self._turned: datetime | None = None
        self._refreshed: datetime | None = None

    def turn(self, judged: Judged, at: datetime, held: Held | None = None) -> None:
        """Bring the exceptions up to date. Runs in a worker thread. Raises Overtaken where another process leads."""
        self._fired |= {change.alert.id for change in judged.changes if change.kind in _FIRED and change.alert.id}
        if self._turned is not None and timedelta(0) <= at - self._turned < APART:
            return
        try:
            with self._database.read() as tx:
                found = self._look(tx, judged.calls, at)
            if found.anything:
                with self._database.write() as tx:
                    leadership.check(tx, held)
                    self._store(tx, found, judged.facts, at)
        except BaseException:
            self.forget()
            raise
        self._fired.clear()
        self._caught_up, self._turned = True, at
        if found.refreshing:
            self._refreshed = at

    def forget(self) -> None:
        """Look at everything anew the next time: another process may have led, or nothing was stored."""
        self._caught_up, self._turned, self._refreshed = False, None, None
        self._drift.forget()

    def _look(self, tx: Session, calls: Mapping[str, CallSigns], at: datetime) -> _Found:
        since = at - LOOKS_BACK
        alerts = (incidents.alerts_by_ids(tx, sorted(self._fired)) if self._caught_up
                  else incidents.fired_since(tx, since))
        slugs = self._slugs()
        return _Found(
            drifts=self._drift.look(tx, calls, at),
            alerts=tuple(alert.id or 0 for alert in alerts if is_exception(alert, slugs)),
            kills=bool(store.kills_without(tx, since) or store.kills_under_way(tx, since)),
            due=bool(exception_ends.due(tx, at, self._versions())),
            refreshing=self._refreshed is None or at - self._refreshed >= STILL)

    def _store(self, tx: Session, found: _Found, facts: Mapping[str, Facts], at: datetime) -> None:
        since = at - LOOKS_BACK
        for intent in store.kills_without(tx, since):
            alert = alert_of(intent, incidents.alerts(tx, intent.workload, 200))
            trip = open_or_refresh(tx, of_kill(tx, intent, alert.id if alert else None, facts.get(intent.workload)), at)
            self._take_over(tx, trip, alert, at)
        for row, intent in store.kills_under_way(tx, since):
            refresh(tx, row, of_kill(tx, intent, row.alert, facts.get(intent.workload)), at)
        for alert in incidents.alerts_by_ids(tx, found.alerts):
            self._open_alert(tx, alert, facts, at)
        stored = found.drifts is None or self._drifts(tx, found.drifts, at)
        if found.refreshing:
            for row, alert in store.firing(tx):
                refresh(tx, row, of_alert(alert, facts.get(alert.workload)), at)
        # Drift that is left to the next turn may be mended: nobody is told yet that it is still so.
        exception_ends.attend(tx, at, self._versions() if stored else {}, AT_ONCE)

    def _take_over(self, tx: Session, trip: CharterException, alert: Alert | None, at: datetime) -> None:
        """The alert that a kill was decided for is the kill's exception from now on, and no second one."""
        if alert is None:
            return
        before = store.current(tx, alert.workload, *identity(alert))
        if before is not None:
            close(tx, before, f"the breaker killed for it: exception {trip.id}", at)

    def _open_alert(self, tx: Session, alert: Alert, facts: Mapping[str, Facts], at: datetime) -> None:
        seen = of_alert(alert, facts.get(alert.workload))
        counted = store.newest_alert(tx, seen.workload, seen.kind, seen.subject) >= (alert.id or 0)
        if not counted and alert.id not in store.of_alerts(tx, [alert.id or 0]):
            open_or_refresh(tx, seen, at)

    def _drifts(self, tx: Session, drifts: Sequence[Seen], at: datetime) -> bool:
        """Whether all of it is stored; what is not is looked at anew by the next turn.

        A kill may lie between the judging and this. What somebody changed or signed meanwhile was looked at with their
        change, and is not undone by what was so before it.
        """
        stored = self._registered.as_stored(tx) and not drift_keeping.keep(
            tx, drifts, store.standing(tx, "drift"), self._slugs(), self._versions(), at)
        if not stored:
            self._drift.forget()
        return stored

    def _slugs(self) -> set[str]:
        return {entry.slug for entry in self._registered.last_workloads}

    def _versions(self) -> dict[str, int]:
        """Of the Charters that drift was judged by."""
        return {slug: charter.charter.version for slug, charter in self._registered.last_read.items()}
