"""An amendment on the usage that there was, before anybody signs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.clock import epoch
from console.errors import InputError, UsageError
from console.operations import registry
from console.operations.charter import replay as charter_replay
from console.operations.charter.replay import Amendment
from console.operations.desk import Desk
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.desks import ARCHITECT, NOON, VIEWER, open_desk
from tests.support.kills import spend
from tests.support.mbom import CLAIMS
from tests.support.registered import sign_all

W = "claims-triage"
DAY, HOUR = 86_400, 3600
END = epoch(NOON)
START = END - 9 * DAY
TIGHT = '''
[[kill_criteria]]
kind = "economic"
metric = "spend_usd"
above = "20"
window = "1h"
action = "pause"
automatic = true
'''
SECOND = edited(("version = 1", "version = 2")) + TIGHT


def usage() -> dict[int, int]:
    """Two dollars an hour for nine days, within the plan; on two of them an hour that costs forty, evenly."""
    quiet = dict.fromkeys(range(START, END, HOUR), 2)
    for day in (1, 5):
        quiet |= {START + day * DAY + HOUR + minute * 60: 2 for minute in range(0, 60, 3)}
    return quiet


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A Charter in force that asks for nothing below its month, and nine days of minutes."""
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        await registry.import_charter(opened, ARCHITECT, text=CLAIMS_TRIAGE, name="claims-triage.toml")
        await sign_all(opened, W)
        spend(opened, usage(), slug=W)
        yield opened


async def replayed(desk: Desk, text: str = SECOND) -> Amendment:
    return await charter_replay.replay_charter(desk, VIEWER, workload=W, file=("second.toml", text))


async def test_it_says_how_often_and_on_which_days_the_amendment_would_have_alerted_and_tripped(desk: Desk) -> None:
    found = await replayed(desk)
    assert [trip.at.date().isoformat() for trip in found.proposed.trips] == ["2026-11-15", "2026-11-19"]
    caps = [alert for alert in found.proposed.alerts if alert.kind == "cap"]
    assert [alert.at.date().isoformat() for alert in caps] == ["2026-11-15", "2026-11-19"]
    assert [trip.signal.figures["limit_microusd"] for trip in found.proposed.trips] == ["20000000"] * 2


async def test_the_version_in_force_stands_beside_it_on_the_same_minutes(desk: Desk) -> None:
    found = await replayed(desk)
    assert found.in_force is not None
    assert (found.in_force.charter, found.in_force.trips) == ("version 1, signed", ())
    assert "cap" not in {alert.kind for alert in found.in_force.alerts}
    assert (epoch(found.first), epoch(found.end)) == (START, max(usage()) + 60)


async def test_a_version_in_review_is_replayed_without_a_file_and_one_in_force_is_as_itself(desk: Desk) -> None:
    same = await charter_replay.replay_charter(desk, VIEWER, workload=W)
    assert same.in_force == same.proposed
    await registry.import_charter(desk, ARCHITECT, text=SECOND, name="second.toml")
    found = await charter_replay.replay_charter(desk, VIEWER, workload=W)
    assert (found.proposed.charter, len(found.proposed.trips)) == ("version 2, draft", 2)


async def test_a_month_that_was_killed_and_resumed_is_not_killed_again_for_the_same_dollars(desk: Desk) -> None:
    """As live: after a resume the month's cap is drawn from what was spent by then."""
    tight = edited(('monthly_usd = "1860"', 'monthly_usd = "60"'), ('kill_usd = "9300"', 'kill_usd = "300"'),
                   ('above = "9300"', 'above = "300"'))
    found = await replayed(desk, tight)
    assert 1 <= len(found.proposed.trips) <= 5
    gaps = [later.at - sooner.at for sooner, later in zip(found.proposed.trips, found.proposed.trips[1:], strict=False)]
    assert all(gap.total_seconds() > charter_replay.RESUME_S for gap in gaps)


async def test_a_charter_that_only_observes_trips_nothing(desk: Desk) -> None:
    found = await replayed(desk, edited(("multiple = 15", 'multiple = 15\nmode = "observe"')) + TIGHT)
    assert found.proposed.trips == ()
    assert found.proposed.alerts != ()


async def test_nothing_is_stored(desk: Desk) -> None:
    await replayed(desk)
    assert await registry.charters(desk, VIEWER) == [(W, 1, "signed")]


async def test_a_file_of_another_workload_or_without_scenarios_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="not of claims-triage"):
        await replayed(desk, edited((f'workload = "{W}"', 'workload = "elsewhere"')))
    with pytest.raises(InputError, match="kill threshold"):
        await replayed(desk, edited(('kill_usd = "9300"', "")))
    with pytest.raises(InputError, match="No usage of the last 92 days"):
        await charter_replay.replay_charter(desk, VIEWER, workload="support-bot",
                                            file=("b.toml", edited((f'"{W}"', '"support-bot"'))))
