"""From when until when the usage of each source is known: what was never read is unknown, and not nothing."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from console import kinds
from console.clock import epoch, from_epoch
from console.config import Config

DAY = 86_400

Spans = Mapping[str, tuple[int, int]]
"""Seconds since 1970, by source."""


def by_way(spans: Spans, config: Config) -> tuple[Spans, Spans]:
    """(of sources that are read, of sources that are told of calls). Where none is read, all count as read.

    What is told leads what is read: beside sources that are read it leaves no gap before its senders began.
    """
    polled = {settings.name for settings in kinds.polled(config)}
    pushed = {settings.name for settings in config.sources} - polled
    told = {source: span for source, span in spans.items() if source in pushed}
    read = {source: span for source, span in spans.items() if source not in pushed}
    return (read, told) if read else (spans, {})


@dataclass(frozen=True)
class Known:
    """What was read, by source, within one period [start, end) that is looked at at one instant."""

    spans: Spans
    start: datetime
    end: datetime
    over: bool
    """Whether the period had ended by then."""
    told: Spans = field(default_factory=dict)
    """Of sources that are told of calls, where others are read."""

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

    def whole_days(self, source: str) -> tuple[int, int]:
        """[first, end) of the period's days, by their midnights in UTC, that are known whole of a source: only what was
        billed for these may be held against what was metered."""
        since, until = self.spans.get(source) or self.told.get(source) or (0, 0)
        return max(epoch(self.start), -(-since // DAY) * DAY), min(epoch(self.end), until // DAY * DAY)

    def gap(self, sources: frozenset[str] | None) -> str:
        """Why what a workload of these sources spent in the period is unknown; empty where it is known.

        `sources`: those that its usage rules name, none for any; None where it has no rule. Of those that are told of
        calls only where it has no other.
        """
        if sources not in self._gaps_found:
            self._gaps_found[sources] = self._gap(sources)
        return self._gaps_found[sources]

    @functools.cached_property
    def _gaps_found(self) -> dict[frozenset[str] | None, str]:
        """Thousands of workloads share a few sets of sources."""
        return {}

    def _gap(self, sources: frozenset[str] | None) -> str:
        if sources is None:
            return "no rule of its MBOM entry says which usage is its own"
        if not self.spans:
            return "no source was ever read"
        named = sources or self.spans.keys()
        return next(filter(None, map(self.gap_of, sorted(named - self.told.keys() or named))), "")

    def gap_of(self, source: str) -> str:
        """The same of one source."""
        return self._gaps.get(source, f"{source} was never read")

    @functools.cached_property
    def _gaps(self) -> dict[str, str]:
        return {source: self._worked_out(source, *map(from_epoch, span))
                for source, span in (*self.spans.items(), *self.told.items())}

    def _worked_out(self, source: str, since: datetime, until: datetime) -> str:
        if since > self.start:
            return f"{source} is known from {since:%Y-%m-%d %H:%MZ} only"
        if until <= self.start or (self.over and until < self.end):
            return f"{source} was read only up to {until:%Y-%m-%d %H:%MZ}"
        return ""
