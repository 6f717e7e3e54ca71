"""2, Cached Timestamp: a prompt cache that is written and not read (playbook section 8).

Only *measured* net value counts: what writes and reads cost against the same tokens at the uncached rate, at the
workload's own prices. Three shapes are told apart (`cache_losses.py`), and the first that fits is the finding.
"""

from __future__ import annotations

from fractions import Fraction

from console.antipatterns.cache_losses import NEAR_ZERO, SHAPES, VANISHED, Case, Loss, often_enough
from console.antipatterns.cache_periods import DAY_S, HOUR_S, Period, periods, prices_of
from console.antipatterns.finding import MOST_ROWS, Detector, Figures, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import stake
from console.antipatterns.prompt_causes import variable_content
from console.antipatterns.telemetry import Telemetry
from console.clock import from_epoch
from console.economics.measured_cache import CachePrices, CacheUse
from console.money import MICRO, MicroUsd, display

NAME = "Cached Timestamp"
LEAST, LEAST_MONTH = MICRO, 10 * MICRO
"""Dollars lost in the time looked at, and in a month: less is nobody's matter."""


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    if not seen.days:
        return NotEnough("usage: none is known of this workload in the time looked at")
    total = CacheUse(sum(day.written_5m for day in seen.days), sum(day.written_1h for day in seen.days),
                     sum(day.read for day in seen.days))
    if not seen.tells_cache or not total.tokens:
        return NotEnough("tokens written to the prompt cache and read from it: the source tells of none, or nothing "
                         "is cached")
    prices = prices_of(seen)
    if prices is None:
        return NotEnough("what the cached tokens cost: nothing was paid, or usage does not name its models")
    needed = total.needed(prices)
    if needed is None or needed >= 1:
        return NotEnough("prices at which a cache can pay: reads cost no less than uncached tokens here")
    often = often_enough(total, needed)
    if not _may_lose(seen, total, prices, needed * NEAR_ZERO, often):
        return ()
    case = Case(seen, periods(seen), total, prices, needed, often)
    for shape in SHAPES:
        loss = shape(case)
        if loss is not None and _matters(loss, seen):
            return (_finding(seen, loss),)
    return ()


def _may_lose(seen: Telemetry, total: CacheUse, prices: CachePrices, near: Fraction, often: Fraction) -> bool:
    """Whether any shape could fit: a quick look, since of thousands of workloads nearly all are healthy."""
    if total.paid(prices) > total.without(prices):
        return True
    calls = sum(day.requests or 0 for day in seen.days)
    share, vanished = float(near), float(VANISHED) * total.tokens
    for width, buckets in ((HOUR_S, seen.hours), (DAY_S, seen.days)):
        least = float(often) * width / 60
        for each in buckets:
            if each.requests is None or each.requests >= least:
                through = each.read + each.written_5m + each.written_1h
                if each.read < share * through or through * calls < vanished * (each.requests or 0):
                    return True
    return False


def _matters(loss: Loss, seen: Telemetry) -> bool:
    likely = round(loss.likely)
    return likely >= LEAST and stake(seen, likely, likely, likely).likely >= LEAST_MONTH


def _finding(seen: Telemetry, loss: Loss) -> Finding:
    low, likely, high = (round(each) for each in loss.range)
    a_month = stake(seen, low, likely, high)
    estimated, cost = sum(day.estimated for day in seen.days), sum(day.cost for day in seen.days)
    worst = sorted(loss.rows, key=lambda row: -row[1])[:MOST_ROWS]
    return Finding(
        NAME, seen.workload, loss.summary, seen.start, seen.end,
        (*loss.figures, *(() if loss.subject else variable_content(seen))),
        tuple(_row(each, round(lost)) for each, lost in worst), likely, a_month,
        "low" if 2 * estimated > cost else loss.confidence, loss.fix, loss.subject, a_month.likely // MICRO)


def _row(each: Period, lost: MicroUsd) -> Figures:
    used = each.used
    calls = () if used.requests is None else (("calls", f"{used.requests:,}"),)
    return (("from", f"{from_epoch(used.start):%Y-%m-%d %H:%M}"), *calls, ("written", f"{used.written:,}"),
            ("read", f"{used.read:,}"), ("uncached", f"{used.uncached:,}"), ("lost", f"{display(lost)} USD"))


DETECTOR = Detector(2, NAME, "a prompt cache that is written and not read", "usage with its cache columns", look)
