"""Recorded usage by minute, read from a file: checked row by row, priced as live usage is, and kept by workload.

The columns are `minute_utc, workload, model, requests, uncached_input_tokens, cache_read_tokens, cache_write_tokens,
output_tokens`. An empty cell means that the source does not tell, which is not zero. A row that is there twice counts
once; of two that differ the later one stands, as where a provider restates a bucket.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from console.cadences.counts import Counts, Knows, added
from console.clock import parse_rfc3339
from console.errors import InputError
from console.money import MicroUsd
from console.pricing import PriceBook
from console.providers.source import Tokens
from console.text import clean
from console.watch import lines

FIELDS = ("minute_utc", "workload", "model", "requests", "uncached_input_tokens", "cache_read_tokens",
          "cache_write_tokens", "output_tokens")
REQUIRED = ("minute_utc", "workload", "model", "uncached_input_tokens", "output_tokens")
MOST = 10**12
"""More tokens or requests in a minute than anybody has: such a count is a mistake."""
MOST_IN_ALL = 10**17
"""The same of a whole file, and of micro-dollars."""
LONGEST_GAP = 62 * 1440
"""Minutes without a row after which a clock has jumped, not a workload rested."""

Minutes = dict[int, Counts]
"""Whole minutes since 1970 to what was counted in them."""


@dataclass(slots=True)
class Recording:
    """One workload's minutes, and those of each of its models."""

    minutes: Minutes = field(default_factory=dict)
    by_model: dict[str, Minutes] = field(default_factory=dict)
    knows: Knows = field(default_factory=Knows)
    unpriced: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Recorded:
    """A whole file."""

    name: str
    workloads: dict[str, Recording]
    first: int
    end: int
    """[first, end) in minutes since 1970."""
    notes: list[str]
    """What was odd and how it was taken, for a person to read."""
    before: dict[str, MicroUsd] = field(default_factory=dict)
    """What each workload had spent in the month of the first minute (or hour) before it, where that is known."""
    hours_from: int | None = None
    """The hour, counted since 1970, from which on hours are known up to the first minute, which then is that of an
    hour; None where nothing is known by the hour."""
    hours: dict[str, dict[int, MicroUsd]] = field(default_factory=dict)
    """What each workload spent in these hours."""
    beside: MicroUsd = 0
    """What is known by the hour only of the time whose minutes are known: no minute shows it."""

    @property
    def begin(self) -> int:
        """The first minute of what is known, by the hour or by the minute."""
        return self.first if self.hours_from is None else self.hours_from * 60


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    minute: int
    workload: str
    model: str
    counts: tuple[int | None, ...]
    """requests, uncached, read, written, output; None: the source does not tell."""


def read(path: Path, prices: PriceBook, *, price_as: str | None = None, provider: str = "anthropic") -> Recorded:
    """The file, priced. `price_as` prices models that nobody knows. Raises InputError with the line of a bad row."""
    stands: dict[tuple[int, str, str], Row] = {}
    twice = restated = 0
    for row in _rows(path):
        key = row.minute, row.workload, row.model
        before = stands.get(key)
        twice += before is not None and before.counts == row.counts
        restated += before is not None and before.counts != row.counts
        stands[key] = row
    if not stands:
        raise InputError(f"{path}: no usage in it; it needs a header and a row for each minute with traffic.")
    notes = [f"{twice:,} rows stand twice and were counted once"] if twice else []
    notes += [f"{restated:,} rows state a minute anew; the later one was taken"] if restated else []
    rows = sorted(stands.values(), key=lambda each: each.minute)
    _refuse_jumps(rows, path)
    workloads = _by_workload(rows, prices, price_as, provider)
    _refuse_absurd(workloads, path)
    notes += _learn_what_is_told(rows, workloads)
    unknown = sorted({model for one in workloads.values() for model in one.unpriced})
    if unknown:
        notes.append(f"no price is known for {', '.join(unknown[:5])}: counted at the dearest tier (see --price-as)")
    return Recorded(path.name, workloads, rows[0].minute, rows[-1].minute + 1, notes)


def _rows(path: Path) -> Iterator[Row]:
    reader = csv.reader(lines.of(path))
    try:
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            raise InputError(f"{path} line 1: {', '.join(missing)} missing; the columns are {', '.join(FIELDS)}.")
        places = [header.index(name) if name in header else None for name in FIELDS]
        for cells in reader:
            if cells:
                yield _row(path, reader.line_num, cells, places)
    except csv.Error as error:
        raise InputError(f"{path} line {reader.line_num}: cannot be read ({error}).") from error


