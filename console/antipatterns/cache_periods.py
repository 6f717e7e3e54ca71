"""What went through a workload's prompt cache, by hour where hours are known and by day before, and at what prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from console.antipatterns.list_price import paid_of_list
from console.antipatterns.telemetry import Bucket, Telemetry
from console.clock import epoch
from console.economics.measured_cache import CachePrices, CacheUse
from console.pricing import PICO_PER_MICRO

HOUR_S, DAY_S = 3600, 86_400
LEAST_HEALTHY_S = 6 * HOUR_S


class Period(NamedTuple):
    """An hour, a day, or the part of a day of which no hours are known."""

    seconds: int
    used: Bucket

    @property
    def use(self) -> CacheUse:
        return CacheUse(self.used.written_5m, self.used.written_1h, self.used.read)

    @property
    def through(self) -> int:
        """Tokens that went through the cache."""
        return self.used.written_5m + self.used.written_1h + self.used.read

    @property
    def hits(self) -> Fraction:
        """Share of the tokens that was read; 0 where nothing went through the cache."""
        return self.use.hits or Fraction(0)

    def paid_off(self, needed: Fraction) -> bool:
        """Whether that share of the tokens was read, or more; never where nothing went through the cache."""
        through = self.through
        return through > 0 and self.used.read * needed.denominator >= needed.numerator * through

    def came(self, per_minute: Fraction) -> bool | None:
        """Whether calls came at least so often; None where they are not counted."""
        if self.used.requests is None:
            return None
        return self.used.requests * 60 * per_minute.denominator >= per_minute.numerator * self.seconds


def periods(seen: Telemetry) -> tuple[Period, ...]:
    """Each second at most once, the oldest first; what a day has beyond its hours is one period."""
    end, first_hour = epoch(seen.end), None if seen.hours_from is None else epoch(seen.hours_from)
    by_day: dict[int, list[Bucket]] = defaultdict(list)
    for hour in seen.hours:
        by_day[hour.start // DAY_S * DAY_S].append(hour)
    found = [Period(_length(hour.start, HOUR_S, end), hour) for hour in seen.hours]
    for day in seen.days:
        rest = _without(day, by_day.get(day.start, ()))
        until = end if first_hour is None else min(end, max(first_hour, day.start + 1))
        if rest is not None and rest.tokens:
            found.append(Period(_length(day.start, DAY_S, until), rest))
    return tuple(sorted(found, key=lambda each: each.used.start))


def _length(start: int, width: int, end: int) -> int:
    return max(1, min(width, end - start))


def _without(day: Bucket, hours: Sequence[Bucket]) -> Bucket | None:
    """None where the hours say more than their day: they contradict each other, and the hours are believed."""
    if not hours:
        return day
    counted = [hour.requests for hour in hours if hour.requests is not None]
    calls = None if day.requests is None or len(counted) < len(hours) else day.requests - sum(counted)
    uncached, short, long, read, output = (left - taken for left, taken in zip(
        day[1:6], map(sum, zip(*(hour[1:6] for hour in hours), strict=True)), strict=True))
    if min(uncached, short, long, read, output, calls or 0) < 0:
        return None
    return Bucket(day.start, uncached, short, long, read, output, calls, day.cost - sum(hour.cost for hour in hours),
                  day.estimated - sum(hour.estimated for hour in hours))


def prices_of(seen: Telemetry) -> CachePrices | None:
    """Micro-dollars a token, as this workload pays: each model by its part of what went through the cache.

    What a model cost beside its list price (batches, agreed prices) scales its rates. None where no model's use is
    known, or nothing was paid.
    """
    weights, sums = 0, [Fraction(0)] * 4
    for each in seen.models:
        through = each.used.written + each.used.read
        rates = seen.prices.card(each.provider, each.model, each.used.start).rates
        scale = paid_of_list(each.used, rates) if through else None
        if scale is None:
            continue
        weights += through
        for index, rate in enumerate((rates.uncached_input, rates.cache_write_5m, rates.cache_write_1h,
                                      rates.cache_read)):
            sums[index] += through * scale * Fraction(rate, PICO_PER_MICRO)
    return CachePrices(*(total / weights for total in sums)) if weights and sums[0] else None


@dataclass(frozen=True, slots=True)
class Healthy:
    """How the cache did while it paid."""

    usual: Fraction
    """Share of the tokens that was read: the median by tokens, which one bad day does not move."""
    best: Fraction
    """Of the best period that had at least a hundredth of the tokens."""
    tokens_per_second: Fraction
    """Through the cache: the median of the periods."""
    calls: int
    """Zero where they are not counted; the next two are of these calls."""
    through: int
    """Tokens through the cache."""
    input: int
    """Tokens of input, of every class."""

    @classmethod
    def of(cls, whole: Sequence[Period], needed: Fraction) -> Healthy | None:
        """None where it hardly ever paid: a few lucky calls are no usual rate."""
        paid = [each for each in whole if each.paid_off(needed)]
        if sum(each.seconds for each in paid) < LEAST_HEALTHY_S:
            return None
        by_hits = sorted(paid, key=lambda each: float(each.hits))
        total = sum(each.through for each in paid)
        usual = _middle(by_hits, total)
        best = next((each.hits for each in reversed(by_hits) if 100 * each.through >= total),
                    usual)
        by_rate = sorted(paid, key=lambda each: each.through / each.seconds)
        middle = by_rate[len(by_rate) // 2]
        counted = [each.used for each in paid if each.used.requests]
        return cls(usual, max(best, usual), Fraction(middle.through, middle.seconds),
                   sum(used.requests or 0 for used in counted), sum(used.read + used.written for used in counted),
                   sum(inputs(used) for used in counted))


def inputs(used: Bucket) -> int:
    """Tokens of input, of every class."""
    return used.uncached + used.written + used.read


def _middle(by_hits: Sequence[Period], total: int) -> Fraction:
    below = 0
    for each in by_hits:
        below += each.through
        if 2 * below >= total:
            break
    return each.hits
