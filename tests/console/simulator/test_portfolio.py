"""The files of the simulated organisation are what the console itself would accept, without a single remark."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from console.charters.document import TokensPerCall
from console.charters.parsing import parse, read
from console.charters.rules import check
from console.charters.tram import DEFAULT
from console.clock import ManualClock, epoch
from console.config import load
from console.operations.mbom import file as mbom_file
from console.simulator.catalogue import RUNAWAY, STRAYS, WITHOUT_CHARTER, profiles
from console.simulator.law import HOUR
from console.simulator.portfolio import portfolio
from console.simulator.prices import PICO, cost
from console.simulator.stories import START, STORIES, story
from console.simulator.world import World


def price(model: str, tokens: TokensPerCall, calls: Decimal) -> int:
    used = [int(each * calls) for each in (tokens.uncached_input, tokens.cache_write, tokens.cache_read, tokens.output)]
    return cost((used[0], used[1], 0, used[2], used[3], 0, 0), model, "standard", epoch(START)) // 10**6


@pytest.mark.parametrize("story", sorted(STORIES))
def test_every_charter_can_be_signed_as_it_is(story: str) -> None:
    for charter in portfolio(story).charters:
        verdict = check(read(charter.toml, charter.workload), DEFAULT, price)
        assert verdict.problems == (), charter.workload


def test_the_charter_of_the_night_trips_early() -> None:
    charter = next(each for each in portfolio("runaway-night").charters if each.workload == RUNAWAY)
    document = parse(charter.toml, RUNAWAY)
    assert document.expected.monthly == 4_000_000_000
    assert document.runaway.multiple == Decimal(15)
    assert (document.runaway.kill, document.runaway.automatic) == (20_000_000_000, True)
    assert [criterion.line for criterion in document.kill_criteria] == [
        "month_usd above 20000 over month", "spend_usd above 150 over 10m", "rework_rate above 0.15 over 7d",
        "alpha_net_per_dollar below 1 over quarter"]
    assert charter.roles == ("business_owner", "platform_lead", "finance_partner", "risk_officer")


def test_one_workload_has_no_charter_and_in_one_story_two() -> None:
    everyone = {profile.slug for profile in profiles()} - set(STRAYS)
    assert everyone - {each.workload for each in portfolio("runaway-night").charters} == {WITHOUT_CHARTER}
    assert everyone - {each.workload for each in portfolio("no-charter").charters} == {WITHOUT_CHARTER, RUNAWAY}


def test_the_configuration_and_the_mbom_are_accepted(tmp_path: Path) -> None:
    files = portfolio("quiet-day", base_url="http://127.0.0.1:4242", user="maria")
    (tmp_path / "token-console.toml").write_text(files.config_toml)
    config = load(tmp_path / "token-console.toml")
    assert config.simulated
    assert config.sources[0].base_url == "http://127.0.0.1:4242"
    assert config.sources[0].backfill_days == 60
    assert not config.sources[0].one_secret_for_both
    mbom = mbom_file.read(files.mbom_toml, "mbom", config)
    assert (len(mbom.entries), mbom.problems) == (14, [])


def test_nobody_claims_the_stray_keys() -> None:
    claimed = {rule["api_key_id"] for entry in tomllib.loads(portfolio("quiet-day").mbom_toml)["workload"]
               for rule in entry["usage"]}
    assert claimed.isdisjoint(profile.key_id for profile in profiles() if profile.slug in STRAYS)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_healthy_workload_never_comes_near_its_own_kill_criteria(seed: int) -> None:
    """Sixty days by the hour: no hour spends half of what the criterion over an hour (or ten minutes) allows."""
    world = World(story("quiet-day"), seed, ManualClock(START))
    end = epoch(START) // HOUR * HOUR
    for charter in portfolio("quiet-day").charters:
        document = parse(charter.toml, charter.workload)
        window = document.kill_criteria[1]
        owned = [stream for stream in world.meter.streams if stream.profile.slug == charter.workload]
        dearest = max(sum(world.meter.spent(stream, at, at + HOUR) for stream in owned)
                      for at in range(end - 60 * 24 * HOUR, end, HOUR))
        assert dearest / PICO < float(window.value) / 2, charter.workload


def test_some_users_lack_the_literacy_that_their_workload_takes_and_of_some_nobody_knows() -> None:
    stated = [entry.get("prompt_literacy") for entry in tomllib.loads(portfolio("quiet-day").mbom_toml)["workload"]]
    assert None in stated
    assert any(levels["had"] < levels["required"] for levels in stated if levels)
