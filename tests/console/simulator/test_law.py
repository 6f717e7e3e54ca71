"""Usage is a pure function of the seed, and exact: minutes make hours, hours make days, plans make months."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clock import ManualClock, epoch
from console.money import MICRO, from_usd
from console.simulator import reports
from console.simulator.catalogue import NEAR_STRETCH, OVER_ITS_MONTH, PAUSED, PLAYGROUND, profiles
from console.simulator.keys import History
from console.simulator.law import HOUR, Law
from console.simulator.meter import Meter
from console.simulator.prices import PICO, ZERO, add, cost, price
from console.simulator.profiles import Profile, Stream, streams, week
from console.simulator.stories import START, STORIES, story
from console.simulator.world import World

EVERY = [stream for profile in profiles() for stream in streams(profile)]
HOURS = st.integers(0, 90 * 24).map(lambda back: epoch(START) // HOUR * HOUR - back * HOUR)
NOVEMBER = (epoch(datetime(2026, 11, 1, tzinfo=UTC)), epoch(datetime(2026, 12, 1, tzinfo=UTC)))


@settings(deadline=None)
@given(st.sampled_from(EVERY), HOURS, st.integers(0, 50))
def test_minutes_add_up_to_their_hour(stream: Stream, hour: int, seed: int) -> None:
    law = Law(seed, "Europe/London", epoch(START))
    assert reduce(add, law.minutes(stream, hour), ZERO) == law.hour(stream, hour)
    assert all(part >= 0 for minute in law.minutes(stream, hour) for part in minute)


@settings(max_examples=40, deadline=None)
@given(st.integers(-3600, 12 * 3600), st.integers(1, 10 * 3600), st.integers(0, 11))
def test_minutes_add_up_to_their_hour_in_a_disturbed_night_too(stop: int, pause: int, hour: int) -> None:
    told = story("runaway-night")
    profile = told.profiles[0]
    history = History(60.0)
    history.stop(epoch(told.start) + stop)
    history.resume(epoch(told.start) + stop + pause)
    law = Law(1, told.zone, epoch(told.start))
    meter = Meter(law, streams(profile), {profile.key_id or "": history}, told.incident)
    at = epoch(told.start) // HOUR * HOUR + hour * HOUR
    stream = meter.streams[0]
    assert meter.hour(stream, at) == reduce(add, meter.minutes(stream, at), ZERO)
    assert meter.spent(stream, at, at + HOUR) == cost(meter.hour(stream, at), stream.model, "standard", at)


def test_the_reports_agree_by_minute_hour_and_day() -> None:
    world = World(story("quiet-day"), 3, ManualClock(START))
    totals = []
    for width, limit in (("1m", "1440"), ("1h", "24"), ("1d", "1")):
        answer = reports.usage_report(world.meter, {
            "starting_at": ["2026-11-18T00:00:00Z"], "ending_at": ["2026-11-19T00:00:00Z"], "bucket_width": [width],
            "limit": [limit], "group_by[]": ["api_key_id", "model"]}, START.timestamp(), [])
        sums: dict[object, int] = {}
        for bucket in answer["data"]:  # type: ignore[attr-defined]
            for row in bucket["results"]:
                key = row["api_key_id"], row["model"]
                sums[key] = sums.get(key, 0) + row["output_tokens"] + row["cache_read_input_tokens"]
        totals.append(sums)
    assert totals[0] == totals[1] == totals[2]


def test_the_same_seed_gives_the_same_story_and_another_seed_another() -> None:
    def spending(seed: int) -> object:
        world = World(story("runaway-night"), seed, ManualClock(START))
        world.clock = ManualClock(story("runaway-night").end)
        return world.state()["spend"]

    assert spending(1) == spending(1)
    assert spending(1) != spending(2)


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.slug)
def test_a_month_comes_to_its_plan(profile: Profile) -> None:
    if profile.slug in (NEAR_STRETCH, OVER_ITS_MONTH, PAUSED):
        pytest.skip("out of its plan on purpose")
    meter = Meter(Law(1, "Europe/London", epoch(START)), streams(profile), {})
    spent = sum(meter.spent(stream, *NOVEMBER) for stream in meter.streams)
    assert spent / PICO == pytest.approx(profile.monthly_usd, rel=0.25 if profile.slug == PLAYGROUND else 0.10)


def test_the_stories_hold_what_they_promise() -> None:
    world = World(story("quiet-day"), 1, ManualClock(START))
    month = {slug: spent / MICRO for slug, spent in world.by_workload(world.meter, NOVEMBER[0], epoch(START)).items()}
    plan = {profile.slug: profile.monthly_usd for profile in profiles()}
    assert month[OVER_ITS_MONTH] > plan[OVER_ITS_MONTH]
    last_day = world.by_workload(world.meter, epoch(START) - 24 * HOUR, epoch(START))
    week_before = world.by_workload(world.meter, epoch(START) - 8 * 24 * HOUR, epoch(START) - 7 * 24 * HOUR)
    assert 1.8 < last_day[NEAR_STRETCH] / week_before[NEAR_STRETCH] < 2.9
    assert last_day[PAUSED] == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["runaway-night", "no-charter"])
def test_the_night_unstopped_comes_to_312_000_dollars(name: str, seed: int) -> None:
    told = story(name)
    state = World(told, seed, ManualClock(told.end)).state()
    claims = from_usd(state["spend"]["workloads"]["claims-triage"]["usd"])  # type: ignore[index]
    assert claims / MICRO == pytest.approx(312_000, rel=0.05)


def test_the_night_writes_its_cache_and_never_reads_it() -> None:
    told = story("runaway-night")
    meter = Meter(Law(1, told.zone, epoch(told.start)), streams(told.profiles[0]), {}, told.incident)
    midnight = meter.hour(meter.streams[0], epoch(told.start) // HOUR * HOUR + 3 * HOUR)
    _, write, _, read, _, _, calls = midnight
    assert write > 140_000 * calls * 0.9
    assert read < write / 1000
    assert 30_000 < cost(midnight, "claude-sonnet-4-6", "standard", 0) / PICO < 45_000  # about 650 a minute


def test_the_simulator_bills_what_the_price_library_says() -> None:
    from genai_prices import Usage, calc_price

    million = 1_000_000
    for model in {stream.model for stream in EVERY}:
        for index, usage in ((0, Usage(input_tokens=million)),
                             (1, Usage(input_tokens=million, cache_write_tokens=million)),
                             (3, Usage(input_tokens=million, cache_read_tokens=million)),
                             (4, Usage(output_tokens=million))):
            billed = calc_price(usage, model, provider_id="anthropic", genai_request_timestamp=START).total_price
            assert int(billed * MICRO) == price(model, epoch(START))[index], (model, usage)


@pytest.mark.parametrize("shape", ["office", "service", "round-the-clock", "night", "mornings"])
def test_a_weeks_shape_is_one_on_average(shape: str) -> None:
    assert sum(week(shape)) == pytest.approx(168)


def test_four_stories_are_told() -> None:
    assert sorted(STORIES) == ["no-charter", "quiet-day", "runaway-night", "tool-loop"]
