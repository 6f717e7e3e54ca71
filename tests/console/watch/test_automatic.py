"""What the engine does on its own: kills that a Charter orders, within their guards, and what comes after them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.cadences.facts import Facts
from console.clock import epoch, from_epoch
from console.config import BreakerSettings, Config
from console.operations import breakers
from console.operations.desk import Desk
from console.watch.automatic import Automatic
from console.watch.judgement import Trip
from console.watch.rules.rule import Signal
from store import incidents, leases, registry, streams, usage
from store.tables import Disarm
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.facts import facts
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


def charted(settings: Config, *entries: dict[str, object]) -> Desk:
    """A desk whose workload has a signed Charter."""
    made = kills.kill_desk(settings, *entries)
    kills.signed_terms(made)
    return made


def known(**changes: object) -> Facts:
    month = NIGHT.replace(day=1, hour=0, minute=0)
    usual = facts(terms=kills.TERMS, at=NIGHT, data_until=NIGHT - timedelta(minutes=5), month_start=month)
    return replace(usual, **changes)  # type: ignore[arg-type]


def trip(**changes: object) -> Trip:
    signal = Signal(rule="cap", window="month", severity="critical", active=True, clears=False, trips=True,
                    summary="$21,000.00 this month; the cap is $20,000.00",
                    charter_line="Charter v1, scenarios.runaway: kill at $20,000.00")
    return Trip(signal, known(**changes))


def engine(desk: Desk) -> Automatic:
    return breakers.automatic(desk)


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


async def test_a_protected_target_waits_for_a_person_who_releases_it(keys: Keys, tmp_path: Path) -> None:
    guarded = BreakerSettings(protected=(KEY,), act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=guarded))
    (intent,) = await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert kills.intents_of(desk)[0].state == "awaiting_approval"
    assert kills.breaker_state(desk) == "tripped"
    assert keys.writes == []
    result = await breakers.kill(desk, ON_CALL, SLUG, "yes, stop it")
    assert (result.intent, result.state) == (intent, "done")
    assert keys.states[KEY] == "inactive"
    with desk.database.read() as tx:
        assert [row.approved_by for row in incidents.approvals(tx, intent)] == ["otto"]


async def test_a_resume_rejects_a_kill_that_still_waits(keys: Keys, tmp_path: Path) -> None:
    guarded = BreakerSettings(protected=(KEY,), act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=guarded))
    await engine(desk).trip([trip()])
    assert (await breakers.resume(desk, ARCHITECT, SLUG, "it is the launch")).state == "done"
    assert [row.state for row in kills.intents_of(desk)] == ["done", "rejected"]
    assert kills.breaker_state(desk) == "probation"
    assert keys.writes == []


async def test_the_first_kill_of_an_hour_may_stop_its_own_targets_however_many(keys: Keys, tmp_path: Path) -> None:
    narrow = BreakerSettings(max_targets=1, act_deadline_s=2.0)
    desk = charted(kills.config(keys.url, tmp_path, breaker=narrow), entry(SLUG, KEY, OTHER_KEY))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert keys.states == {KEY: "inactive", OTHER_KEY: "inactive"}


async def test_shared_targets_beyond_the_blast_radius_wait_for_a_person(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY, usage=[KEY]))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    (row,) = kills.intents_of(desk)
    assert row.state == "awaiting_approval"
    assert "1 of 2 live keys" in row.note
    assert keys.writes == []


async def test_a_target_that_another_workload_was_seen_to_use_is_shared(keys: Keys, tmp_path: Path) -> None:
    """The MBOM names the key once; usage of one model through it belongs to another workload by a finer rule."""
    chat = {**entry("chat", OTHER_KEY), "usage": [{"model": "claude-haiku-4-5", "workspace_id": "wrkspc_01"}]}
    desk = charted(kills.config(keys.url, tmp_path), entry(), chat)
    row = f'{{"api_key_id":"{KEY}","model":"claude-haiku-4-5","workspace_id":"wrkspc_01"}}'
    with desk.database.write() as tx:
        usage.set_workloads(tx, dict.fromkeys(usage.series_ids(tx, "anthropic", [row], 0).values(), "chat"))
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    (kill,) = kills.intents_of(desk)
    assert (kill.state, keys.writes) == ("awaiting_approval", [])
    assert kill.evidence["shared"] == {KEY: ["chat"]}


async def test_a_shared_target_within_the_blast_radius_is_killed(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY, usage=[KEY]))
    with desk.database.write() as tx:
        streams.put_names(tx, "anthropic", [_Named(f"apikey_{number:02}") for number in range(10)], NIGHT)
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    assert keys.states[KEY] == "inactive"


@pytest.mark.parametrize(("keys_known", "state", "why"), [
    (20, "done", ""),
    (9, "awaiting_approval", "with the automatic kills of the last hour this would stop 2 of 9 live keys"),
])
async def test_a_second_kill_within_the_hour_counts_together_with_the_first(
        keys: Keys, tmp_path: Path, keys_known: int, state: str, why: str) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY))
    kills.signed_terms(desk, slug="chat")
    with desk.database.write() as tx:
        streams.put_names(tx, "anthropic", [_Named(f"apikey_{number:02}") for number in range(keys_known)], NIGHT)
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    await engine(desk).trip([trip(workload="chat")])
    await engine(desk).drain(5)
    assert kills.intents_of(desk)[0].state == "done"
    (second,) = kills.intents_of(desk, "chat")
    assert second.state == state
    assert why in second.note


async def test_after_an_hour_a_kill_counts_alone_again(keys: Keys, tmp_path: Path) -> None:
    desk = charted(kills.config(keys.url, tmp_path), entry(), entry("chat", OTHER_KEY))
    kills.signed_terms(desk, slug="chat")
    await engine(desk).trip([trip()])
    await engine(desk).drain(5)
    await desk.clock.sleep(3600)
    await engine(desk).trip([trip(workload="chat", at=desk.clock.now())])
    await engine(desk).drain(5)
    assert [row.state for row in kills.intents_of(desk, "chat")] == ["done"]


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


class _Named:
    kind, status, workspace = "api_key", "active", None

    def __init__(self, identifier: str) -> None:
        self.identifier = self.name = identifier
