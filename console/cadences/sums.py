"""What each workload spent this month and today. Hours that no reading has touched since are added up once an hour.

A month of 10,000 workloads is half a million rows of days and hours, and all but the newest stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlmodel import Session

from console.pricing import STORED_BY
from store import minutes, settings, windows
from store.rollups import HOUR
from store.windows import Spend

RESTATED = 2 * HOUR
"""Newer hours are read each time: their minutes come in, and are restated for a while."""

BySeries = dict[int, Spend]


@dataclass(frozen=True, slots=True)
class _Known:
    """Sums over a span, right until a reading after that of the number `fetch` changes it, or prices change."""

    spent: BySeries
    fetch: int
    prices: str | None


@dataclass(slots=True)
class Sums:
    """Held from one judgement to the next, by series: to whom one belongs may change at any time."""

    _known: dict[tuple[int, int], _Known] = field(default_factory=dict)

    def between(self, tx: Session, spans: tuple[tuple[int, int], ...], until: int) -> list[dict[str | None, Spend]]:
        """What each workload spent in [start, end) of each span; None: what no rule claims. `until`: end of the data.
        """
        cut = until // HOUR * HOUR - RESTATED
        past = {(start, cut) for start, end in spans if start < cut <= end}
        known = self._known
        self._known = {span: self._sum(tx, span, known.get(span)) for span in past}
        newest: dict[tuple[int, int], BySeries] = {}
        found = []
        for start, end in spans:
            before = self._known[start, cut].spent if (start, cut) in past else {}
            rest = (cut if before else start), end
            if rest not in newest:
                newest[rest] = windows.series_spend(tx, *rest)
            found.append(windows.by_workload(tx, before, newest[rest]))
        return found

    def _sum(self, tx: Session, span: tuple[int, int], known: _Known | None) -> _Known:
        prices = settings.get(tx, STORED_BY)
        fetch, oldest = minutes.restated_since(tx, 0 if known is None else known.fetch)
        if known is not None and known.prices == prices and (oldest is None or oldest >= span[1]):
            return replace(known, fetch=fetch)
        return _Known(windows.series_spend(tx, *span), fetch, prices)
