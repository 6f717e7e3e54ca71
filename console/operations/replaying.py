"""Ask what the console would have done: on a file of recorded usage, or on the organisation's own history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.cadences.call_track import Call
from console.cadences.counts import Knows, added
from console.cadences.dearer import dearer_models
from console.charters import parsing
from console.charters.terms import Terms, terms_of_reading
from console.clock import epoch, from_epoch, month_bounds
from console.config import PriceOverride, RuleSettings
from console.errors import InputError
from console.pricing import PriceBook
from console.watch import announced, recorded, recorded_calls, replay
from console.watch.recorded import Recorded, Recording
from console.watch.replay import Brief, Course, Replayed
from store import windows
from store.database import Database
from store.minutes import minute_counts

DAYS = 35
"""How far back a replay of the database goes."""
PROVIDER = "anthropic"

NamedText = tuple[str, str]
"""A file's name for messages, and its text."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is replayed, against which Charters, and how late everything comes."""

    file: Path | None
    """None: the database's own history."""
    charters: Sequence[NamedText] = ()
    changes: Sequence[NamedText] = ()
    calls: Sequence[Path] = ()
    price_as: str | None = None
    course: Course = field(default_factory=Course)
    rules: RuleSettings = field(default_factory=RuleSettings)
    overrides: Sequence[PriceOverride] = ()
    days: int = DAYS
    """How much of the database's own history."""
    only: str | None = None
    """One workload of it; None: all."""


def answer(question: Question, database: Database | None = None) -> Replayed:
    """Replay it. Raises InputError for a file that cannot be taken, with the line."""
    return answer_on(usage_of(question, database), question)


def answer_on(usage: Recorded, question: Question) -> Replayed:
    """As `answer`, on usage that was read already."""
    prices = PriceBook(question.overrides)
    terms = _terms(question.charters)
    unheard = sorted(set(terms) - set(usage.workloads))
    usage.notes += [f"there is no usage of {slug}, whose Charter was given" for slug in unheard]
    calls: dict[str, list[Call]] = {}
    for path in question.calls:
        for workload, found in recorded_calls.read(path, prices, price_as=question.price_as).items():
            calls.setdefault(workload, []).extend(found)
    changes = [change for name, text in question.changes for change in announced.read(text, name)]
    dearer = {slug: dearer_models(usage.workloads[slug].by_model, each.models, prices, PROVIDER, usage.end * 60)
              for slug, each in terms.items() if slug in usage.workloads}
    brief = Brief(terms, changes, {slug: sorted(found, key=lambda call: call.at) for slug, found in calls.items()},
                  dearer)
    return replay.run(usage, brief, question.course, question.rules)


def usage_of(question: Question, database: Database | None = None) -> Recorded:
    """The minutes that the question is about, priced. Raises InputError with the line of a bad row."""
    if question.file is not None:
        prices = PriceBook(question.overrides)
        return recorded.read(question.file, prices, price_as=question.price_as, provider=PROVIDER)
    assert database is not None
    return _history(database, question)


def _terms(charters: Sequence[NamedText]) -> Mapping[str, Terms]:
    found: dict[str, Terms] = {}
    for name, text in charters:
        reading = parsing.read(text, name)
        if reading.header is None:
            raise InputError(f"{name}: the Charter does not say whose it is; write workload under [charter].")
        if reading.header.workload in found:
            raise InputError(f"{name}: there are two Charters for {reading.header.workload}; give one of them.")
        found[reading.header.workload] = terms_of_reading(reading)
    return found


def _history(database: Database, question: Question) -> Recorded:
    """The minutes of the question's days that the database has, as a recording."""
    workloads: dict[str, Recording] = {}
    with database.read() as tx:
        newest = tx.connection().exec_driver_sql("SELECT MAX(bucket) FROM usage_fact WHERE width = 60").scalar()
        if newest is None:
            raise InputError("The database has no usage by minute yet; poll first: token-console poll --once")
        end = newest // 60 + 1
        first = end
        for row in minute_counts(tx, end - question.days * 1440, end):
            if question.only not in (None, row.workload):
                continue
            recording = workloads.setdefault(row.workload, Recording())
            if row.requests is None:
                recording.knows = Knows(requests=False)
            counts = (row.cost, row.uncached, row.read, row.written, row.output, row.requests or 0)
            for minutes in (recording.minutes, recording.by_model.setdefault(row.model, {})):
                before = minutes.get(row.minute)
                minutes[row.minute] = counts if before is None else added(before, counts)
            first = min(first, row.minute)
        if not workloads:
            whose = question.only or "a workload of the MBOM"
            raise InputError(f"No usage by minute belongs to {whose}; see token-console mbom list.")
        start, _ = month_bounds(from_epoch(first * 60))
        spent = windows.period_spend(tx, epoch(start), first * 60)
    had = {slug: spent[slug].cost for slug in workloads if slug in spent and spent[slug].cost}
    return Recorded("database", workloads, first, end, [], had)
