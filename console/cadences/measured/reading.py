"""Read from the store what is known of a workload: a few statements, of one workload only."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session

from console.cadences.measured.known import known_of
from console.cadences.measured.seen import DAYS, Measurements, Seen, Traces, Use
from console.cadences.orchestration_reading import read_orchestration
from console.charters import signing
from console.charters.document import CharterDocument, from_canonical
from console.charters.tram import matrix_of
from console.clock import day_start, epoch
from console.config import Config
from console.pricing import PriceBook, library_name
from store import measured, registry
from store.measured import SeriesUse
from store.rollups import DAY
from store.tables import Workload

_MICROSECONDS = 1_000_000


def read_measurements(tx: Session, config: Config, entry: Workload, at: datetime) -> Measurements:
    """What is known of a workload of the MBOM at `at`."""
    slug, until = entry.slug, epoch(at)
    series = measured.series_use(tx, slug, epoch(day_start(at)) - DAYS * DAY, until)
    first = min((each.first_day for each in series), default=until)
    traced = measured.traced_use(tx, slug, (until - DAY) * _MICROSECONDS, until * _MICROSECONDS)
    multiplied = read_orchestration(tx, at - timedelta(days=DAYS), at, slug).workloads
    seen = Seen(at, Fraction(until - first, DAY), _uses(series, config), Traces(*traced),
                multiplied[0] if multiplied else None, entry.entry, _in_force(tx, slug))
    return Measurements(slug, at, known_of(seen, PriceBook(config.prices), matrix_of(config.tram).tier))


def _uses(series: list[SeriesUse], config: Config) -> list[Use]:
    """By provider and model, the dearest first."""
    kinds = {each.name: each.kind for each in config.sources}
    grouped: dict[tuple[str, str], list[SeriesUse]] = defaultdict(list)
    for each in series:
        provider = each.dimensions.get("provider") or kinds.get(each.source, "")
        grouped[library_name(provider), each.dimensions.get("model") or ""].append(each)
    uses = [_use(*key, rows) for key, rows in grouped.items()]
    return sorted(uses, key=lambda use: (-use.cost, use.model))


def _use(provider: str, model: str, rows: list[SeriesUse]) -> Use:
    requests = [row.requests for row in rows if row.requests is not None]
    return Use(provider, model, sum(requests) if len(requests) == len(rows) else None,
               tuple(map(sum, zip(*(row.tokens for row in rows), strict=True))), sum(row.cost for row in rows))


def _in_force(tx: Session, slug: str) -> tuple[int, CharterDocument] | None:
    """Content that is not what was signed is in force for nobody."""
    row = registry.charter_in_force(tx, slug)
    if row is None:
        return None
    document = from_canonical(row.document)
    return (row.version, document) if signing.content_hash(document) == row.content_hash else None
