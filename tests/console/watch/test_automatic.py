"""What the engine does on its own: kills that a Charter orders, within their guards, and what comes after them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.clock import epoch, from_epoch
from console.operations import breakers
from console.operations.desk import Desk
from console.watch.automatic import Automatic
from store import incidents, leases, registry
from store.tables import Disarm
from tests.support import kills
from tests.support.automatic import charted, engine, known, trip
from tests.support.desks import ARCHITECT, person
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SLUG, entry

ON_CALL = person("otto", "on_call")


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Desk:
    return charted(kills.config(keys.url, tmp_path))


async def test_a_charters_kill_is_written_down_and_carried_out(desk: Desk, keys: Keys) -> None:
    (intent,) = await engine(desk).trip([trip()])
    assert kills.breaker_state(desk) == "tripped"
    await engine(desk).drain(5)
    (row,) = kills.intents_of(desk)
    assert (row.id, row.origin, row.requested_by, row.state) == (intent, "automatic", "engine", "done")
    assert row.evidence["charter_line"] == "Charter v1, scenarios.runaway: kill at $20,000.00"
    assert row.evidence["data_age_s"] == 300
    assert keys.states[KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"


async def test_one_trip_is_one_kill_however_often_it_is_seen(desk: Desk, keys: Keys) -> None:
    assert len(await engine(desk).trip([trip(), trip()])) == 1
    await engine(desk).drain(5)
    assert await engine(desk).trip([trip()]) == ()
    assert len(keys.writes) == 1


@pytest.mark.parametrize("changes", [{"fresh": False}, {"terms": None}])
async def test_stale_data_or_no_charter_never_kill(desk: Desk, keys: Keys, changes: dict[str, object]) -> None:
    assert await engine(desk).trip([trip(**changes)]) == ()
    assert kills.intents_of(desk) == []
    assert keys.writes == []


async def test_a_decision_that_a_sleeping_machine_made_is_not_carried_out(desk: Desk, keys: Keys) -> None:
    assert await engine(desk).trip([trip(at=NIGHT - timedelta(minutes=3))]) == ()
    assert kills.intents_of(desk) == []
    assert keys.writes == []


async def test_a_process_that_leads_no_more_writes_no_kill(desk: Desk, keys: Keys) -> None:
    with desk.database.write() as tx:
        assert leases.acquire(tx, "engine", "first", NIGHT, 30.0) is not None
        assert leases.acquire(tx, "engine", "second", NIGHT + timedelta(minutes=1), 30.0) is not None
    first = Automatic(desk.config, desk.database, desk.clock, "first")  # it has noticed already that it leads no more
    assert await first.trip([trip()], ("engine", 1)) == ()
    await first.drain(5)
    assert kills.intents_of(desk) == []
    assert keys.writes == []


async def test_observing_writes_down_once_what_would_have_been_done(desk: Desk, keys: Keys) -> None:
    observing = trip(terms=kills.signed_terms(
        desk, ("automatic = true\nescalation", 'automatic = true\nmode = "observe"\nescalation')))
    assert len(await engine(desk).trip([observing])) == 1
    assert await engine(desk).trip([observing]) == ()
    assert [row.state for row in kills.intents_of(desk)] == ["observed"]
    assert kills.breaker_state(desk) == "armed"
    assert keys.writes == []


async def test_a_disarmed_workload_is_not_killed(desk: Desk, keys: Keys) -> None:
    disarm_everything(desk)
    assert await engine(desk).trip([trip()]) == ()
    assert keys.writes == []


class TestWhatChangesWhileTheProviderIsRead:
    """Time of check is not time of use: the kill is decided, its targets are read, and something changes meanwhile."""

    @pytest.fixture
    def desk(self, keys: Keys, tmp_path: Path) -> Desk:
        made = charted(kills.config(keys.url, tmp_path))
        keys.before_reading = lambda: self.meanwhile(made)
        return made

    meanwhile: Callable[[Desk], object]

    async def withheld(self, desk: Desk, keys: Keys) -> str:
        assert await engine(desk).trip([trip()]) == ()
        await engine(desk).drain(5)
        assert (kills.intents_of(desk), keys.writes, kills.breaker_state(desk)) == ([], [], "armed")
        (entry,) = [each for each in kills.entries_of(desk) if each.action == "kill.withheld"]
        return str(kills.detail(entry)["why"])

    async def test_a_charter_that_is_superseded(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: kills.signed_terms(
            desk, ("version = 1", "version = 2"), ('kill_usd = "9300"', 'kill_usd = "9900"'))
        assert "is no longer the one in force" in await self.withheld(desk, keys)

    async def test_a_charter_that_is_retired(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: change(desk, "UPDATE charter SET state = 'retired'")
        assert "is no longer the one in force" in await self.withheld(desk, keys)

    async def test_a_signature_that_is_revoked(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: change(
            desk, "UPDATE charter_signature SET void_at = 1 WHERE role = 'platform_lead'")
        assert "is no longer the one in force" in await self.withheld(desk, keys)

    async def test_a_signature_over_other_content(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: change(desk, "UPDATE charter_signature SET content_hash = 'another'")
        assert "is no longer the one in force" in await self.withheld(desk, keys)

    async def test_content_that_is_not_what_was_signed(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: change(
            desk, "UPDATE charter SET document = json_set(document, '$.scenarios.runaway.kill_usd', '1')")
        assert "is no longer the one in force" in await self.withheld(desk, keys)

    async def test_a_disarm(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: disarm_everything(desk)
        assert "were disarmed meanwhile" in await self.withheld(desk, keys)

    async def test_other_switches_in_the_mbom(self, desk: Desk, keys: Keys) -> None:
        self.meanwhile = lambda desk: rewired(desk, OTHER_KEY)
        assert "the MBOM entry of claims-triage changed" in await self.withheld(desk, keys)


def change(desk: Desk, statement: str) -> None:
    with desk.database.write() as tx:
        assert tx.connection().exec_driver_sql(statement).rowcount


def rewired(desk: Desk, key: str) -> None:
    with desk.database.write() as tx:
        registry.put_workload(tx, entry(SLUG, key), by="maria", at=desk.clock.now())


def disarm_everything(desk: Desk) -> None:
    with desk.database.write() as tx:
        incidents.add_disarm(tx, Disarm(workload=None, starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=1),
                                        created_by="maria", reason="load test"))


async def test_what_another_process_left_is_taken_up_at_the_next_cycle(desk: Desk, keys: Keys) -> None:
    other = Automatic(desk.config, desk.database, desk.clock)
    other.executor.start = lambda intent: None  # type: ignore[method-assign,assignment,return-value]
    await other.trip([trip()])
    await other.drain(5)
    await engine(desk).settle({})
    assert keys.writes == []
    await desk.clock.sleep(30)
    await engine(desk).settle({})
    await engine(desk).drain(5)
    assert kills.breaker_state(desk) == "held"


class TestAfterwards:
    @pytest.fixture
    async def killed(self, desk: Desk) -> int:
        """The confirmed kill's first whole minute after it, in seconds."""
        act = epoch(NIGHT)
        kills.spend(desk, {act - 60 * back: 5 for back in range(1, 31)})
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")
        return act + 60

    async def settle(self, desk: Desk, data_until: int) -> None:
        at = from_epoch(data_until) + timedelta(minutes=5)
        await engine(desk).settle({SLUG: known(at=at, data_until=from_epoch(data_until))})

    async def test_a_silent_feed_proves_nothing(self, desk: Desk, killed: int) -> None:
        await desk.clock.sleep(3600)
        await self.settle(desk, killed)
        assert kills.intents_of(desk)[0].spend_stopped_at is None

    async def test_two_freshness_periods_without_usage_prove_that_spending_stopped(
        self, desk: Desk, killed: int
    ) -> None:
        await self.settle(desk, killed + 600)
        assert kills.intents_of(desk)[0].spend_stopped_at is None
        await self.settle(desk, killed + 780)
        row = kills.intents_of(desk)[0]
        assert row.spend_stopped_at is not None
        assert row.settled_at is None

    async def test_the_tail_is_counted_and_moves_the_stop(self, desk: Desk, killed: int) -> None:
        kills.spend(desk, {killed: 3, killed + 60: 2})
        await self.settle(desk, killed + 900)
        row = kills.intents_of(desk)[0]
        assert row.tail_microusd == 5_000_000
        assert row.spend_stopped_at == from_epoch(killed + 120)

    async def test_late_usage_takes_the_proof_back(self, desk: Desk, killed: int) -> None:
        await self.settle(desk, killed + 780)
        kills.spend(desk, {killed + 600: 1})
        await self.settle(desk, killed + 840)
        assert kills.intents_of(desk)[0].spend_stopped_at is None
        assert "intent.spend_not_stopped" in kills.actions(desk)

    async def test_the_incident_stays_open_until_the_feed_has_settled(self, desk: Desk, killed: int) -> None:
        await self.settle(desk, killed + 1700)
        assert kills.intents_of(desk)[0].settled_at is None
        await self.settle(desk, killed + 1900)
        assert kills.intents_of(desk)[0].settled_at is not None
        assert "intent.settled" in kills.actions(desk)

    async def test_the_trip_sheet_adds_up_and_shows_the_fall(self, desk: Desk, killed: int) -> None:
        kills.spend(desk, {killed: 3})
        kills.read_until(desk, killed + 1800)
        await self.settle(desk, killed + 1800)
        sheet = await breakers.trip_sheet(desk, ON_CALL, workload=SLUG)
        assert sheet is not None
        assert sheet.rows_total == sum(row.cost for row in sheet.rows) == 150_000_000
        assert sheet.rows_left_out == 0
        assert sheet.rows[0].identity == f"api_key_id {KEY}"
        assert sheet.rate_before == 300_000_000
        assert sheet.rate_after == 0
        assert sheet.tail == 3_000_000
        assert sheet.minutes_from == from_epoch(epoch(NIGHT) - 45 * 60)
        assert sum(sheet.minutes) == 153_000_000
        assert sheet.breaker == "held"
        assert "token_architect" in sheet.resume_roles

    async def test_a_resume_closes_the_incident_with_a_note(self, desk: Desk, killed: int) -> None:
        await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        kill = kills.intents_of(desk)[1]
        assert kill.settled_at is not None
        assert "before the feed had settled" in kill.note


