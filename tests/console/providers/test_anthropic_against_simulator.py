"""The source against the simulated provider: two readings of one documentation, written apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from console.clock import day_start, epoch
from console.pricing import PriceBook
from console.providers.anthropic.source import AnthropicSource
from console.providers.source import Failure, SourceError, UsageRow
from tests.support.simulator import Provider, provider

DAY = 86_400


@pytest.fixture
async def running() -> AsyncIterator[tuple[AnthropicSource, Provider]]:
    with provider() as simulated:
        key = simulated.running.admin_keys["read"]
        source = AnthropicSource("anthropic", f"http://127.0.0.1:{simulated.running.port}", lambda: key, deadline_s=2)
        yield source, simulated
        await source.close()


Running = tuple[AnthropicSource, Provider]


async def whole(source: AnthropicSource, start: int, end: int, width: int) -> tuple[list[UsageRow], int]:
    """The rows of [start, end), a part after the other, and the requests that it took."""
    rows: list[UsageRow] = []
    requests, more = 0, True
    while more:
        window = await source.usage(start, end, width)
        rows.extend(window.rows)
        start, requests, more = window.end, requests + window.requests, window.more
    return rows, requests


async def test_a_day_by_the_minute_by_the_hour_and_as_billed_is_one_amount(running: Running) -> None:
    source, simulated = running
    day = day_start(simulated.clock.now()) - timedelta(days=3)
    book = PriceBook()
    sums = []
    for width in (60, 3600):
        rows, requests = await whole(source, epoch(day), epoch(day) + DAY, width)
        priced = [book.price_dimensions("anthropic", row.dimensions, row.tokens, row.bucket) for row in rows]
        assert not any(each.unpriced for each in priced)
        assert requests <= 6  # the day in one page is too large, and is asked for in smaller ones
        sums.append(sum(each.cost_microusd for each in priced))
    sums.append(sum(line.amount_microusd for line in await source.billed(day.date(), day.date() + timedelta(days=1))))
    assert min(sums) > 100_000_000
    assert max(sums) - min(sums) < 20_000  # each row is rounded to the micro-dollar, and there are thousands


async def test_names_and_organisation_are_told(running: Running) -> None:
    source, _ = running
    assert "(simulated)" in (await source.check()).name
    named = await source.names()
    assert {each.kind for each in named} == {"api_key", "workspace"}


@pytest.mark.parametrize(
    ("kind", "failure", "times"),
    [
        ("401", Failure.UNAUTHORISED, 1),
        ("403", Failure.FORBIDDEN, 1),
        ("429", Failure.RATE_LIMITED, 1),
        ("500", Failure.UNAVAILABLE, 1),
        ("529", Failure.UNAVAILABLE, 1),
        ("slow", Failure.UNAVAILABLE, 1),
        ("drop", Failure.UNAVAILABLE, 1),
        ("malformed", Failure.MALFORMED, 2),
        ("truncated_pages", Failure.MALFORMED, 2),
        ("duplicate_buckets", Failure.MALFORMED, 2),
        ("huge", Failure.TOO_LARGE, 9),
    ],
)
async def test_a_bad_day_gives_an_error_and_never_half_a_window(
    running: Running, kind: str, failure: Failure, times: int
) -> None:
    source, simulated = running
    end = epoch(simulated.clock.now()) // 60 * 60
    await source.usage(end - 3600, end, 60)
    simulated.post("/simulator/faults", {"kind": kind, "count": times, "path": "/v1", "seconds": 5})
    with pytest.raises(SourceError) as caught:
        await source.usage(end - 3600, end, 60)
    assert caught.value.failure is failure
    simulated.send("DELETE", "/simulator/faults", headers={"x-api-key": simulated.running.admin_keys["kill"]})
    assert (await source.usage(end - 3600, end, 60)).rows
