"""Anthropic's cost by key, from the analytics beta: as far as it is whole, and never beside the cost report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from console.clock import ManualClock, day_start
from console.providers.anthropic.analytics import Analytics
from console.providers.anthropic.source import AnthropicSource
from console.providers.shared.fields import UnusableError
from console.providers.source import SourceError
from tests.support.http_server import Asked, Reply, json_reply, serving
from tests.support.simulator import Provider, provider

DAY = date(2026, 11, 20)
GROUP = {"api_key_id": "apikey_01", "model": "claude-sonnet-4-6", "workspace_id": "wrkspc_1", "service_tier": None,
         "cost_type": "tokens", "token_type": "output_tokens", "actor": None}
ROW = {"starting_at": "2026-11-20T00:00:00Z", "ending_at": "2026-11-21T00:00:00Z", "group": GROUP,
       "cost": {"amount": "812.340000", "list_amount": "900", "currency": "USD", "requests": 143}}


def page(*rows: dict[str, Any], fresh: str | None = "2026-11-22T03:00:00Z", **more: Any) -> dict[str, Any]:
    return {"data": list(rows), "has_more": False, "next_page": None, "data_refreshed_at": fresh, **more}


@pytest.fixture
async def running() -> AsyncIterator[tuple[AnthropicSource, AnthropicSource, Provider]]:
    with provider() as simulated:
        made = [AnthropicSource("anthropic", f"http://127.0.0.1:{simulated.running.port}",
                                lambda: simulated.running.admin_keys["read"], clock=simulated.clock, analytics=by_key)
                for by_key in (True, False)]
        yield made[0], made[1], simulated
        for source in made:
            await source.close()


async def test_each_day_is_billed_once_and_by_key_where_it_is_whole(
    running: tuple[AnthropicSource, AnthropicSource, Provider]
) -> None:
    by_key, by_line, simulated = running
    today = day_start(simulated.clock.now()).date()
    start, end = today - timedelta(days=3), today + timedelta(days=1)
    keyed, plain = await by_key.billed(start, end), await by_line.billed(start, end)
    for day in (start, start + timedelta(days=1), today):
        ours, theirs = (sum(row.amount_microusd for row in rows if row.day == day) for rows in (keyed, plain))
        assert abs(ours - theirs) <= 100  # each line is rounded to the micro-dollar
    whole = {row.day for row in keyed if dict(row.dimensions).get("api_key_id")}
    assert whole == {start, start + timedelta(days=1), start + timedelta(days=2)}
    assert not {row.day for row in plain if "api_key_id" in dict(row.dimensions)}


async def read(answer: Callable[[Asked], Reply], start: date = DAY, end: date = DAY + timedelta(days=1)) -> Any:
    """What `billed` gives and what was asked, with the cost report empty."""
    def both(asked: Asked) -> Reply:
        if asked.path.endswith("analytics/cost"):
            return answer(asked)
        raise AssertionError("the cost report is not asked where the analytics know the day")

    with serving(both) as server:
        source = AnthropicSource("anthropic", server.url, lambda: "k", analytics=True,
                                 clock=ManualClock(datetime.combine(end, time(3), UTC)))
        try:
            return await source.billed(start, end), server.asked
        finally:
            await source.close()


async def test_pages_are_followed_and_alike_lines_are_one() -> None:
    def answer(asked: Asked) -> Reply:
        first = asked.one("page") is None
        return json_reply(page(ROW, has_more=first, next_page="c1" if first else None))

    (row,), asked = await read(answer)
    assert row.amount_microusd == 2 * 8_123_400  # cents
    assert dict(row.dimensions)["api_key_id"] == "apikey_01"
    assert row.cost_type == "tokens"
    assert asked[0].headers["anthropic-beta"] == "analytics-usage-cost-2026-08-24"
    assert asked[1].one("page") == "c1"
    assert asked[0].one("time_bucket_width") == "1d"


async def test_a_cursor_that_died_with_a_refresh_begins_again_once() -> None:
    turns = iter([json_reply(page(ROW, has_more=True, next_page="c1")), json_reply({}, 410), json_reply(page(ROW))])
    (row,), asked = await read(lambda asked: next(turns))
    assert row.amount_microusd == 8_123_400
    assert len(asked) == 3


async def test_a_long_time_is_asked_in_months() -> None:
    rows, asked = await read(lambda asked: json_reply(page(fresh="2026-11-22T03:00:00Z")), date(2026, 9, 1), DAY)
    assert rows == []
    assert [each.one("starting_at") for each in asked] == [
        "2026-09-01T00:00:00Z", "2026-10-02T00:00:00Z", "2026-11-02T00:00:00Z"]


@pytest.mark.parametrize("status", [400, 404])
async def test_an_organisation_without_the_beta_is_told_what_to_change(status: int) -> None:
    with pytest.raises(SourceError, match="take analytics = true out"):
        await read(lambda asked: json_reply({"type": "error", "error": {"type": "x", "message": "no"}}, status))


async def test_pages_that_go_in_circles_are_refused() -> None:
    with pytest.raises(SourceError, match="does not end"):
        await read(lambda asked: json_reply(page(ROW, has_more=True, next_page="c1")))


def test_days_after_the_refresh_are_not_known_and_without_one_none_is() -> None:
    reading = Analytics()
    reading.page(json_bytes(page(ROW)))
    assert reading.known_until(date(2026, 11, 30)) == date(2026, 11, 22)
    assert reading.known_until(date(2026, 11, 21)) == date(2026, 11, 21)
    reading.page(json_bytes(page(ROW, fresh=None)))
    assert reading.known_until(date(2026, 11, 21)) == date.min


@pytest.mark.parametrize("change", [{"cost": {"amount": 812, "currency": "USD"}}, {"group": None},
                                    {"cost": {"amount": "1", "currency": "EUR"}}, {"starting_at": "yesterday"}])
def test_what_is_not_as_documented_is_refused_whole(change: dict[str, Any]) -> None:
    reading = Analytics()
    with pytest.raises(UnusableError):
        reading.page(json_bytes(page(ROW, {**ROW, **change})))
    assert reading.lines == {}


def json_bytes(value: object) -> bytes:
    return json_reply(value).body
