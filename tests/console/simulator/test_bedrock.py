"""The simulated Bedrock, seen with boto3 and with the console's own source and switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console import kinds
from console.clock import ManualClock, epoch
from console.http import BoundedClient
from console.kinds import SourceTools, SwitchTools
from console.pricing import PriceBook
from console.providers import bedrock
from console.providers.source import Failure, Source, SourceError, UsageRow
from console.simulator.bedrock.cloud import ACCOUNT, inference_profile, role_arn
from console.simulator.bedrock.server import RunningBedrock
from console.simulator.catalogue import RUNAWAY
from console.simulator.faults import Fault
from console.simulator.meter import Delays
from console.simulator.stories import story
from console.simulator.world import World
from console.switches.switch import Switch
from console.watch.planning import declared
from tests.support import aws as support

NIGHT = story("runaway-night")
PROFILES = tuple(profile for profile in NIGHT.profiles if profile.slug in (RUNAWAY, "policy-search"))
CLAIMS = next(profile for profile in PROFILES if profile.slug == RUNAWAY)
ONSET = epoch(datetime(2026, 11, 19, 22, 0, tzinfo=UTC))


class Night:
    """A running simulator and the clock that moves it."""

    def __init__(self, running: RunningBedrock, clock: ManualClock) -> None:
        self.running, self.clock, self.cloud = running, clock, running.cloud

    def source(self, **options: object) -> Source:
        tools = SourceTools(lambda: self.cloud.secrets["read"], self.clock, Path())
        made: Source = bedrock.KIND.build(support.settings(self.running.base_url, **options), tools)
        return made

    def switch(self, secret: str = "kill") -> Switch:
        tools = SwitchTools(BoundedClient(), lambda: self.cloud.secrets[secret], tuple, self.clock.now, Path())
        return kinds.switch("aws-deny").build(support.settings(self.running.base_url), tools)

    def boto(self, service: str) -> Any:
        import boto3

        access, secret = self.cloud.secrets["read"].split(":")
        return boto3.client(service, region_name="eu-west-2", endpoint_url=self.running.base_url,
                            aws_access_key_id=access, aws_secret_access_key=secret)


async def read(source: Source, start: int, end: int, width: int) -> list[UsageRow]:
    """Every row of [start, end), however many parts it is given in."""
    rows: list[UsageRow] = []
    while start < end:
        window = await source.usage(start, end, width)
        rows += window.rows
        start = window.end
    return rows


@pytest.fixture
def night() -> Iterator[Night]:
    clock = ManualClock(NIGHT.start)
    at_once = Delays(ingestion_s=0.0, restatement_s=0.0, propagation_s=5.0, tail_s=0.0)
    with RunningBedrock(World(replace(NIGHT, profiles=PROFILES), 1, clock, at_once)) as running:
        yield Night(running, clock)


async def test_the_console_reads_what_the_world_really_spent(night: Night) -> None:
    source, prices = night.source(), PriceBook()
    start, end = ONSET - 86_400, ONSET - 3600
    rows = await read(source, start, end, 3600)
    cost = sum(prices.price_dimensions("bedrock", row.dimensions, row.tokens, row.bucket).cost_microusd
               for row in rows)
    world = night.cloud.world
    true = sum(world.by_workload(world.meter, start, end).values())
    assert cost == pytest.approx(true, rel=1e-5)
    assert {dict(row.dimensions)["account"] for row in rows} == {ACCOUNT}
    assert {named.name for named in await source.names()} == {RUNAWAY, "policy-search"}
    await source.close()


async def test_a_deny_on_the_role_ends_the_spending_and_its_removal_lets_it_go_on(night: Night) -> None:
    switch, source, role = night.switch(), night.source(), role_arn(CLAIMS)
    mine = inference_profile(CLAIMS, "claude-sonnet-4-6")

    async def calls(start: int, end: int) -> int:
        rows = await read(source, start, end, 60)
        return sum(row.requests or 0 for row in rows if dict(row.dimensions)["inference_profile"] == mine)

    night.clock.advance(30 * 60)
    assert await calls(ONSET, ONSET + 20 * 60) > 100
    assert await switch.read(role) == "not denied"
    await switch.act(role, declared(switch, "disable"), "key")
    assert await switch.read(role) == "denied"

    denied = epoch(night.clock.now()) // 60 * 60 + 60
    night.clock.advance(30 * 60)
    assert await calls(denied, denied + 20 * 60) == 0
    await switch.act(role, declared(switch, "enable"), "key")
    assert await switch.read(role) == "not denied"
    again = epoch(night.clock.now()) // 60 * 60 + 60
    night.clock.advance(30 * 60)
    assert await calls(again, again + 20 * 60) > 0
    await switch.close()
    await source.close()


def test_more_points_than_one_answer_holds_come_in_pages_without_loss(night: Night) -> None:
    cloudwatch = night.boto("cloudwatch")
    listed = cloudwatch.list_metrics(Namespace="AWS/Bedrock")["Metrics"]
    queries = [{"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
               for number, metric in enumerate(listed)]
    span = {"StartTime": NIGHT.start - timedelta(days=2), "EndTime": NIGHT.start, "MetricDataQueries": queries}

    def every(**more: object) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        while True:
            page = cloudwatch.get_metric_data(**span, **more)
            for result in page["MetricDataResults"]:
                found.setdefault(result["Id"], []).extend(result["Values"])
            if "NextToken" not in page:
                return found
            more["NextToken"] = page["NextToken"]

    assert every(MaxDatapoints=7) == every()


async def test_the_reading_key_may_not_switch_and_says_which_action_it_lacks(night: Night) -> None:
    switch = night.switch("read")
    answer = await switch.act(role_arn(CLAIMS), declared(switch, "disable"), "key")
    assert "user/token-console-read may not iam:PutRolePolicy" in answer.detail
    assert night.cloud.writes == []
    await switch.close()


async def test_billed_days_are_the_worlds_own_cost(night: Night) -> None:
    source = night.source(cost_explorer=True)
    day = (NIGHT.start - timedelta(days=2)).date()
    lines = await source.billed(day, day + timedelta(days=1))
    world, start = night.cloud.world, epoch(datetime(day.year, day.month, day.day, tzinfo=UTC))
    true = sum(world.by_workload(world.meter, start, start + 86_400).values())
    assert sum(line.amount_microusd for line in lines) == pytest.approx(true, rel=1e-5)
    await source.close()


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("401", Failure.UNAUTHORISED), ("403", Failure.FORBIDDEN), ("429", Failure.RATE_LIMITED),
     ("500", Failure.UNAVAILABLE), ("529", Failure.UNAVAILABLE), ("drop", Failure.UNAVAILABLE),
     ("malformed", Failure.MALFORMED), ("truncated_pages", Failure.MALFORMED), ("negative", Failure.MALFORMED),
     ("duplicate_buckets", Failure.MALFORMED), ("huge", Failure.TOO_LARGE)],
)
async def test_every_fault_is_an_error_and_never_half_a_window(night: Night, kind: str, failure: Failure) -> None:
    source = night.source()
    night.running.faults.order(Fault(kind, count=2, path="/cloudwatch/GetMetricData"))
    with pytest.raises(SourceError) as caught:
        await source.usage(ONSET - 7200, ONSET - 3600, 60)
    assert caught.value.failure is failure
    night.running.faults.clear()
    assert (await source.usage(ONSET - 7200, ONSET - 3600, 60)).rows
    await source.close()
