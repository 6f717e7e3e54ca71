"""Facts of a workload on plan, to change one thing at a time from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from console.cadences import pace
from console.cadences.facts import Facts
from console.charters.terms import Criterion, Terms
from console.money import MICRO

AT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
MONTH_START, MONTH_END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
MONTH_S = 30 * 86_400


def dollars(amount: float) -> int:
    """Whole micro-dollars, for tests that read in dollars."""
    return round(amount * MICRO)


def terms(**changes: Any) -> Terms:
    """A Charter of $4,320 a month ($6 an hour): stretch 2.5x, runaway 15x, kill at $20,000, automatic."""
    usual = Terms(version=1, expected=dollars(4320), stretch_multiple=2.5, runaway_multiple=15.0,
                  kill_threshold=dollars(20_000), automatic=True)
    return replace(usual, **changes)


def criterion(window: str, above: float, *, automatic: bool = True) -> Criterion:
    """A signed cap over a window, in dollars."""
    return Criterion(label=f"kill_criteria[1]: spend_usd above {above} over {window}", window=window,
                     above=dollars(above), automatic=automatic, action="pause")


def facts(*, hourly: float = 6.0, **changes: Any) -> Facts:
    """A workload half way through its month that has spent `hourly` dollars an hour, on a flat profile."""
    windows = {length: dollars(hourly) * length // 3600 for length in pace.WINDOWS}
    usual = Facts(
        workload="claims-triage", at=AT, data_until=AT, fresh=True, terms=terms(), month_start=MONTH_START,
        month_end=MONTH_END, month=dollars(2160), today=dollars(72), windows=windows,
        expected_share={length: length / MONTH_S for length in pace.WINDOWS}, month_share=0.5,
        lag_s=300.0, poll_s=60.0, act_s=30.0,
    )
    return replace(usual, **changes)
