"""Keys that are billed by another way than before: a key in another workspace, a service that calls with a key where it
had a subscription. A stray key has sent sessions to metered billing with no cap in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console import kinds
from console.clock import epoch, from_epoch
from console.config import Config
from store import residue as stored
from store.residue import SeenSeries

NEW_FOR = timedelta(days=3)
"""So long a new way is told of; then it is the usual one. A key that is younger has no usual one."""

Route = tuple[tuple[str, str], ...]
"""(dimension, value) of what says by which way a key is billed; `none` for nothing."""


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A key that is billed in a way that it never was before."""

    source: str
    key: str
    workload: str | None
    before: tuple[Route, ...]
    """Every way that it was billed by before."""
    now: Route
    since: datetime


def route_changes(tx: Session, config: Config, at: datetime) -> dict[str, list[RouteChange]]:
    """By source, the keys whose way changed in the last days."""
    since = epoch(at - NEW_FOR)
    new: dict[str, list[SeenSeries]] = defaultdict(list)
    for series in stored.new_series(tx, since):
        new[series.source].append(series)
    found = {}
    for settings in config.sources:
        if settings.name not in new:
            continue
        told = kinds.source(settings.kind).capabilities
        keyed = [series for series in new[settings.name] if series.dimensions.get(told.key)]
        values = sorted({str(series.dimensions[told.key]) for series in keyed})
        before = stored.series_before(tx, settings.name, told.key, values, since)
        found[settings.name] = changes_of(told.key, told.route, before, keyed)
    return found


def changes_of(key: str, route: Sequence[str], before: Iterable[SeenSeries],
               new: Iterable[SeenSeries]) -> list[RouteChange]:
    """The new ways of keys that were known before, each once, the oldest first. Pure."""
    ways: dict[str, list[Route]] = defaultdict(list)
    for series in before:
        ways[str(series.dimensions[key])].append(route_of(route, series.dimensions))
    found: dict[tuple[str, Route], RouteChange] = {}
    for series in sorted(new, key=lambda each: each.first):
        value, now = str(series.dimensions[key]), route_of(route, series.dimensions)
        if value in ways and now not in ways[value] and (value, now) not in found:
            found[value, now] = RouteChange(series.source, value, series.workload,
                                            tuple(dict.fromkeys(ways[value])), now, from_epoch(series.first))
    return list(found.values())


def route_of(names: Sequence[str], dimensions: Mapping[str, str | None]) -> Route:
    """By which way a series is billed."""
    return tuple((name, dimensions.get(name) or "none") for name in names)
