"""Recorded usage by minute, read from a file: checked row by row, priced as live usage is, and kept by workload.

The columns are `minute_utc, workload, model, requests, uncached_input_tokens, cache_read_tokens, cache_write_tokens,
output_tokens`. An empty cell means that the source does not tell, which is not zero. A row that is there twice counts
once; of two that differ the later one stands, as where a provider restates a bucket.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from console.cadences.counts import Counts, Knows, added
from console.clock import parse_rfc3339
from console.errors import InputError
from console.pricing import PriceBook
from console.providers.source import Tokens

FIELDS = ("minute_utc", "workload", "model", "requests", "uncached_input_tokens", "cache_read_tokens",
          "cache_write_tokens", "output_tokens")
REQUIRED = ("minute_utc", "workload", "model", "uncached_input_tokens", "output_tokens")
MOST = 10**12
"""More tokens or requests in a minute than anybody has: such a count is a mistake."""
LONGEST_GAP = 62 * 1440
"""Minutes without a row after which a clock has jumped, not a workload rested."""
_LARGEST = 2 * 1024**3

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
    unknown = sorted({model for one in workloads.values() for model in one.unpriced})
    if unknown:
        notes.append(f"no price is known for {', '.join(unknown[:5])}: counted at the dearest tier (see --price-as)")
    return Recorded(path.name, workloads, rows[0].minute, rows[-1].minute + 1, notes)


def _rows(path: Path) -> Iterator[Row]:
    reader = csv.reader(_text(path))
    try:
        header = next(reader, [])
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            raise InputError(f"{path} line 1: {', '.join(missing)} missing; the columns are {', '.join(FIELDS)}.")
        places = [header.index(name) if name in header else None for name in FIELDS]
        for cells in reader:
            if cells:
                yield _row(path, reader.line_num, cells, places)
    except (csv.Error, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
        raise InputError(f"{path} line {reader.line_num + 1}: cannot be read ({error}).") from error


def _text(path: Path) -> Iterable[str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than 2 GiB; replay a part of it.")
        opened = gzip.open if path.suffix == ".gz" else open
        return opened(path, "rt", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


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
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a time like 2026-11-23T14:05:00Z") from error
    seconds = int(at.timestamp())
    if seconds % 60 or at.microsecond:
        raise ValueError(f"{text[:40]!r} is not the start of a minute")
    if len(_minutes) > 100_000:
        _minutes.clear()
    _minutes[text] = seconds // 60
    return seconds // 60


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} is {text[:40]!r}, not a whole number of 0 or more")
    value = int(text[:20])
    if value > MOST:
        raise ValueError(f"{name} is {text[:40]}, more than can be true of a minute")
    return value


def _refuse_jumps(rows: list[Row], path: Path) -> None:
    for before, after in pairwise(rows):
        gap = after.minute - before.minute
        if gap > LONGEST_GAP:
            raise InputError(f"{path} line {after.line}: {gap // 1440} days without a row before it; a clock "
                             f"has jumped (line {before.line} is the one before in time). Mend the times, or replay the parts.")


def _by_workload(rows: list[Row], prices: PriceBook, price_as: str | None, provider: str) -> dict[str, Recording]:
    found: dict[str, Recording] = {}
    told: dict[str, tuple[bool, bool]] = {}
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
        cache, requests = told.get(row.workload, (False, False))
        told[row.workload] = (cache or row.counts[2] is not None or row.counts[3] is not None,
                              requests or row.counts[0] is not None)
    for name, (cache, requests) in told.items():
        found[name].knows = Knows(cache, requests)
    return found


def _priced(row: Row, prices: PriceBook, price_as: str | None, provider: str) -> tuple[Counts, bool]:
    requests, fresh, read, written, output = (count or 0 for count in row.counts)
    tokens = Tokens(uncached_input=fresh, cache_write_5m=written, cache_read=read, output=output)
    at = row.minute * 60
    priced = prices.price(provider, row.model, tokens, at, context="0-200k")
    if priced.unpriced and price_as:
        priced = prices.price(provider, price_as, tokens, at, context="0-200k")
    return (priced.cost_microusd, fresh, read, written, output, requests), priced.unpriced
