"""Every workload beside its Charter, read in a few statements, and only where something may have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences import owners
from console.cadences.call_track import CallSigns
from console.cadences.registered import Registered
from console.charters.production import is_permitted
from console.charters.tram import matrix_of
from console.clock import day_start, epoch, month_bounds
from console.config import Config
from console.watch import drift
from console.watch.drift import LATELY_DAYS, Observed, Signed, Standing, Used
from console.watch.exceptions import Seen
from store import minutes, registry, windows
from store.minutes import SeriesOf
from store.rollups import DAY

AGAIN = timedelta(hours=1)
"""So often the figures of a drift are brought up to date where nothing else changed."""
LATELY = timedelta(days=LATELY_DAYS)


class DriftReader:
    """Held from one turn to the next: remembers what it read the last time, and how deep agents were seen to go."""

    def __init__(self, config: Config, registered: Registered) -> None:
        self._config = config
        self._registered = registered
        self._read: tuple[int, int, frozenset[str]] | None = None
        self._read_at: datetime | None = None
        self._calls: dict[str, tuple[int, int, datetime]] = {}

    def look(self, tx: Session, calls: Mapping[str, CallSigns], at: datetime) -> list[Seen] | None:
        """Every drift there is now; None where nothing changed since the last time, which was within the hour.

        `calls`: what call records show of each workload that has any.
        Raises BadConfiguration where the organisation's matrix cannot be understood.
        """
        self._see_calls(calls, at)
        state = (self._registered.edition, minutes.used_since(tx, _since(at)), frozenset(self._calls))
        if state == self._read and self._read_at is not None and at - self._read_at < AGAIN:
            return None
        matrix = matrix_of(self._config.tram)
        slugs = {entry.slug for entry in self._registered.last_workloads}
        seen_calls = {slug: (deepest, widest) for slug, (deepest, widest, _) in self._calls.items()}
        found = [seen for case in cases(tx, self._config, slugs, self._registered.last_read, seen_calls, at)
                 for seen in drift.drifts(case, matrix)]
        self._read, self._read_at = state, at
        return found

    def forget(self) -> None:
        """Read all of it the next time: what was found was not stored."""
        self._read = None

    def _see_calls(self, calls: Mapping[str, CallSigns], at: datetime) -> None:
        """Keep how deep and how wide a workload's agents went within the last seven days."""
        self._calls = {slug: seen for slug, seen in self._calls.items() if at - seen[2] < LATELY}
        for slug, each in calls.items():
            if each.deepest or each.widest:
                deepest, widest, _ = self._calls.get(slug, (0, 0, at))
                self._calls[slug] = max(deepest, each.deepest), max(widest, each.widest), at


def cases(tx: Session, config: Config, slugs: Set[str], charters: Mapping[str, Signed],
          calls: Mapping[str, tuple[int, int]], at: datetime) -> Iterator[Standing]:
    """These workloads, but for retired ones, beside their Charters in force; an entry is held only while it is looked
    at. calls: how deep and how wide their agents were seen to go."""
    models = _models(tx, charters, slugs, at)
    left = owners.left(tx, config, charters)
    for slug, status, entry in registry.live_entries(tx, slugs):
        observed = Observed(models.get(slug, {}), *calls.get(slug, (0, 0)))
        yield Standing(slug, status, entry, charters.get(slug), observed, left.get(slug))


def _models(tx: Session, charters: Mapping[str, Signed], slugs: Set[str],
            at: datetime) -> dict[str, dict[str, Used | None]]:
    """Models in use by workload; dollars only of those that may be drift, since most are as they were signed."""
    found: dict[str, dict[str, Used | None]] = {}
    costly: dict[int, SeriesOf] = {}
    for number, series in minutes.attributed(tx, _since(at)).items():
        if series.workload in slugs and series.model:
            found.setdefault(series.workload, {}).setdefault(series.model, None)
            charter = charters.get(series.workload)
            if charter is None or not is_permitted(series.model, charter.tram.models):
                costly[number] = series
    month = _spent(tx, costly, epoch(month_bounds(at)[0]), at)
    lately = _spent(tx, costly, epoch(day_start(at)) - (LATELY_DAYS - 1) * DAY, at)
    for number, series in costly.items():
        before = found[series.workload][series.model] or Used(0, 0)
        found[series.workload][series.model] = Used(before.month + month.get(number, 0),
                                                    before.lately + lately.get(number, 0))
    return found


def _spent(tx: Session, series: Mapping[int, SeriesOf], start: int, at: datetime) -> dict[int, int]:
    days: Sequence[int] = range(start, epoch(at) + 1, DAY)
    return windows.spend_of_series(tx, list(series), days) if series else {}


def _since(at: datetime) -> int:
    """The minute from which on usage counts as of late."""
    return epoch(at - LATELY) // minutes.MINUTE
