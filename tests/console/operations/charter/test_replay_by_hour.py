"""An amendment on the part of the quarter that is known by the hour only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import epoch, from_epoch
from console.operations import registry
from console.operations.charter import replay as charter_replay
from console.operations.charter.replay import Amendment
from console.operations.desk import Desk
from store import usage as usage_store
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import ARCHITECT, NOON, VIEWER, open_desk
from tests.support.kills import spend
from tests.support.mbom import CLAIMS
from tests.support.registered import sign_all

W = "claims-triage"
DIMENSIONS = '{"api_key_id":"apikey_01Example","model":"claude-sonnet-4-6"}'
DAY, HOUR = 86_400, 3600
END = epoch(NOON)
MINUTES = END - 3 * HOUR
"""From here on there are minutes."""
LATER = epoch(NOON.replace(month=9, day=15, hour=0))
"""Within the quarter, and before there are minutes."""
MONTH = epoch(NOON.replace(day=1, hour=0))
QUARTER = END - 92 * DAY
TIGHT = CLAIMS_TRIAGE + '''
[[kill_criteria]]
kind = "economic"
metric = "spend_usd"
above = "20"
window = "1h"
action = "pause"
automatic = true
'''


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A Charter in force that asks for nothing below its month, and three hours of minutes at two dollars each."""
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        await registry.import_charter(opened, ARCHITECT, text=CLAIMS_TRIAGE, name="claims-triage.toml")
        await sign_all(opened, W)
        spend(opened, dict.fromkeys(range(MINUTES, END, 1800), 1), slug=W)
        yield opened


async def replayed(desk: Desk, text: str = TIGHT) -> Amendment:
    return await charter_replay.replay_charter(desk, VIEWER, workload=W, file=("second.toml", text))


def days(found: Amendment) -> list[str]:
    """Of the trips."""
    return [f"{trip.at:%m-%d}" for trip in found.proposed.trips]


async def test_hours_are_judged_and_told_apart_from_minutes(desk: Desk) -> None:
    hours(desk, quiet() | {LATER + 5 * DAY: 40})
    spend(desk, {MINUTES + HOUR + minute * 60: 5 for minute in range(6)}, slug=W)
    found = await replayed(desk)
    assert days(found) == ["09-20", "11-23"]
    assert found.in_force is not None
    assert found.in_force.trips == ()
    assert {"burn"} == {alert.kind for alert in found.in_force.alerts if alert.at < from_epoch(MINUTES)}
    assert (found.hours_from, found.first) == (from_epoch(LATER), from_epoch(MINUTES))
    assert found.not_judged == (found.end - timedelta(days=92), from_epoch(LATER))


async def test_a_month_that_began_in_hours_goes_on_in_minutes(desk: Desk) -> None:
    hours(desk, dict.fromkeys(range(MONTH, MINUTES, HOUR), 3))
    spend(desk, {MINUTES + HOUR: 260}, slug=W)
    found = await charter_replay.replay_charter(desk, VIEWER, workload=W)
    steps = {alert.window.split()[-1]: alert.at for alert in found.proposed.alerts if alert.kind == "month-steps"}
    assert steps["80%"] < from_epoch(MINUTES) < steps["100%"]


async def test_what_was_spent_before_the_quarter_counts_towards_its_first_month(desk: Desk) -> None:
    begin = QUARTER - 3 * DAY
    hours(desk, dict.fromkeys(range(begin, QUARTER + DAY, HOUR), 2))
    found = await charter_replay.replay_charter(desk, VIEWER, workload=W)
    assert found.hours_from is not None
    assert found.before == (epoch(found.hours_from) - begin) // HOUR * 2_000_000
    assert found.not_judged is None


@pytest.mark.parametrize(("an_hour", "trips"), [(119, []), (121, ["09-20"])])
async def test_a_window_within_an_hour_counts_it_as_even(desk: Desk, an_hour: int, trips: list[str]) -> None:
    """So that what trips did so for certain."""
    hours(desk, quiet() | {LATER + 5 * DAY: an_hour})
    assert days(await replayed(desk, TIGHT.replace('window = "1h"', 'window = "10m"'))) == trips


async def test_after_a_trip_in_hours_minutes_do_not_kill_again_for_the_same_dollars(desk: Desk) -> None:
    """The cap is reached on the last day of hours, and a person resumes within the minutes."""
    hours(desk, dict.fromkeys(range(MONTH, MINUTES, HOUR), 2) | {MINUTES - 12 * HOUR: 9_000})
    assert days(await replayed(desk, CLAIMS_TRIAGE)) == ["11-22"]


async def test_a_workload_without_minutes_is_judged_by_the_hour_alone(tmp_path: Path) -> None:
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        hours(opened, quiet(9 * DAY) | {LATER + 5 * DAY: 40})
        found = await replayed(opened)
    assert days(found) == ["09-20"]
    assert found.first == found.end == from_epoch(LATER + 9 * DAY)


async def test_what_no_minute_shows_is_told_as_not_judged(desk: Desk) -> None:
    hours(desk, {MINUTES + HOUR: 9}, source="bedrock")
    assert (await replayed(desk)).beside == 9_000_000


def quiet(length: int = 20 * DAY) -> dict[int, int]:
    """Two dollars an hour from the later part of the quarter on, within the plan."""
    return dict.fromkeys(range(LATER, LATER + length, HOUR), 2)


def hours(desk: Desk, dollars: dict[int, int], *, source: str = "anthropic") -> None:
    """Usage that the source stated by the hour only."""
    with desk.database.write() as tx:
        (number,) = usage_store.series_ids(tx, source, [DIMENSIONS], min(dollars)).values()
        usage_store.set_workloads(tx, {number: W})
        fetch = usage_store.begin_fetch(tx, source=source, stream="usage", start=min(dollars),
                                        end=max(dollars) + HOUR, width=HOUR, at=NOON)
        rows = [(hour, HOUR, number, 100, 0, 0, 0, 10, 0, None, amount * 1_000_000, 0)
                for hour, amount in dollars.items()]
        usage_store.replace_window(tx, source=source, start=min(dollars), end=max(dollars) + HOUR, width=HOUR,
                                   rows=rows, fetch=fetch.id or 0, seen_at=NOON)
