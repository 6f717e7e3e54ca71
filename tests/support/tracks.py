"""Minutes of one workload, written as a test reads: so many dollars, tokens and calls a minute, for so long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.cadences.counts import Counts, Knows
from console.cadences.track import DAY, Track
from console.clock import epoch
from tests.support.facts import AT, dollars

NOW = epoch(AT) // 60
"""The end of every track here, in minutes since 1970: noon of `tests.support.facts.AT`."""


def counts(
    usd: float = 0.0, *, fresh: int = 0, read: int = 0, written: int = 0, output: int = 0, calls: int = 0
) -> Counts:
    """One minute."""
    return dollars(usd), fresh, read, written, output, calls


STEADY = counts(0.10, fresh=3000, read=60_000, written=1000, output=1500, calls=10)
"""A healthy minute on the Charter of `tests.support.facts.terms`: $6 an hour, the prompt read from the cache."""


def track(*spans: tuple[int, Counts], knows: Knows | None = None, end: int = NOW) -> Track:
    """A track of (minutes, counts of each) one after the other, the last one ending at `end`."""
    first = end - sum(length for length, _ in spans)
    made, start = Track(first, knows), first
    for length, each in spans:
        made.put(dict.fromkeys(range(start, start + length), each), start + length)
        start += length
    return made


def week_then(*spans: tuple[int, Counts], knows: Knows | None = None, usual: Counts = STEADY) -> Track:
    """A track whose last minutes are given, after a week of usual ones."""
    return track((7 * DAY, usual), *spans, knows=knows)


def total(minutes: Mapping[int, Counts], column: int, span: Iterable[int]) -> int:
    """The sum that a plain dictionary of minutes gives."""
    return sum(minutes[minute][column] for minute in span if minute in minutes)
