"""The detectors over recorded usage and call records in files; nothing of the organisation's own is read or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from console import toml
from console.antipatterns.telemetry import Bucket, ModelUse, Telemetry
from console.cadences.call_track import Call
from console.cadences.counts import NOTHING, Counts, Knows
from console.cadences.counts import added as sum_of
from console.cadences.findings import call_days, looking
from console.cadences.findings.reading import added
from console.cadences.findings.value import FindingLine, Findings
from console.charters import parsing
from console.charters.in_force import InForce
from console.clock import epoch, from_epoch
from console.errors import InputError
from console.evaluations import file
from console.evaluations.comparison import Terms, compare
from console.evaluations.evaluation import Kind
from console.evaluations.recorded import Recorded, summary_of
from console.pricing import PriceBook
from console.settings import PriceOverride
from console.watch import recorded, recorded_calls
from console.watch.recorded import Recording
from store.rollups import DAY, HOUR

PROVIDER = "anthropic"
NamedText = tuple[str, str]
"""What a file is called, and what stands in it."""


@dataclass(frozen=True, slots=True)
class Files:
    """What there is to look at: usage by minute, call records, or both; Charters and an MBOM where they are known."""

    usage: Path | None = None
    calls: Sequence[Path] = ()
    charters: Sequence[NamedText] = ()
    mbom: NamedText | None = None
    price_as: str | None = None
    """The price of models that nobody knows."""
    evaluations: Sequence[tuple[str, Kind, NamedText]] = ()
    """Recorded answers of a workload, the newest first."""


def findings(files: Files, organisation: str, overrides: Iterable[PriceOverride] = ()) -> Findings:
    """Look at all that the files hold. Raises InputError with the line of what cannot be taken, or without usage."""
    prices = PriceBook(overrides)
    usage: Mapping[str, Recording] = {}
    if files.usage is not None:
        usage = recorded.read(files.usage, prices, price_as=files.price_as, provider=PROVIDER).workloads
    calls: dict[str, list[Call]] = defaultdict(list)
    for path in files.calls:
        for slug, some in recorded_calls.read(path, prices, price_as=files.price_as, provider=PROVIDER).items():
            calls[slug] += some
    start, end = _span(usage, calls)
    usage = {slug: _as_usage(some) for slug, some in calls.items()} | dict(usage)
    charters, entries, evaluations = _charters(files.charters), _entries(files.mbom), _evaluations(files, end)
    looked = looking.look(
        replace(_telemetry(slug, start, end, entries.get(slug, {}), charters.get(slug), prices, usage.get(slug),
                           sorted(calls.get(slug, ()), key=lambda call: call.at)), evaluations=evaluations.get(slug))
        for slug in sorted({*usage, *calls}))
    return Findings(end, organisation, start, end, looked.workloads,
                    tuple(FindingLine(found) for found in looked.findings), tuple(looked.lacks), tuple(looked.failed))


def _as_usage(calls: Iterable[Call]) -> Recording:
    """What calls come to by minute: the usage of a workload of which no other is known."""
    found = Recording()
    for call in calls:
        counts = (call.cost, call.uncached, call.read, call.written, call.output, 1)
        for minutes in (found.minutes, found.by_model.setdefault(call.model, {})):
            minute = epoch(call.at) // 60
            minutes[minute] = sum_of(minutes.get(minute, NOTHING), counts)
    return found


def _span(usage: Mapping[str, Recording], calls: Mapping[str, Sequence[Call]]) -> tuple[datetime, datetime]:
    minutes = [minute * 60 for one in usage.values() for minute in (min(one.minutes), max(one.minutes))]
    seconds = [*minutes, *(epoch(call.at) for some in calls.values() for call in some)]
    if not seconds:
        raise InputError("No usage and no call is in these files; call records are a JSON object a line.")
    return from_epoch(min(seconds)), from_epoch(max(seconds) + 60)


def _telemetry(slug: str, start: datetime, end: datetime, entry: Mapping[str, Any], charter: InForce | None,
               prices: PriceBook, usage: Recording | None, calls: Sequence[Call]) -> Telemetry:
    knows = usage.knows if usage is not None else Knows(cache=False, requests=False, mix=False)
    minutes = usage.minutes if usage is not None else {}
    return Telemetry(
        slug, start, end, entry, charter, prices, days=_buckets(minutes, DAY, knows),
        hours=_buckets(minutes, HOUR, knows), hours_from=start, tells_cache=knows.cache,
        models=_models(usage, start) if usage is not None else (),
        calls=call_days.of_recorded(calls) if calls else None)


def _buckets(minutes: Mapping[int, Counts], width: int, knows: Knows) -> tuple[Bucket, ...]:
    found: dict[int, Bucket] = {}
    for minute, counts in sorted(minutes.items()):
        at = minute * 60 // width * width
        one = _bucket(at, counts, knows)
        found[at] = added(found[at], one) if at in found else one
    return tuple(found.values())


def _bucket(at: int, counts: Counts, knows: Knows) -> Bucket:
    cost, fresh, read, written, output, requests = counts
    return Bucket(at, fresh, written, 0, read, output, requests if knows.requests else None, cost, 0)


def _models(usage: Recording, start: datetime) -> tuple[ModelUse, ...]:
    found = []
    for model, minutes in usage.by_model.items():
        total = tuple(map(sum, zip(*minutes.values(), strict=True)))
        found.append(ModelUse(PROVIDER, model, _bucket(epoch(start), total, usage.knows)))
    return tuple(sorted(found, key=lambda each: -each.used.cost))


def _charters(texts: Iterable[NamedText]) -> dict[str, InForce]:
    documents = [parsing.parse(text, name) for name, text in texts]
    return {document.charter.workload: InForce.of(document) for document in documents}


def _evaluations(files: Files, end: datetime) -> dict[str, tuple[Recorded, ...]]:
    """By workload, judged as an import judges them that says no terms; of those that none is named of nothing is known.
    """
    found: dict[str, tuple[Recorded, ...]] = {}
    for number, (slug, kind, (name, text)) in enumerate(files.evaluations, 1):
        evaluation, terms = file.read(text, name, kind), Terms()
        summary = summary_of(evaluation, compare(evaluation, terms), terms)
        found[slug] = (*found.get(slug, ()), Recorded(number, slug, kind, end, name, "", end, summary))
    return found


def _entries(mbom: NamedText | None) -> dict[str, dict[str, Any]]:
    """The `[[workload]]` tables as they stand: what is wrong with one, `mbom import` tells."""
    if mbom is None:
        return {}
    name, text = mbom
    tables = toml.load(text, name, toml.REGISTRY_LIMIT).data.get("workload")
    if not isinstance(tables, list) or not all(isinstance(one, dict) and "slug" in one for one in tables):
        raise InputError(f"{name}: an MBOM has a [[workload]] table with a slug for each workload.")
    return {str(one["slug"]): dict(one) for one in tables}
