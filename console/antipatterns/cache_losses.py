"""Three shapes in which a prompt cache loses money, from what was measured (playbook sections 7 and 8).

- It is written at nearly every call and hardly read, though calls come often enough: something in the prefix varies.
- The prefix used to be read and is billed uncached now, at calls of the same size: it is no longer cached.
- Calls come too rarely, and caching lost money over the whole time: it does not pay there.

A cold start, and a return after a pause, are misses that calls so rare must have: none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from console.antipatterns.cache_periods import DAY_S, Healthy, Period, inputs
from console.antipatterns.finding import Confidence, Figures
from console.antipatterns.prompt_causes import variable_content
from console.antipatterns.telemetry import Telemetry
from console.clock import from_epoch
from console.economics.cache import break_even_calls_per_minute
from console.economics.measured_cache import LONG_TTL_S, TTL_S, CachePrices, CacheUse
from console.economics.wording import percent, plain
from console.money import display

NEAR_ZERO = Fraction(1, 2)
"""Of the share of reads at which caching breaks even: below it, reads are near zero."""
OFTEN = Fraction(1, 2)
"""The share of hits that an arrival rate must allow, for misses to be nobody's pause."""
LEAST_S, LEAST_CALLS = 2 * 3600, 500
"""A cold start is over by then."""
LASTING_S = 6 * 3600
"""So long a prefix is billed uncached before that is no outage."""
LEAST_DAYS = 3
"""On so many days caching loses before it is said not to pay."""
SAME_SIZE = (Fraction(1, 2), Fraction(2))
"""Input of a call, of what it was while the prefix was read: calls that grew are another matter."""
VANISHED = Fraction(1, 10)
"""Of the tokens a call that went through the cache before: with fewer, the prefix is no longer cached."""


def often_enough(total: CacheUse, needed: Fraction) -> Fraction:
    """Calls a minute from which misses are nobody's pause: half of them hit, or as many as caching needs to pay."""
    return _even(total, max(OFTEN, needed))


def _even(total: CacheUse, hits: Fraction) -> Fraction:
    """Calls a minute at which that share of them hits."""
    rate = break_even_calls_per_minute(hits, LONG_TTL_S if 2 * total.written_1h > total.written else TTL_S)
    assert rate is not None
    return rate


