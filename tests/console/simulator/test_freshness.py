"""Usage shows late, some of it later still, and what was shown is never taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.clock import rfc3339
from console.money import from_cents, from_usd
from console.simulator.catalogue import PRODUCTION, key_id
from console.simulator.meter import Delays
from tests.support.simulator import Provider, provider


def minutes(night: Provider, back: int = 120) -> list[Any]:
    start = night.clock.now() - timedelta(minutes=back)
    reply = night.get("usage_report/messages", ("starting_at", rfc3339(start)), ("bucket_width", "1m"),
                      ("limit", "1440"), ("api_key_ids[]", key_id("customer-chat")))
    buckets: list[Any] = reply.body["data"]
    return buckets


def shown(buckets: list[Any]) -> dict[str, int]:
    return {bucket["starting_at"]: sum(row["output_tokens"] for row in bucket["results"]) for bucket in buckets}


def test_the_newest_five_minutes_are_empty_and_older_ones_are_not() -> None:
    with provider() as quiet:
        buckets = minutes(quiet)
        assert not any(bucket["results"] for bucket in buckets[-4:])
        assert any(bucket["results"] for bucket in buckets[-20:-6])


def test_late_parts_arrive_and_only_ever_add() -> None:
    with provider() as quiet:
        before = shown(minutes(quiet))
        for _ in range(25):
            quiet.clock.advance(60)
            after = shown(minutes(quiet))
            assert all(after.get(start, tokens) >= tokens for start, tokens in before.items())
            before = after
        restated = [start for start in before if before[start] > shown(minutes(quiet)).get(start, 0)]
        assert restated == []


def test_some_minutes_are_restated() -> None:
    with provider(delays=Delays(restatement_s=3600.0)) as quiet:
        early = shown(minutes(quiet, 600))
        quiet.clock.advance(2 * 3600)
        late = shown(minutes(quiet, 720))
        grown = [start for start, tokens in early.items() if 0 < tokens < late.get(start, 0)]
        assert grown


@pytest.mark.parametrize("seed", [1, 2])
def test_delays_are_the_same_for_the_same_seed(seed: int) -> None:
    with provider(seed=seed) as one, provider(seed=seed) as other:
        assert minutes(one) == minutes(other)


def test_without_delays_a_minute_shows_when_it_ends() -> None:
    with provider(delays=Delays(ingestion_s=0.0, restatement_s=0.0)) as quiet:
        buckets = minutes(quiet)
        assert buckets[-2]["results"]
        assert buckets[-1]["results"] == []


def test_the_cost_report_bills_the_same_usage_in_cents() -> None:
    with provider(delays=Delays(ingestion_s=0.0, restatement_s=0.0)) as quiet:
        day = quiet.clock.now().replace(hour=0, minute=0) - timedelta(days=1)
        true = quiet.running.world.spent(day, day + timedelta(days=1))
        asked = ("starting_at", rfc3339(day)), ("limit", "1")
        plain = quiet.get("cost_report", *asked).body["data"][0]["results"]
        assert [row["workspace_id"] for row in plain] == [None]
        assert from_cents(plain[0]["amount"]) == pytest.approx(true, abs=20)
        assert plain[0]["currency"] == "USD"
        lines = quiet.get("cost_report", *asked, ("group_by[]", "description"),
                          ("group_by[]", "workspace_id")).body["data"][0]["results"]
        assert sum(from_cents(row["amount"]) for row in lines) == pytest.approx(true, abs=200)
        assert {row["cost_type"] for row in lines} == {"tokens", "web_search"}
        searches = next(row for row in lines if row["cost_type"] == "web_search")
        assert (searches["model"], searches["token_type"]) == (None, None)
        assert PRODUCTION in {row["workspace_id"] for row in lines}


@pytest.mark.parametrize("params", [[("bucket_width", "1h")], [("limit", "32")], [("group_by[]", "api_key_id")],
                                    [("api_key_ids[]", "x")]])
def test_the_cost_report_knows_days_and_two_groupings_only(params: list[tuple[str, str]]) -> None:
    with provider() as quiet:
        assert quiet.get("cost_report", ("starting_at", "2026-11-18T00:00:00Z"), *params).status == 400


def test_the_state_tells_the_truth_that_the_reports_do_not_show_yet() -> None:
    with provider("runaway-night") as night:
        night.clock.advance(30 * 60)
        state = night.state()
        assert from_usd(state["spend"]["total_usd"]) > 1_000_000_000
        assert state["spend"] == state["without_console"]
        assert state["now"] == "2026-11-19T22:26:00Z"
