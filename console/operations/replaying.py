"""Ask what the console would have done: on a file of recorded usage, or on the organisation's own history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session

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
    by_hour_too: bool = False
    """Of that one workload also what is known by the hour only, before its minutes."""


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
    """What the database has of the question's days: minutes, and where they are asked for the hours before them."""
    with database.read() as tx:
        end = _end(tx, question)
        workloads = _minutes(tx, question, end)
        if question.by_hour_too and question.only is not None:
            return _with_hours(tx, workloads.get(question.only, Recording()), question.only, end, question.days)
        if not workloads:
            whose = question.only or "a workload of the MBOM"
            raise InputError(f"No usage by minute belongs to {whose}; see token-console mbom list.")
        first = min(min(each.minutes) for each in workloads.values())
        start, _ = month_bounds(from_epoch(first * 60))
        spent = windows.period_spend(tx, epoch(start), first * 60)
    had = {slug: spent[slug].cost for slug in workloads if slug in spent and spent[slug].cost}
    return Recorded("database", workloads, first, end, [], had)


def _end(tx: Session, question: Question) -> int:
    """The end of the newest minute that is known, in minutes since 1970; of the newest hour where no minute is."""
    newest = tx.connection().exec_driver_sql("SELECT MAX(bucket) FROM usage_fact WHERE width = 60").scalar()
    if newest is not None:
        return int(newest) // 60 + 1
    hour = tx.connection().exec_driver_sql("SELECT MAX(hour) FROM usage_hour").scalar()
    if hour is None or not question.by_hour_too:
        raise InputError("The database has no usage by minute yet; poll first: token-console poll --once")
    return int(hour) // 60 + 60


def _minutes(tx: Session, question: Question, end: int) -> dict[str, Recording]:
    workloads: dict[str, Recording] = {}
    for row in minute_counts(tx, end - question.days * 1440, end, question.only):
        recording = workloads.setdefault(row.workload, Recording())
        if row.requests is None:
            recording.knows = Knows(requests=False)
        counts = (row.cost, row.uncached, row.read, row.written, row.output, row.requests or 0)
        for minutes in (recording.minutes, recording.by_model.setdefault(row.model, {})):
            before = minutes.get(row.minute)
            minutes[row.minute] = counts if before is None else added(before, counts)
    return workloads


def _with_hours(tx: Session, recording: Recording, slug: str, end: int, days: int) -> Recorded:
    """One workload's minutes, and before them its hours as far back as the organisation's usage and the days go.

    What an hour has beyond its minutes counts in the hour before where that is the first one; later it is not judged.
    """
    first = min(recording.minutes, default=end) // 60 * 60
    known = tx.connection().exec_driver_sql("SELECT MIN(first_bucket) FROM series").scalar() or 0
    begin = min(first, max(end - days * 1440, known // 60)) // 60
    stated = windows.hourly_spend(tx, begin * 3600, end * 60, slug)[slug]
    hours = {at // 3600: cost for at, cost in stated.items()}
    by_minute: Counter[int] = Counter()
    for minute, counts in recording.minutes.items():
        by_minute[minute // 60] += counts[0]
    early = {hour: cost for hour, cost in hours.items() if hour < first // 60}
    more = {hour: cost - by_minute[hour] for hour, cost in hours.items() if hour not in early}
    if early and more.get(first // 60):
        early[first // 60 - 1] = early.get(first // 60 - 1, 0) + more.pop(first // 60)
    if not hours:
        raise InputError(f"No usage of the last {days} days belongs to {slug}; see token-console mbom list.")
    start, _ = month_bounds(from_epoch(begin * 3600))
    had = windows.workload_spend(tx, slug, epoch(start), begin * 3600)
    return Recorded("database", {slug: recording}, first, end, [], {slug: had} if had else {},
                    begin if begin < first // 60 else None, {slug: early}, max(0, sum(more.values())))
