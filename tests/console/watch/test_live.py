"""Calls that are pushed over a socket: in the file before their sender is answered, judged at once, killed for."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import Tokens
from console.simulator.catalogue import key_id
from console.watch.live import Live
from store import incidents, pushed, streams
from store.tables import Alert
from tests.support import otlp
from tests.support.listening import Listened, listened, until
from tests.support.organisation import RUNAWAY
from tests.support.pushing import call


@pytest.fixture
async def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listened]:
    async with listened(tmp_path) as found:
        monkeypatch.setattr(otlp, "AT", round(found.whole.provider.clock.now().timestamp()) * otlp.NANOSECONDS)
        yield found


def looping(number: int, **changes: Any) -> dict[str, Any]:
    """One call of an agent that is stuck: it asks for the same tool with the same arguments each time."""
    asked = [{"role": "assistant", "parts": [
        {"type": "tool_call", "id": f"toolu_{number}", "name": "search", "arguments": {"query": "the same"}}]}]
    return otlp.span(number, {
        "gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.response.id": f"msg_{number}",
        "gen_ai.request.model": "claude-opus-4-6", "gen_ai.usage.input_tokens": 400_000,
        "gen_ai.usage.output_tokens": 30_000, "gen_ai.output.messages": json.dumps(asked), **changes,
    }, trace=1, seconds_ago=60 - number)


async def send(found: Listened, *spans: dict[str, Any]) -> None:
    reply = await found.client.post("/v1/traces", json=otlp.traces(spans))
    assert reply.status_code == 200, reply.text


def key(found: Listened) -> str:
    return str(found.whole.provider.get(f"api_keys/{key_id(RUNAWAY)}").body["status"])


def alerts(found: Listened) -> list[Alert]:
    with found.whole.database.read() as tx:
        return [alert for alert in incidents.alerts(tx, RUNAWAY, 50) if alert.resolved_at is None]


async def test_a_tool_loop_that_is_pushed_is_killed_within_seconds_without_a_poll(night: Listened) -> None:
    await send(night, *(looping(number) for number in range(1, 9)))
    assert key(night) == "active"
    begun = time.monotonic()
    await send(night, *(looping(number) for number in range(9, 16)))
    await until(lambda: key(night) == "inactive")
    assert time.monotonic() - begun < 5.0
    (kill,) = night.whole.kills()
    assert (kill.origin, kill.evidence["figures"]["signs"]) == ("automatic", "above plan, tool loop")
    assert "15 times the same call of search" in kill.evidence["figures"]["tool loop"]


async def test_a_few_calls_of_the_same_tool_kill_nobody(night: Listened) -> None:
    await send(night, *(looping(number) for number in range(1, 8)))
    live = night.engine._listening.live
    await until(lambda: not live._waiting and not live._suspected)
    await night.whole.turn(1.0)
    assert (night.whole.kills(), key(night)) == ([], "active")


async def test_what_an_alert_says_of_calls_is_on_screen_before_the_next_poll(night: Listened) -> None:
    drawn = len(night.whole.published)
    await send(night, *(looping(number, **{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1})
                        for number in range(1, 14)))
    await until(lambda: any(alert.window == "tool loop" for alert in alerts(night)))
    await until(lambda: len(night.whole.published) > drawn)
    assert any(alert.workload == RUNAWAY for alert in night.whole.published[-1].alerts)
    assert night.whole.kills() == [], "it costs next to nothing"


async def test_after_a_turn_the_source_is_fresh_and_idle_is_not_stale(night: Listened) -> None:
    await send(night, looping(1))
    await night.whole.turn(60)
    for _ in range(5):
        await night.whole.turn(60)
    line = next(source for source in night.whole.published[-1].sources if source.name == "otel")
    assert line.state == "ok"
    assert night.whole.line(RUNAWAY).state != "blind"


async def test_where_nobody_speaks_any_more_it_grows_stale(night: Listened) -> None:
    await send(night, looping(1))
    for _ in range(8):
        await night.whole.turn(300)
    line = next(source for source in night.whole.published[-1].sources if source.name == "otel")
    assert line.state == "stale"
    told = next(alert for alert in night.whole.published[-1].alerts if alert.workload == "source:otel")
    assert (told.severity, told.summary) == ("warning", "otel was told nothing for over half an hour")
    assert night.whole.line(RUNAWAY).stale is False, "polls tell of it"


async def test_a_source_that_nobody_told_anything_yet_is_well(night: Listened) -> None:
    await night.whole.turn(60)
    line = next(source for source in night.whole.published[-1].sources if source.name == "otel")
    assert (line.state, line.data_until) == ("ok", None)


async def test_pushed_minutes_leave_the_figure_when_the_poll_has_passed_them(night: Listened) -> None:
    await send(night, looping(1))
    with night.whole.database.read() as tx:
        (one,) = pushed.all_pushed(tx).values()
        assert (one.workload, one.covered_by) == (RUNAWAY, "anthropic")
        told = pushed.counted(tx, RUNAWAY, 0)
    assert told > 0
    for _ in range(8):
        await night.whole.turn(60)
    with night.whole.database.read() as tx:
        assert pushed.counted(tx, RUNAWAY, 0) == 0
        watermark = streams.get(tx, "anthropic", "usage").watermark
        (one,) = pushed.all_pushed(tx).values()
        assert one.covered_until == watermark
        noon = int(night.whole.provider.clock.now().timestamp())
        assert pushed.beside_polled(tx, RUNAWAY, noon - 86_400, noon) is None, "no whole hour of it is over yet"


async def test_what_anybody_may_claim_raises_an_alert_and_kills_nobody(tmp_path: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    async with listened(tmp_path, secret=False) as open_to_all:
        monkeypatch.setattr(otlp, "AT", round(open_to_all.whole.provider.clock.now().timestamp()) * otlp.NANOSECONDS)
        await send(open_to_all, *(looping(number) for number in range(1, 16)))
        await until(lambda: any(alert.window == "kill" for alert in alerts(open_to_all)))
        await open_to_all.whole.turn(60)
        await open_to_all.whole.turn(60)
        assert open_to_all.whole.kills() == []
        assert any("its senders prove nothing" in notice for notice in open_to_all.whole.published[-1].notices)


async def test_after_a_restart_the_calls_of_the_last_hour_are_known(night: Listened) -> None:
    await send(night, *(looping(number) for number in range(1, 8)))
    await night.engine._listening.stop()
    night.engine._judge.forget()
    await night.engine.cycle()
    await night.engine.listen()
    live: Live = night.engine._listening.live
    signs = live.calls.called.signs(RUNAWAY, night.whole.provider.clock.now())
    assert signs is not None
    assert (signs.most_repeats, signs.looping) == (7, 1)
    assert signs.spent_15m > 0


async def test_what_goes_on_is_not_said_again_with_each_batch(night: Listened) -> None:
    small = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1}
    await send(night, *(looping(number, **small) for number in range(1, 14)))
    await until(lambda: any(alert.window == "tool loop" for alert in alerts(night)))
    before = alerts(night)
    for number in range(14, 17):
        await send(night, looping(number, **small))
    live = night.engine._listening.live
    await until(lambda: not live._waiting and not live._acts)
    assert [(alert.id, alert.transition, alert.last_evaluated) for alert in alerts(night)] == [
        (alert.id, alert.transition, alert.last_evaluated) for alert in before]


async def test_a_cap_of_the_charter_is_reached_by_what_is_pushed_without_a_poll(night: Listened) -> None:
    now = night.whole.provider.clock.now()
    dear = [replace(call(service="triage", tokens=Tokens(10**9)), at=now) for _ in range(8)]
    await night.engine._listening.live.take("otel", dear)
    await until(lambda: key(night) == "inactive")
    (kill,) = night.whole.kills()
    assert kill.evidence["rule"] == "cap"


async def test_of_a_month_that_began_since_the_last_turn_nothing_is_judged_by_what_the_old_one_came_to(
    night: Listened,
) -> None:
    judge, now = night.engine._judge, night.whole.provider.clock.now()
    assert judge._last is not None
    last = judge._last[RUNAWAY]
    known = judge._known(RUNAWAY, now)
    assert known is not None
    assert known.month == last.month > 0
    begun = judge._known(RUNAWAY, last.month_end)
    assert begun is not None
    assert (begun.month, begun.today) == (0, 0)


async def test_where_no_turn_is_finished_for_long_what_was_fresh_grows_old(night: Listened) -> None:
    judge, now = night.engine._judge, night.whole.provider.clock.now()
    fresh, old = judge._known(RUNAWAY, now), judge._known(RUNAWAY, now + timedelta(hours=1))
    assert fresh is not None
    assert old is not None
    assert (fresh.fresh, old.fresh) == (True, False)