@dataclass(frozen=True, slots=True)
class Case:
    """A workload's cache over the whole time looked at."""

    seen: Telemetry
    whole: Sequence[Period]
    total: CacheUse
    prices: CachePrices
    """Micro-dollars a token."""
    needed: Fraction
    """Share of the tokens that must be read so that caching costs no more than none; below 1."""

    often: Fraction
    """Calls a minute from which misses are nobody's pause."""

    def lost(self, each: Period, hits: Fraction | None = None) -> Fraction:
        """Micro-dollars beyond the same tokens where that share is read; None: beyond the same without a cache."""
        use = each.use
        return use.paid(self.prices) - (use.without(self.prices) if hits is None else use.at(hits, self.prices))


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost, in micro-dollars."""

    rows: tuple[tuple[Period, Fraction], ...]
    """Each period with its likely loss."""
    low: Fraction
    high: Fraction
    summary: str
    figures: Figures
    fix: str
    confidence: Confidence
    subject: str = ""

    @property
    def likely(self) -> Fraction:
        return _total(lost for _, lost in self.rows)

    @property
    def range(self) -> tuple[Fraction, Fraction, Fraction]:
        """low <= likely <= high."""
        return min(max(self.low, Fraction(0)), self.likely), self.likely, max(self.high, self.likely)


def never_read(case: Case) -> Loss | None:
    """Against no caching at all (low), against the workload's usual hit rate or that of its calls (likely), and
    against its best (high)."""
    near, often = case.needed * NEAR_ZERO, case.often
    suspects = [each for each in case.whole
                if each.used.written and not each.paid_off(near) and each.came(often) is not False]
    healthy = Healthy.of(case.whole, case.needed) if suspects else None
    bad = [each for each in suspects if each.came(often) or _as_busy(each, healthy)]
    if sum(each.seconds for each in bad) < LEAST_S and sum(each.used.requests or 0 for each in bad) < LEAST_CALLS:
        return None
    low = _total(case.lost(each) for each in bad)
    if healthy is None:
        rows = tuple((each, case.lost(each, each.use.expected(_rate(each)))) for each in bad)
        high, could = Fraction(0), f"{percent(case.needed)} are needed for caching to pay, and calls come often enough"
    else:
        bad = _with_mixed(case, bad, healthy)
        rows = tuple((each, case.lost(each, healthy.usual)) for each in bad)
        high = _total(case.lost(each, healthy.best) for each in bad)
        could = f"{percent(healthy.usual)} is usual here, and {percent(case.needed)} are needed for caching to pay"
    use = _sum(bad)
    hits = percent(use.hits or Fraction(0))
    return Loss(
        rows, low, high,
        f"{_when(bad)} {use.written:,} tokens were written to the prompt cache, and {hits} of what went through it was "
        f"read; {could}",
        (*variable_content(case.seen), ("written", f"{use.written:,} tokens"), ("read", f"{use.read:,} tokens"),
         *_calls(bad), ("share read", hits),
         ("usual", percent(healthy.usual) if healthy else "unknown"), ("needed to pay", percent(case.needed)),
         ("beyond no cache at all", f"{display(round(low))} USD")),
        "Find what differs from call to call inside the cached prefix (a timestamp, an identifier, tools in another "
        "order), and move it behind the prefix; a prefix that is each caller's own and does not come again is not "
        "worth caching.",
        "high" if healthy is not None and all(each.used.requests is not None for each in bad) else "medium")


def no_longer_cached(case: Case) -> Loss | None:
    """At half the usual hit rate (low), at the usual one (likely) and at the best (high) on the prefix of before.

    Only where calls are counted, and the newest that came often are uncached too.
    """
    often = case.often
    judged = [each for each in case.whole if each.came(often)]
    healthy = Healthy.of(_cached(judged), case.needed) if judged and _fell(judged[-1], case) else None
    if healthy is None or not healthy.calls:
        return None
    bad = [each for each in judged if _is_uncached(each, healthy)]
    if not bad or bad[-1] is not judged[-1] or sum(each.seconds for each in bad) < LASTING_S:
        return None
    before = Fraction(healthy.through, healthy.calls)

    def saved(tokens: int, hits: Fraction) -> Fraction:
        """What so many uncached tokens cost beyond the same in a cache."""
        return tokens * (case.prices.uncached - case.total.at(hits, case.prices) / case.total.tokens)

    beside = Fraction(healthy.input, healthy.calls) - before
    moved = [max(0, each.used.uncached - round(beside * (each.used.requests or 0))) for each in bad]
    return Loss(
        tuple((each, saved(tokens, healthy.usual)) for each, tokens in zip(bad, moved, strict=True)),
        saved(sum(moved), healthy.usual / 2), saved(sum(moved), healthy.best),
        f"{_when(bad)} next to nothing was read from the prompt cache and the prefix was billed uncached; before, "
        f"{plain(Fraction(round(before)))} tokens of each call went through it and {percent(healthy.usual)} were read, "
        "at calls of the same size",
        (("prefix before", f"{round(before):,} tokens a call"), ("share read before", percent(healthy.usual)),
         *_calls(bad), ("prefix billed uncached", f"{sum(moved):,} tokens")),
        "Look for what changed then: cache marks that a release lost, another order of tools or messages, another "
        "route to the model.", "medium", "no longer cached")


def does_not_pay(case: Case) -> Loss | None:
    """What caching cost beyond none: over all the time (low, likely), and where it lost (high)."""
    net = case.total.paid(case.prices) - case.total.without(case.prices)
    losing = [each for each in case.whole if each.used.written and not each.paid_off(case.needed)] if net > 0 else []
    if len({each.used.start // DAY_S for each in losing}) < LEAST_DAYS:
        return None
    lost = [case.lost(each) for each in losing]
    hits, rate = percent(case.total.hits or Fraction(0)), _rate_of(case)
    often = "" if rate is None else (f"; {plain(round(rate, 3))} calls a minute came, and caching pays from "
                                     f"{plain(round(_even(case.total, case.needed), 3))} on")
    return Loss(
        tuple((each, one * net / _total(lost)) for each, one in zip(losing, lost, strict=True)), net, _total(lost),
        f"caching cost more than none: {hits} of the cached tokens were read, and {percent(case.needed)} are needed"
        f"{often}",
        (("written", f"{case.total.written:,} tokens"), ("read", f"{case.total.read:,} tokens"), ("share read", hits),
         ("needed to pay", percent(case.needed)), *_calls(case.whole),
         ("calls a minute", "unknown" if rate is None else plain(round(rate, 3)))),
        "Take the cache marks away, or write for an hour where calls come within one; `token-console lab cache` has "
        "the break-even.", "medium", "does not pay")


SHAPES: tuple[Callable[[Case], Loss | None], ...] = (never_read, no_longer_cached, does_not_pay)


def _with_mixed(case: Case, bad: Sequence[Period], healthy: Healthy) -> list[Period]:
    """Those too in which it began or ended: read less than half as often as usual, within a day of a bad one."""
    starts, often = {each.used.start for each in bad}, case.often
    first, last = min(starts) - DAY_S, max(starts) + DAY_S
    return [each for each in case.whole if each.used.start in starts or (
        first <= each.used.start <= last and each.used.written and not each.paid_off(healthy.usual / 2)
        and each.came(often) is not False and _as_busy(each, healthy))]


def _as_busy(each: Period, healthy: Healthy | None) -> bool:
    """Whether at least a quarter of the usual tokens went through the cache: what tells where no calls are counted."""
    return healthy is not None and 4 * each.through >= healthy.tokens_per_second * each.seconds


def _fell(newest: Period, case: Case) -> bool:
    """Whether it is far below the whole time's tokens a call: quick, for the many that are not."""
    calls = sum(each.used.requests or 0 for each in case.whole)
    return newest.through * calls < VANISHED * case.total.tokens * (newest.used.requests or 0)


