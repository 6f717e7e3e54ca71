"""The workloads that live elsewhere than at Anthropic: their papers, and a kill at each provider."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from console import kinds
from console.charters.document import TokensPerCall
from console.charters.parsing import parse, read
from console.charters.rules import check
from console.charters.tram import DEFAULT
from console.clock import ManualClock, epoch
from console.config import load
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.operations.mbom import file as mbom_file
from console.simulator.everywhere.agent import Agent
from console.simulator.everywhere.bedrock import OnBedrock
from console.simulator.everywhere.catalogue import DAYS, ELSEWHERE, everyone
from console.simulator.everywhere.gateway import BehindGateway
from console.simulator.everywhere.home import Home, world_of
from console.simulator.everywhere.openai import AtOpenAi
from console.simulator.everywhere.serving import Everywhere
from console.simulator.everywhere.vertex import OnVertex
from console.simulator.law import HOUR
from console.simulator.portfolio import SeededPortfolio, portfolio
from console.simulator.prices import PICO, cost
from console.simulator.stories import START, Story, story
from console.simulator.world import World
from console.switches.switch import Outcome

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
SLUGS = [profile.slug for profile in ELSEWHERE]


def everywhere(tmp_path: Path) -> Everywhere:
    told = story("quiet-day")
    clock = ManualClock(told.start)
    return Everywhere(World(Story(told.name, "", told.start, told.end, everyone(told.profiles)), 1, clock), 1, clock,
                      tmp_path / "gates")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SeededPortfolio:
    with everywhere(tmp_path_factory.mktemp("demo")) as found:
        return portfolio("quiet-day", living=found.living)


def price(model: str, tokens: TokensPerCall, calls: Decimal) -> int:
    used = [int(each * calls) for each in (tokens.uncached_input, tokens.cache_write, tokens.cache_read, tokens.output)]
    return cost((used[0], used[1], 0, used[2], used[3], 0, 0), model, "standard", epoch(START)) // 10**6


def test_their_charters_can_be_signed_as_they_are(files: SeededPortfolio) -> None:
    charters = {charter.workload: charter for charter in files.charters}
    for slug in SLUGS:
        assert check(read(charters[slug].toml, slug), DEFAULT, price).problems == (), slug


def test_the_configuration_and_the_mbom_name_every_place(files: SeededPortfolio, tmp_path: Path) -> None:
    (tmp_path / "token-console.toml").write_text(files.config_toml)
    config = load(tmp_path / "token-console.toml")
    assert [source.kind for source in config.sources] == ["anthropic", "openai", "bedrock", "vertex", "litellm", "otel"]
    mbom = mbom_file.read(files.mbom_toml, "mbom", config)
    assert (len(mbom.entries), mbom.problems) == (14 + len(SLUGS), [])


def test_none_of_them_comes_near_its_own_kill_criteria(files: SeededPortfolio) -> None:
    charters = {charter.workload: charter for charter in files.charters}
    end = epoch(START) // HOUR * HOUR
    for profile in ELSEWHERE:
        world = world_of(profile, story("quiet-day"), 1, ManualClock(START))
        window = parse(charters[profile.slug].toml, profile.slug).kill_criteria[1]
        dearest = max(world.meter.spent(world.meter.streams[0], at, at + HOUR)
                      for at in range(end - DAYS * 24 * HOUR, end, HOUR))
        assert dearest / PICO < float(window.value) / 2, profile.slug


@pytest.mark.parametrize("settle", [AtOpenAi, OnBedrock, OnVertex, BehindGateway])
async def test_a_kill_at_its_provider_ends_what_a_workload_spends_and_a_resume_brings_it_back(
        settle: Callable[[Story, int, ManualClock], Home], tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    home = settle(story("quiet-day", NOON), 1, clock)
    with home.serving:
        living = home.living
        (tmp_path / "token-console.toml").write_text(portfolio("quiet-day", living=[living]).config_toml)
        settings = load(tmp_path / "token-console.toml").sources[1]
        secret = living.secrets[str(settings.kill_secret).removeprefix("file:")]
        kind, target = (str(living.stopped_by[0][key]) for key in ("kind", "target"))
        switch = kinds.switch(kind).build(
            settings, SwitchTools(BoundedClient(), lambda: secret, tuple, clock.now, tmp_path))

        async def spent_after(verb: str) -> int:
            """Micro-dollars of the second half hour after it."""
            assert (await switch.act(target, switch.verbs[verb], "once")).outcome is Outcome.ACCEPTED
            for _ in range(30):
                home.pulse()
                clock.advance(60)
            begun = clock.now()
            clock.advance(1800)
            home.pulse()
            return home.world.spent(begun, clock.now())

        assert home.world.spent(datetime(2026, 11, 19, 11, 0, tzinfo=UTC), NOON) > 0
        before = await switch.read(target)
        assert await spent_after("disable") == 0
        assert await switch.read(target) != before
        assert await spent_after("enable") > 0
        await switch.close()


def test_the_agent_stops_when_its_gate_is_closed_and_its_key_stays_as_it_is(tmp_path: Path) -> None:
    told = story("tool-loop")
    clock = ManualClock(told.start)
    world = World(told, 1, clock)
    agent = Agent(world, tmp_path)
    agent.pulse()
    clock.advance(600)
    (tmp_path / "renewal-agent.json").write_text('{"state":"closed"}')
    agent.pulse()
    stopped = clock.now()
    clock.advance(3600)
    assert world.by_workload(world.meter, epoch(stopped), epoch(clock.now()))["renewal-agent"] == 0
    assert all(key.status == "active" for key in world.keys.values() if "renewalagent" in key.identifier)


def test_a_provider_that_the_console_could_not_read_is_left_out_with_a_sentence(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.simulator.everywhere.serving.find_spec", lambda _: None)
    with everywhere(tmp_path) as found:
        assert [place.workload for place in found.living] == ["subrogation-letters", "treaty-reader", "renewal-agent"]
    assert found.missing[0] == ("Amazon Bedrock is left out of the demo, since boto3 is not installed: "
                                "pip install 'token-console[aws]'.")
