"""The running system against a real HTTP provider: watch, trip, kill, and tell what is so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from console.cadences.daily import Daily
from console.cadences.reading import Reader
from console.cadences.week.reading import read_weekly
from console.cadences.workload_reading import read_workload
from console.watch.engine import Engine
from store import audit, exceptions, incidents, snapshots, windows
from tests.support.organisation import RUNAWAY, Organisation, organisation


async def test_the_runaway_night_is_stopped_within_the_first_half_hour(night: Organisation) -> None:
    tripped = await night.until_trip(60)
    assert tripped is not None
    (kill,) = night.kills()
    assert (kill.workload, kill.origin, kill.state) == (RUNAWAY, "automatic", "done")
    await night.turn()
    assert night.line(RUNAWAY).state == "held"
    assert night.line(RUNAWAY).breaker == "held"


async def test_an_alert_comes_before_or_with_the_kill_and_names_the_charter(night: Organisation) -> None:
    await night.until_trip(60)
    (kill,) = night.kills()
    with night.database.read() as tx:
        told = [alert for alert in incidents.alerts(tx, RUNAWAY, 50) if (alert.rule, alert.window) == ("signs", "kill")]
    assert told
    assert told[-1].fired_at is not None
    assert told[-1].fired_at <= kill.requested_at
    assert "scenarios.runaway" in (told[-1].charter_line or "")


async def test_the_night_is_ended_by_two_signs_and_the_usage_rows_add_up_to_the_figure(night: Organisation) -> None:
    await night.until_trip(60)
    (kill,) = night.kills()
    figures = kill.evidence["figures"]
    assert (kill.evidence["rule"], figures["signs"]) == ("signs", "runaway pace, cache writes")
    with night.database.read() as tx:
        rows = windows.minute_rows(tx, RUNAWAY, kill.evidence["window_start"], kill.evidence["window_end"])
    assert sum(row.cost for row in rows) == int(figures["spent_microusd"]) > int(figures["limit_microusd"])
    assert kill.evidence["window_end"] - kill.evidence["window_start"] == 180


async def test_after_a_start_the_own_range_is_learned_beside_the_judging(night: Organisation) -> None:
    first = await night.turn()
    begun = first.judged.facts[RUNAWAY].track
    assert begun is not None
    assert begun.own.days < 0.1
    for _ in range(5):
        learned = (await night.turn()).judged.facts[RUNAWAY].track
    assert learned is not None
    assert learned.own.days > 6.9
    assert learned.known_days > 30
    assert learned.end >= begun.end
    for minutes in (3, 10, 60, 60 + learned.end % 60, 300 + learned.end % 60):
        assert learned.spent(minutes) == stored(night, learned.end, minutes)


def stored(night: Organisation, end: int, minutes: int) -> int:
    with night.database.read() as tx:
        return sum(row.cost for row in windows.minute_rows(tx, RUNAWAY, (end - minutes) * 60, end * 60))


async def test_the_kill_is_an_exception_of_the_week_with_what_it_cost_and_is_found_from_its_sheet(
        night: Organisation) -> None:
    await night.until_trip(60)
    for _ in range(6):
        await night.turn(600)
    (kill,) = night.kills()
    with night.database.read() as tx:
        week = read_weekly(tx, night.config, night.provider.clock.now())
        number = exceptions.of_intents(tx, [kill.id])[kill.id]
    (trip,) = [line for line in week.exceptions if line.origin == "trip"]
    assert (trip.id, trip.workload, trip.kind, trip.state) == (number, RUNAWAY, "trip: signs", "open")
    assert trip.stake is not None
    assert trip.stake > int(kill.evidence["figures"]["spent_microusd"])
    assert ("drift: no Charter", "tariff-lab") in [(line.kind, line.workload) for line in week.exceptions]
    assert not [line for line in week.exceptions if line.kind == "alert: signs" and line.subject == "kill"]


async def test_the_key_is_asked_for_once_and_stays_off(night: Organisation) -> None:
    await night.until_trip(60)
    for _ in range(5):
        await night.turn()
    assert len(night.kills()) == 1
    with night.database.read() as tx:
        (step,) = incidents.steps(tx, night.kills()[0].id)
    assert (step.state, step.after, step.attempt) == ("done", "inactive", 1)


async def test_the_workloads_page_shows_the_state_that_was_read_back(night: Organisation) -> None:
    await night.until_trip(60)
    with night.database.read() as tx:
        view = read_workload(tx, Reader(night.config, night.engine.prices), RUNAWAY, night.provider.clock.now())
    assert view is not None
    assert [switch.last_state for switch in view.switches] == ["inactive"]
    assert view.line.breaker == "held"
    assert view.charter is not None
    assert view.charter.missing_roles == ()


async def test_spend_stopped_is_told_apart_from_state_confirmed(night: Organisation) -> None:
    await night.until_trip(60)
    assert night.kills()[0].spend_stopped_at is None
    for _ in range(25):
        await night.turn()
    (kill,) = night.kills()
    assert kill.spend_stopped_at is not None
    assert kill.tail_microusd is not None
    assert kill.tail_microusd > 0


async def test_without_a_charter_it_alerts_and_never_kills(tmp_path: Path) -> None:
    async with organisation(tmp_path, "no-charter") as whole:
        for _ in range(60):
            await whole.turn()
        assert whole.kills() == []
        assert whole.line(RUNAWAY).breaker == "no Charter"
        surges = [alert for alert in whole.published[-1].alerts
                  if alert.workload == RUNAWAY and alert.severity == "critical"]
        assert [alert.window for alert in surges] == ["surge 1h"]


async def test_a_quiet_day_kills_nobody(quiet: Organisation) -> None:
    for _ in range(24):
        await quiet.turn(3600)
    assert quiet.kills() == []


async def test_a_second_reading_of_the_same_minute_changes_nothing(quiet: Organisation) -> None:
    await quiet.turn()
    cycle = await quiet.turn(0)
    assert cycle.polls[0].changed == 0


async def test_what_is_metered_is_what_is_billed(quiet: Organisation) -> None:
    """Sixty days, by the hour and by the minute, priced by us, against the provider's own daily cost."""
    await quiet.turn(8 * 3600)
    totals = quiet.published[-1].totals
    assert totals.billed_month is not None
    assert totals.metered_same_days is not None
    assert abs(totals.billed_month - totals.metered_same_days) <= totals.billed_month // 10_000