class TestProbation:
    @pytest.fixture
    async def since(self, desk: Desk) -> datetime:
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")
        await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
        with desk.database.read() as tx:
            row = incidents.breaker(tx, SLUG)
        assert row is not None
        return row.since

    async def cycle(self, desk: Desk, data_until: datetime, **changes: object) -> None:
        values = {"at": data_until, "data_until": data_until, "probation": True, **changes}
        await engine(desk).settle({SLUG: known(**values)})

    async def test_it_ends_after_an_hour_of_clean_usage(self, desk: Desk, since: datetime) -> None:
        kills.spend(desk, {epoch(since) // 60 * 60 + 120: 1})
        await desk.clock.sleep(3500)
        await self.cycle(desk, since + timedelta(seconds=3500))
        assert kills.breaker_state(desk) == "probation"
        await desk.clock.sleep(200)
        await self.cycle(desk, since + timedelta(seconds=3660))
        assert kills.breaker_state(desk) == "armed"

    async def test_an_hour_without_usage_proves_nothing(self, desk: Desk, since: datetime) -> None:
        await desk.clock.sleep(7200)
        await self.cycle(desk, since + timedelta(seconds=7200))
        assert kills.breaker_state(desk) == "probation"

    async def test_stale_data_do_not_end_it(self, desk: Desk, since: datetime) -> None:
        kills.spend(desk, {epoch(since) // 60 * 60 + 120: 1})
        await desk.clock.sleep(7200)
        await self.cycle(desk, since + timedelta(seconds=600), fresh=False)
        assert kills.breaker_state(desk) == "probation"

    async def test_a_breach_trips_again_at_once(self, desk: Desk, keys: Keys, since: datetime) -> None:
        await engine(desk).trip([trip(probation=True)])
        await engine(desk).drain(5)
        assert kills.breaker_state(desk) == "held"
        assert keys.states[KEY] == "inactive"