def _row(path: Path, line: int, cells: list[str], places: list[int | None]) -> Row:
    def cell(position: int) -> str:
        place = places[position]
        return cells[place].strip() if place is not None and place < len(cells) else ""

    try:
        minute = _minute(cell(0))
        counts = tuple(_count(FIELDS[position], cell(position)) for position in range(3, len(FIELDS)))
    except ValueError as error:
        raise InputError(f"{path} line {line}: {error}.") from error
    workload, model = cell(1), cell(2)
    if not workload or len(workload) > 200 or len(model) > 200:
        raise InputError(f"{path} line {line}: a workload has a name of 1 to 200 characters, a model of at most 200.")
    if counts[1] is None and counts[4] is None:
        raise InputError(f"{path} line {line}: neither input nor output is told, so its cost is unknown; "
                         "leave the row out or fill it in.")
    return Row(line, minute, workload, model, counts)


_minutes: dict[str, int] = {}


def _minute(text: str) -> int:
    known = _minutes.get(text)
    if known is not None:
        return known
    try:
        at: datetime = parse_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is not a time like 2026-11-23T14:05:00Z") from error
    seconds = int(at.timestamp())
    if seconds % 60 or at.microsecond:
        raise ValueError(f"{text[:40]!r} is not the start of a minute")
    if not 2000 <= at.year < 2100:
        raise ValueError(f"{text[:40]!r} lies outside of this century")
    if len(_minutes) > 100_000:
        _minutes.clear()
    _minutes[text] = seconds // 60
    return seconds // 60


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} is {text[:40]!r}, not a whole number of 0 or more")
    value = int(text) if len(text) <= 20 else MOST + 1
    if value > MOST:
        raise ValueError(f"{name} is {text[:40]}, more than can be true of a minute")
    return value


def _refuse_jumps(rows: list[Row], path: Path) -> None:
    for before, after in pairwise(rows):
        gap = after.minute - before.minute
        if gap > LONGEST_GAP:
            raise InputError(f"{path} line {after.line}: {gap // 1440} days without a row before it; a clock has "
                             f"jumped (line {before.line} is the one before in time). Mend the times, or replay the "
                             "parts.")


def _by_workload(rows: list[Row], prices: PriceBook, price_as: str | None, provider: str) -> dict[str, Recording]:
    found: dict[str, Recording] = {}
    for row in rows:
        recording = found.setdefault(row.workload, Recording())
        counts, unpriced = _priced(row, prices, price_as, provider)
        if unpriced:
            recording.unpriced.add(row.model)
        minutes = recording.by_model.setdefault(row.model, {})
        minutes[row.minute] = counts
        whole = recording.minutes
        before = whole.get(row.minute)
        whole[row.minute] = counts if before is None else added(before, counts)
    return found


def _learn_what_is_told(rows: list[Row], workloads: dict[str, Recording]) -> Iterator[str]:
    """A column counts as told where no row lacks it: one that is there now and then would look like a change of the
    traffic. Yields a note for each workload that tells one so."""
    whole = Counter(row.workload for row in rows)
    lacks = Counter((row.workload, name) for row in rows
                    for name, count in zip(FIELDS[3:], row.counts, strict=True) if count is None)
    for workload, recording in workloads.items():
        told = {name: not lacks[workload, name] for name in FIELDS[3:]}
        recording.knows = Knows(cache=told["cache_read_tokens"] and told["cache_write_tokens"],
                                requests=told["requests"],
                                mix=told["uncached_input_tokens"] and told["output_tokens"])
        partly = [name for name in FIELDS[3:] if 0 < lacks[workload, name] < whole[workload]]
        if partly:
            yield f"{workload} tells {', '.join(partly)} in some rows only: no sign that needs it is judged"


def _refuse_absurd(workloads: dict[str, Recording], path: Path) -> None:
    for workload, recording in workloads.items():
        if any(sum(column) > MOST_IN_ALL for column in zip(*recording.minutes.values(), strict=True)):
            raise InputError(f"{path}: {clean(workload, 80)} has more tokens or dollars in all than anybody can have; "
                             "mend its counts.")


def _priced(row: Row, prices: PriceBook, price_as: str | None, provider: str) -> tuple[Counts, bool]:
    requests, fresh, read, written, output = (count or 0 for count in row.counts)
    tokens = Tokens(uncached_input=fresh, cache_write_5m=written, cache_read=read, output=output)
    at = row.minute * 60
    priced = prices.price(provider, row.model, tokens, at, context="0-200k")
    if priced.unpriced and price_as:
        priced = prices.price(provider, price_as, tokens, at, context="0-200k")
    return (priced.cost_microusd, fresh, read, written, output, requests), priced.unpriced
