"""What a token that stands in every call costs a workload, by how it caches; and how many calls there were."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.antipatterns.list_price import paid_of_list
from console.antipatterns.telemetry import Bucket, Telemetry
from console.pricing import PICO_PER_MICRO
from console.rates import Rates


@dataclass(frozen=True, slots=True)
class PromptPrice:
    """Micro-dollars a token: low <= likely <= high."""

    low: Fraction
    likely: Fraction
    high: Fraction


def calls_of(seen: Telemetry) -> int | None:
    """Calls in the time looked at: as the source counts them, else as their records do; None where neither does."""
    requests = [day.requests for day in seen.days]
    counted = None if not requests or None in requests else sum(each or 0 for each in requests)
    return counted or (seen.calls.calls if seen.calls else None) or None


def prompt_price(seen: Telemetry, size: int) -> PromptPrice | None:
    """The price of a prompt of `size` tokens, each of a model's by its part of the input. None where nothing was used.

    Of the tokens that went through the cache a share was read and the rest written; what of the prompt did not go
    through it, because no cached token was left for it, is uncached input.
    """
    rates, total = [Fraction(0)] * 4, 0
    for each in seen.models:
        listed, weight = seen.prices.card(each.provider, each.model, each.used.start).rates, _inputs(each.used)
        scale = _scale(each.used, listed) * weight / PICO_PER_MICRO
        for index, rate in enumerate((listed.uncached_input, listed.cache_write_5m, listed.cache_write_1h,
                                      listed.cache_read)):
            rates[index] += rate * scale
        total += weight
    if not total or not size:
        return None
    uncached, short, long, read = (rate / total for rate in rates)
    if not seen.tells_cache:
        return PromptPrice(read, uncached, uncached)
    written_5m, written_1h, reads = (sum(getattr(day, name) for day in seen.days)
                                     for name in ("written_5m", "written_1h", "read"))
    through = written_5m + written_1h + reads
    if not through:
        return PromptPrice(uncached, uncached, uncached)
    mixed = (written_5m * short + written_1h * long + reads * read) / through
    cached = _cached_share(seen, through, size)
    likely = cached * mixed + (1 - cached) * uncached
    return PromptPrice(min(mixed, likely), likely, max(mixed, uncached))


def input_price(seen: Telemetry) -> Fraction | None:
    """Micro-dollars that a token costs which is another one in every call, so that no cache holds it. None where
    nothing was used."""
    price, total = Fraction(0), 0
    for each in seen.models:
        listed, weight = seen.prices.card(each.provider, each.model, each.used.start).rates, _inputs(each.used)
        price += Fraction(listed.uncached_input * weight, PICO_PER_MICRO) * _scale(each.used, listed)
        total += weight
    return price / total if total else None


def _scale(used: Bucket, rates: Rates) -> Fraction:
    """What was paid of the list price; all of it where that is nothing."""
    paid = paid_of_list(used, rates)
    return Fraction(1) if paid is None else paid


def _cached_share(seen: Telemetry, through: int, size: int) -> Fraction:
    """How much of the prompt went through the cache; all of it where calls are not counted."""
    calls = calls_of(seen)
    return min(Fraction(1), Fraction(through, calls * size)) if calls else Fraction(1)


def _inputs(used: Bucket) -> int:
    return used.uncached + used.written + used.read
