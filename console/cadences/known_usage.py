"""From when until when the usage of each source is known: what was never read is unknown, and not nothing."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.clock import epoch, from_epoch


@dataclass(frozen=True)
class Known:
    """What was read, by source, within one period [start, end) that is looked at at one instant."""

    spans: Mapping[str, tuple[int, int]]
    """Seconds since 1970."""
    start: datetime
    end: datetime
    over: bool
    """Whether the period had ended by then."""

    @property
    def until(self) -> datetime | None:
        """How far into the period every source is known; None where none was ever read."""
        ends = [span[1] for span in self.spans.values()]
        return min(from_epoch(min(ends)), self.end) if ends else None

    @functools.cached_property
    def elapsed(self) -> Decimal:
        """The share of the period that has gone by; of a running one, as far as every source is known."""
        if self.over:
            return Decimal(1)
        until = self.until or self.start
        return Decimal(max(0, epoch(until) - epoch(self.start))) / (epoch(self.end) - epoch(self.start))

    def gap(self, sources: frozenset[str] | None) -> str:
        """Why what a workload of these sources spent in the period is unknown; empty where it is known.

        `sources`: those that its usage rules name, none for any; None where it has no rule.
        """
        if sources is None:
            return "no rule of its MBOM entry says which usage is its own"
        if not self.spans:
            return "no source was ever read"
        return next(filter(None, map(self.gap_of, sorted(sources or self.spans))), "")

    def gap_of(self, source: str) -> str:
        """The same of one source."""
        return self._gaps.get(source, f"{source} was never read")

    @functools.cached_property
    def _gaps(self) -> dict[str, str]:
        return {source: self._worked_out(source, *map(from_epoch, span)) for source, span in self.spans.items()}

    def _worked_out(self, source: str, since: datetime, until: datetime) -> str:
        if since > self.start:
            return f"{source} is known from {since:%Y-%m-%d %H:%MZ} only"
        if until <= self.start or (self.over and until < self.end):
            return f"{source} was read only up to {until:%Y-%m-%d %H:%MZ}"
        return ""
