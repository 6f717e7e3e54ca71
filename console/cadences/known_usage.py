"""From when until when the usage of each source is known: what was never read is unknown, and not nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.cadences.gathering import sources_of
from console.clock import from_epoch
from store.tables import Workload


@dataclass(frozen=True, slots=True)
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

    def gap(self, workload: Workload) -> str:
        """Why what the workload spent in the period is unknown; empty where it is known."""
        if not workload.entry.get("usage"):
            return "no rule of its MBOM entry says which usage is its own"
        return next(filter(None, map(self.gap_of, sorted(sources_of(workload) or self.spans))), "") \
            if self.spans else "no source was ever read"

    def gap_of(self, source: str) -> str:
        """The same of one source."""
        span = self.spans.get(source)
        if span is None:
            return f"{source} was never read"
        since, until = map(from_epoch, span)
        if since > self.start:
            return f"{source} is known from {since:%Y-%m-%d %H:%MZ} only"
        if until <= self.start or (self.over and until < self.end):
            return f"{source} was read only up to {until:%Y-%m-%d %H:%MZ}"
        return ""
