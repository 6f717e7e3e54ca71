"""The running system against a real HTTP provider: watch, trip, kill, and never on data that may not be believed."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.daily import Daily
from console.cadences.reading import Reader
from console.cadences.week.reading import read_weekly
from console.cadences.workload_reading import read_workload
from console.clock import SystemClock, epoch
from console.providers.source import Failure, Source, SourceError, UsageWindow
from console.simulator.faults import Fault
from console.watch.engine import Engine
from console.watch.execution import Overtaken
from store import audit, backups, exceptions, incidents, leases, snapshots, streams, windows
from store.errors import DatabaseDamaged
from tests.support.database import fresh_database
from tests.support.mbom import CONFIG
from tests.support.organisation import RUNAWAY, Organisation, organisation


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path, "runaway-night") as whole:
        yield whole


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Organisation]:
    async with organisation(tmp_path) as whole:
        yield whole


def spoil(whole: Organisation, fault: Fault) -> None:
    whole.provider.running.simulator.faults.order(fault)


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


async def test_a_dead_provider_makes_it_stale_never_zero_and_kills_nobody(night: Organisation) -> None:
    for _ in range(18):
        await night.turn()
    before = night.line(RUNAWAY).month
    spoil(night, Fault("500", count=10_000, path="/v1/organizations/usage_report"))
    for _ in range(20):
        assert (await night.turn()).intents == ()
    line = night.line(RUNAWAY)
    assert line.stale
    assert line.month == before
    assert {alert.kind for alert in night.published[-1].alerts} >= {"feed"}


async def test_a_page_set_that_does_not_arrive_whole_changes_nothing(quiet: Organisation) -> None:
    await quiet.turn()
    before = quiet.published[-1].totals
    spoil(quiet, Fault("truncated_pages", count=5, path="/v1/organizations/usage_report"))
    cycle = await quiet.turn(1)
    assert not cycle.polls[0].ok
    assert quiet.published[-1].totals == before


class Unsteady:
    """A source that answers once a turn, and then fails: as it says, or as nobody foresaw."""

    def __init__(self, source: Source, error: Exception, answers: int = 1) -> None:
        self._source, self._error, self._answers = source, error, answers
        self.left, self.failed = answers, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        self.left -= 1
        if self.left < 0:
            self.failed += 1
            raise self._error
        return await self._source.usage(start, end, width)


async def test_what_could_not_be_read_twice_kills_nobody_yet(night: Organisation) -> None:
    intake = night.engine._polling.intakes[0]
    steady, unsteady = intake.source, Unsteady(intake.source, SourceError(Failure.UNAVAILABLE, "500"))
    intake.source = unsteady  # type: ignore[assignment]
    for _ in range(40):
        unsteady.left = 1
        await night.turn()
    assert unsteady.failed > 0
    assert night.kills() == []
    intake.source = steady
    assert await night.until_trip(5) is not None


async def test_a_clock_that_was_ahead_leaves_nothing_believed_that_is_not_known(quiet: Organisation) -> None:
    await quiet.turn()
    now = epoch(quiet.provider.clock.now())
    with quiet.database.write() as tx:
        stream = streams.get(tx, "anthropic", "usage")
        stream.watermark = now + 7200
        tx.add(stream)
    with quiet.database.read() as tx:
        _, facts = quiet.engine._judge._reader.facts(tx, quiet.provider.clock.now())
    assert not facts[RUNAWAY].fresh
    assert (await quiet.turn()).polls[0].ok
    with quiet.database.read() as tx:
        assert (streams.get(tx, "anthropic", "usage").watermark or 0) <= now + 60
    assert not quiet.line(RUNAWAY).stale


async def test_a_source_that_fails_as_nobody_foresaw_is_said_and_the_rest_goes_on(quiet: Organisation) -> None:
    intake = quiet.engine._polling.intakes[0]
    steady = intake.source
    intake.source = Unsteady(steady, RuntimeError("no such thing"), answers=0)  # type: ignore[assignment]
    cycle = await quiet.turn()
    assert not cycle.polls[0].ok
    assert cycle.judged.facts
    assert any("no such thing" in notice for notice in quiet.published[-1].notices)
    intake.source = steady
    assert (await quiet.turn()).polls[0].ok
    assert not any("no such thing" in notice for notice in quiet.published[-1].notices)


async def test_what_a_duty_could_not_see_to_is_said_until_it_was_seen_to(quiet: Organisation) -> None:
    async def fails() -> str | None:
        raise RuntimeError("no such house")

    async def succeeds() -> str | None:
        return None

    for look, said in ((fails, True), (succeeds, False)):
        await quiet.engine._duty("calls", look)
        await quiet.engine._guarded_cycle()
        assert ("calls: no such house" in quiet.published[-1].notices) is said


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


async def test_back_off_survives_a_restart(quiet: Organisation) -> None:
    spoil(quiet, Fault("429", count=1, path="/v1/organizations/usage_report"))
    cycle = await quiet.turn()
    assert not cycle.polls[0].ok
    again = Engine(quiet.config, quiet.database, quiet.provider.clock, holder=quiet.engine.holder)
    asked = quiet.provider.state()["requests"]
    (poll,) = (await again.cycle()).polls
    assert "backed off" in (poll.error or "")
    assert quiet.provider.state()["requests"] == asked
    await again.close()


async def test_the_audit_chain_holds_after_a_night(night: Organisation) -> None:
    await night.until_trip(60)
    await night.turn(float(timedelta(minutes=5).total_seconds()))
    with night.database.read() as tx:
        assert audit.verify(tx).first_bad is None


async def test_a_damaged_file_ends_writing_and_killing_and_is_said_with_what_restores_it(night: Organisation) -> None:
    for _ in range(10):
        await night.turn()
    backup = backups.daily_at(night.database.path, night.provider.clock.now())
    night.database.backup(backup)
    night.database.empty_log()
    night.database.close()
    with night.database.path.open("r+b") as file:
        file.seek(4096 * 60)
        file.write(b"\xff" * (night.database.path.stat().st_size - 4096 * 60))
    said = asyncio.Event()
    loop = asyncio.get_running_loop()

    def see(daily: Daily) -> None:
        night.published.append(daily)
        if any(f"token-console restore {backup}" in notice for notice in daily.notices):
            loop.call_soon(said.set)

    night.engine.publish = see
    running = asyncio.create_task(night.engine.run())
    await said.wait()
    assert not running.done()
    night.engine.stop()
    await running
    with pytest.raises(DatabaseDamaged), night.database.write():
        pass


async def test_after_a_write_of_unknown_outcome_the_engine_begins_anew_and_looks(quiet: Organisation) -> None:
    """The limit on a file's size makes the kernel refuse a write: a real I/O error, in a turn of a running engine."""
    drawn = asyncio.Event()
    loop = asyncio.get_running_loop()

    def see(daily: Daily) -> None:
        quiet.published.append(daily)
        loop.call_soon_threadsafe(drawn.set)

    quiet.engine.publish = see
    running = asyncio.create_task(quiet.engine.run())
    await drawn.wait()
    async with quiet.engine._turn:  # the first turn is over
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        await quiet.engine._guarded_cycle()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert any("whether the last change was kept is not known" in notice for notice in quiet.published[-1].notices)
    failed = quiet.published[-1]
    await asyncio.sleep(0)  # what the failed turn had still to say is said
    drawn.clear()
    await drawn.wait()
    assert quiet.published[-1].version > failed.version
    assert not quiet.engine._unsure
    assert not running.done()
    assert quiet.database.integrity_check() == []
    quiet.engine.stop()
    await running


async def test_a_turn_that_fails_is_said_on_screen_and_the_engine_goes_on(quiet: Organisation) -> None:
    with quiet.database.write() as tx:
        tx.connection().exec_driver_sql("DROP TABLE usage_hour")
    drawn = asyncio.Event()
    loop = asyncio.get_running_loop()

    def see(daily: Daily) -> None:
        quiet.published.append(daily)
        loop.call_soon(drawn.set)

    quiet.engine.publish = see
    running = asyncio.create_task(quiet.engine.run())
    await drawn.wait()
    assert not running.done()
    assert any("usage_hour" in notice for notice in quiet.published[-1].notices)
    quiet.engine.stop()
    await running


async def test_a_turn_that_outlasts_the_lease_writes_nothing_also_where_nothing_was_read(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    engine = Engine(replace(CONFIG, sources=()), database, SystemClock())
    assert await engine.leadership.take()
    with database.write() as tx:
        leases.acquire(tx, "engine", "another", SystemClock().now() + timedelta(minutes=1))
    with pytest.raises(Overtaken):
        await engine.cycle()
    assert snapshots.newest(database.path, "daily") is None
    database.close()