async def test_what_nobody_claims_is_seen_with_its_name(quiet: Organisation) -> None:
    await quiet.turn()
    names = [line.name for line in quiet.published[-1].unattributed]
    assert len(names) >= 2
    assert any("Console playground" in name for name in names)


async def test_a_second_engine_follows_and_does_not_lead(quiet: Organisation) -> None:
    second = Engine(quiet.config, quiet.database, quiet.provider.clock)
    assert not await second.leadership.take()
    await second.close()
    assert quiet.engine.leadership.leads


async def test_a_console_that_only_follows_goes_on_after_a_picture_that_it_cannot_read(quiet: Organisation) -> None:
    seen: asyncio.Queue[Daily] = asyncio.Queue()
    follower = Engine(quiet.config, quiet.database, quiet.provider.clock, publish=seen.put_nowait)
    await quiet.turn()
    following = asyncio.create_task(follower.follow())
    whole = await seen.get()
    with quiet.database.write() as tx:
        snapshots.publish(tx, "daily", quiet.provider.clock.now(), "torn")
    told = await seen.get()
    assert told.notices[-1].startswith("engine: ")
    assert told.workloads == whole.workloads
    await quiet.turn()
    while (await seen.get()).at <= whole.at:
        pass
    follower.stop()
    await following


async def test_the_audit_chain_holds_after_a_night(night: Organisation) -> None:
    await night.until_trip(60)
    await night.turn(float(timedelta(minutes=5).total_seconds()))
    with night.database.read() as tx:
        assert audit.verify(tx).first_bad is None
