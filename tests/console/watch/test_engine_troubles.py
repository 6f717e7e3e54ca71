"""The running system where a provider, the clock, the file or a turn fails: said, survived, never killed for."""

from __future__ import annotations

import asyncio
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.daily import Daily
from console.clock import SystemClock, epoch
from console.providers.source import Failure, Source, SourceError, UsageWindow
from console.simulator.faults import Fault
from console.watch.engine import Engine
from console.watch.execution import Overtaken
from store import backups, leases, snapshots, streams
from store.errors import DatabaseDamaged
from tests.support.database import fresh_database
from tests.support.mbom import CONFIG
from tests.support.organisation import RUNAWAY, Organisation


def spoil(whole: Organisation, fault: Fault) -> None:
    whole.provider.running.simulator.faults.order(fault)


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


async def test_a_duty_that_failed_is_told_no_more_by_who_leads_no_longer(quiet: Organisation) -> None:
    """Another leads, sees to it, and tells of it where it fails."""
    engine = quiet.engine
    await engine.cycle()

    async def look() -> str:
        return "it cannot"

    await engine._duty("findings", look)
    engine._version = 0  # the next picture is one that this console has not seen
    published: list[Daily] = []
    engine.publish = published.append
    await engine._republish()
    assert [notice for daily in published for notice in daily.notices if "it cannot" in notice] == []
    assert published


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
