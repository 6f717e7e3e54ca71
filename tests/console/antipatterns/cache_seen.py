"""A workload on Sonnet whose calls share a cached prefix of 10,000 tokens, hour by hour, made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import reduce
from typing import Any

from console.antipatterns.telemetry import Bucket, ModelUse, Telemetry
from console.cadences.findings.reading import added
from console.clock import epoch
from console.pricing import PriceBook
from console.providers.source import Tokens
from tests.console.antipatterns.seen import END, START, telemetry

MODEL, PREFIX, WEEK = "claude-sonnet-4-5", 10_000, 7 * 24
PRICES = PriceBook()


def hour(number: int, calls: int | None, *, written: int = 0, written_1h: int = 0, read: int = 0, uncached: int = 0,
         output: int = 0) -> Bucket:
    """The hour of that number since START, at list prices."""
    start = epoch(START) + 3600 * number
    tokens = Tokens(uncached_input=uncached, cache_write_5m=written, cache_write_1h=written_1h, cache_read=read,
                    output=output)
    return Bucket(start, uncached, written, written_1h, read, output, calls,
                  PRICES.price("anthropic", MODEL, tokens, start).cost_microusd, 0)


def healthy(number: int, calls: int = 120) -> Bucket:
    """One call in fifty misses."""
    misses = -(-calls // 50)
    return hour(number, calls, written=misses * PREFIX, read=(calls - misses) * PREFIX, uncached=calls * 500,
                output=calls * 200)


def never_read(number: int, calls: int = 120) -> Bucket:
    """Something in the prefix differs in every call."""
    return hour(number, calls, written=calls * PREFIX, uncached=calls * 500, output=calls * 200)


def uncached(number: int, calls: int = 120) -> Bucket:
    """The prefix is sent, and nothing is cached."""
    return hour(number, calls, uncached=calls * (PREFIX + 500), output=calls * 200)


def week(of: Callable[[int], Bucket | None], hours: int = WEEK) -> Telemetry:
    """Each hour as `of` has it; None is one without usage."""
    return seen(bucket for number in range(hours) if (bucket := of(number)) is not None)


def seen(hours: Iterable[Bucket], **other: Any) -> Telemetry:
    """These hours, their days, and all of it on one model."""
    some = tuple(hours)
    days: dict[int, Bucket] = {}
    for each in some:
        day = each.start // 86_400 * 86_400
        days[day] = added(days[day], each) if day in days else each._replace(start=day)
    models = (ModelUse("anthropic", MODEL, reduce(added, some)._replace(start=epoch(START))),) if some else ()
    return telemetry(tuple(days.values()), hours=some, hours_from=START, models=models, prices=PRICES, **other)


def lately(whole: Telemetry, since: timedelta) -> Telemetry:
    """The same with hours of so long only: of what was before, the days are known."""
    first = END - since
    return telemetry(whole.days, hours=tuple(each for each in whole.hours if each.start >= epoch(first)),
                     hours_from=first, models=whole.models, prices=PRICES)
