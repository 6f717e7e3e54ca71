"""What is counted of a workload in a minute, and which of it a source tells at all."""

from __future__ import annotations

from dataclasses import dataclass

SPENT, UNCACHED, READ, WRITTEN, OUTPUT, REQUESTS = COLUMNS = range(6)
"""Micro-dollars; tokens of input at the full rate, read from the cache, written to it; tokens of output; calls."""

Counts = tuple[int, ...]
"""One value for each of `COLUMNS`."""
NOTHING: Counts = (0,) * len(COLUMNS)


@dataclass(frozen=True, slots=True)
class Knows:
    """Which columns the source tells. What it does not tell is unknown, never zero: signs that need it stay silent."""

    cache: bool = True
    requests: bool = True
    mix: bool = True
    """Both input and output."""


def added(one: Counts, other: Counts) -> Counts:
    """Column by column."""
    return tuple(map(sum, zip(one, other, strict=True)))
