"""What is known of each workload, read some at a time: of thousands with a month of hours, never all at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.antipatterns.call_day import CallDay
from console.antipatterns.telemetry import Bucket, ModelUse, Telemetry
from console.cadences import owners
from console.cadences.evaluation_reading import read_evaluations
from console.cadences.prompt_reading import read_prompts
from console.charters.in_force import InForce
from console.charters.tram import matrix_of
from console.clock import day_start, epoch
from console.config import Config
from console.evaluations.recorded import Recorded
from console.pricing import PriceBook, library_name
from console.prompts.version import Prompt
from store import quarters, registry, steps
from store.rollups import DAY, HOUR
from store.steps import Claimed

SPAN = timedelta(days=7)
"""Looked at unless somebody asks for more: what was mended is out of sight a week later."""
VERSIONS = 100
"""Newest versions of each prompt that are looked at."""
TOGETHER = 100
"""Workloads that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end), and from when on hours are read."""

    start: datetime
    end: datetime
    hours_from: datetime

    @classmethod
    def of(cls, at: datetime, since: datetime | None = None, hours: timedelta | None = None) -> Span:
        """From the midnight of `since`, or a week before, up to an instant. `hours`: only so many of them."""
        start = day_start(at - SPAN if since is None else since)
        return cls(start, at, start if hours is None else max(start, at - hours))


def telemetries(tx: Session, config: Config, prices: PriceBook, span: Span, charters: Mapping[str, InForce],
                calls: Mapping[str, CallDay], workload: str | None = None) -> Iterator[Telemetry]:
    """Every workload that is not retired, by slug; only one where it is named.

    charters: those in force; calls: what the calls of the span come to, by workload.
    """
    matrix = matrix_of(config.tram)
    kinds = {source.name: source.kind for source in config.sources}
    reviewed, registered = quarters.last_reviewed(tx, span.end), quarters.registered_since(tx)
    since, left = quarters.status_since(tx), owners.left(tx, config, charters)
    series: dict[str, list[Claimed]] = defaultdict(list)
    for one in steps.claimed(tx, epoch(span.start), workload):
        series[one.workload].append(one)
    slugs = [entry.slug for entry in registry.entries_in_short(tx)
             if entry.status != "retired" and workload in (None, entry.slug)]
    for first in range(0, len(slugs), TOGETHER):
        some = slugs[first:first + TOGETHER]
        used = _Used(tx, span, [one for slug in some for one in series[slug]], kinds)
        prompts: dict[str, list[Prompt]] = defaultdict(list)
        for prompt in read_prompts(tx, some, VERSIONS):
            prompts[prompt.workload].append(prompt)
        evaluations: dict[str, list[Recorded]] = defaultdict(list)
        for evaluation in read_evaluations(tx, some):
            evaluations[evaluation.workload].append(evaluation)
        for slug, _, entry in registry.live_entries(tx, frozenset(some)):
            yield Telemetry(
                slug, span.start, span.end, entry, charters.get(slug), prices, days=used.days(slug),
                hours=used.hours(slug), hours_from=span.hours_from, models=used.models(slug), calls=calls.get(slug),
                reviewed_at=reviewed.get(slug), known_since=registered.get(slug), status_since=since.get(slug),
                owner_left=left.get(slug), evaluations=tuple(evaluations.get(slug, ())),
                prompts=tuple(prompts.get(slug, ())), matrix=matrix)


class _Used:
    """What some workloads used, by hour, by day and by model."""

    def __init__(self, tx: Session, span: Span, series: Sequence[Claimed], kinds: Mapping[str, str]) -> None:
        start, end, numbers = epoch(span.start), epoch(span.end), [one.number for one in series]
        self._days, self._hours = defaultdict[str, list[Bucket]](list), defaultdict[str, list[Bucket]](list)
        for into, width, since in ((self._days, DAY, start), (self._hours, HOUR, epoch(span.hours_from))):
            for row in steps.of_workloads(tx, width, numbers, since, end):
                into[row[0]].append(Bucket(*row[1:]))
        self._models: dict[str, dict[tuple[str, str | None], Bucket]] = defaultdict(dict)
        said = {one.number: (one.workload, _model(one, kinds)) for one in series}
        for number, sums in steps.of_series(tx, numbers, start, end):
            (slug, model), used = said[number], Bucket(start, *sums)
            before = self._models[slug].get(model)
            self._models[slug][model] = used if before is None else added(before, used)

    def days(self, slug: str) -> tuple[Bucket, ...]:
        return tuple(self._days[slug])

    def hours(self, slug: str) -> tuple[Bucket, ...]:
        return tuple(self._hours[slug])

    def models(self, slug: str) -> tuple[ModelUse, ...]:
        found = [ModelUse(provider, model, used) for (provider, model), used in self._models[slug].items()]
        return tuple(sorted(found, key=lambda each: -each.used.cost))


def added(one: Bucket, other: Bucket) -> Bucket:
    """Two buckets of one time; requests are unknown where one of them does not count them."""
    requests = None if one.requests is None or other.requests is None else one.requests + other.requests
    return Bucket(one.start, one.uncached + other.uncached, one.written_5m + other.written_5m,
                  one.written_1h + other.written_1h, one.read + other.read, one.output + other.output, requests,
                  one.cost + other.cost, one.estimated + other.estimated)


def _model(series: Claimed, kinds: Mapping[str, str]) -> tuple[str, str | None]:
    said = json.loads(series.dimensions)
    return library_name(said.get("provider") or kinds.get(series.source, series.source)), said.get("model")