def _cached(judged: Sequence[Period]) -> list[Period]:
    """Those whose calls sent at least a tenth as much through the cache as any: the few stray hits of the others are no
    measure."""
    most = max(each.through / (each.used.requests or 1) for each in judged)
    return [each for each in judged if each.through >= float(VANISHED) * most * (each.used.requests or 1)]


def _is_uncached(each: Period, healthy: Healthy) -> bool:
    calls, (low, high) = each.used.requests or 0, SAME_SIZE
    usual = Fraction(healthy.input * calls, healthy.calls)
    return (each.through < VANISHED * Fraction(healthy.through * calls, healthy.calls)
            and low * usual <= inputs(each.used) <= high * usual)


def _rate(each: Period) -> Fraction:
    return Fraction((each.used.requests or 0) * 60, each.seconds)


def _rate_of(case: Case) -> Fraction | None:
    """Calls a minute over the whole time; None where they are not counted."""
    minutes = Fraction(round((case.seen.end - case.seen.start).total_seconds()), 60)
    counted = [each.used.requests for each in case.whole if each.used.requests is not None]
    return sum(counted) / minutes if minutes and len(counted) == len(case.whole) else None


def _calls(some: Sequence[Period]) -> Figures:
    counted = [each.used.requests for each in some if each.used.requests is not None]
    return (("calls", f"{sum(counted):,}"),) if len(counted) == len(some) else ()


def _when(some: Sequence[Period]) -> str:
    first, last = some[0].used.start, some[-1].used.start + some[-1].seconds
    return f"from {from_epoch(first):%Y-%m-%d %H:%M} to {from_epoch(last):%Y-%m-%d %H:%M} UTC"


def _sum(some: Iterable[Period]) -> CacheUse:
    uses = [each.use for each in some]
    return CacheUse(sum(use.written_5m for use in uses), sum(use.written_1h for use in uses),
                    sum(use.read for use in uses))


def _total(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, Fraction(0))
