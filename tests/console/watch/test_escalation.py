"""A kill that does not stop the spend goes further: once a stage, on fresh data, by itself only where signed for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import epoch
from console.config import BreakerSettings, SourceSettings
from console.operations import breakers
from console.operations.desk import Desk
from console.watch import open_matters
from console.watch.attribution import UsageRule
from console.watch.automatic import Automatic
from console.watch.judgement import Trip
from store import incidents, registry
from store.tables import Disarm, Intent
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, NIGHT, OTHER_KEY, SIGNAL, SLUG, entry, known, staged
from tests.support.pushing import call, call_store

ON_CALL = person("otto", "on_call")
THIRD = "apikey_01Third"

@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active", OTHER_KEY: "active", THIRD: "active"}) as served:
        yield served


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever desk a test made is closed after it."""
    yield
    await kills.close_desks()


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Desk:
    made = kills.kill_desk(kills.config(keys.url, tmp_path), staged(OTHER_KEY))
    kills.signed_terms(made)
    return made


def engine(desk: Desk) -> Automatic:
    return breakers.automatic(desk)


async def killed(desk: Desk) -> str:
    """A kill that the Charter ordered, carried out to its end."""
    (intent,) = await engine(desk).trip([Trip(SIGNAL, known(desk))])
    await engine(desk).executor.wait(5)
    return intent


def spends(desk: Desk, minutes: int, *, start: int = 0) -> None:
    """Two dollars a minute from `start` minutes after the night's kill on."""
    first = epoch(NIGHT) + 60 + start * 60
    kills.spend(desk, {first + 60 * each: 2 for each in range(minutes)})


async def turn(desk: Desk, minutes: float, **changes: object) -> list[Intent]:
    """A turn of the engine so many minutes later; the intents of the workload after it, oldest first."""
    await desk.clock.sleep(minutes * 60)
    await engine(desk).settle({SLUG: known(desk, **changes)})
    await engine(desk).executor.wait(5)
    return kills.intents_of(desk)[::-1]


async def test_spend_that_runs_on_past_its_time_takes_the_next_stage(desk: Desk, keys: Keys) -> None:
    first = await killed(desk)
    assert keys.states == {KEY: "inactive", OTHER_KEY: "active", THIRD: "active"}
    spends(desk, 12)
    _, second = await turn(desk, 14)
    assert (second.id, second.escalates, second.origin, second.state) == (f"{first}.2", first, "automatic", "done")
    assert second.reason.startswith("Stage 2: $22.00 was spent in the 12 min since the stage before was confirmed")
    assert second.evidence["charter_line"] == SIGNAL.charter_line
    assert keys.states[OTHER_KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"
    with desk.database.read() as tx:
        assert [step.target for step in incidents.steps(tx, second.id)] == [OTHER_KEY]


async def test_a_stage_is_taken_once_however_long_spend_runs_on(desk: Desk, keys: Keys) -> None:
    await killed(desk)
    spends(desk, 60)
    for minutes in (14, 1, 20):
        await turn(desk, minutes)
    assert len(kills.intents_of(desk)) == 2
    assert len(keys.writes) == 2


@pytest.mark.parametrize(("minutes_of_spend", "minutes", "changes"), [
    (9, 14, {}),
    (12, 11, {}),
    (12, 14, {"fresh": False}),
    (12, 14, {"data_until": None}),
    (12, 40, {}),
])
async def test_nothing_goes_further(desk: Desk, keys: Keys, minutes_of_spend: int, minutes: float,
                                    changes: dict[str, object]) -> None:
    """Spend that ends in time; time that is not over; data that are stale or not there; spend that ended by itself."""
    await killed(desk)
    spends(desk, minutes_of_spend)
    assert len(await turn(desk, minutes, **changes)) == 1
    assert keys.states[OTHER_KEY] == "active"


async def test_without_a_time_of_its_own_a_stage_waits_two_freshness_periods(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), staged(OTHER_KEY, after=None))
    kills.signed_terms(desk)
    await killed(desk)
    spends(desk, 30)
    assert len(await turn(desk, 13)) == 1, "the slowest stop of a key takes a minute, and the feed is 6 minutes late"
    assert len(await turn(desk, 4)) == 2


async def test_a_stage_that_was_refused_is_followed_by_the_next(desk: Desk, keys: Keys) -> None:
    keys.write_status = [403]
    await killed(desk)
    assert kills.breaker_state(desk) == "tripped"
    spends(desk, 12)
    first, second = await turn(desk, 14)
    assert (first.state, second.state) == ("failed", "done")
    assert second.reason == f"Stage 2: the stage before ended failed, and {KEY} was read back as active"
    assert keys.states == {KEY: "active", OTHER_KEY: "inactive", THIRD: "active"}


async def test_stages_follow_one_another_to_the_last(keys: Keys, tmp_path: Path) -> None:
    desk = kills.kill_desk(kills.config(keys.url, tmp_path), staged(OTHER_KEY, THIRD))
    kills.signed_terms(desk)
    first = await killed(desk)
    spends(desk, 12)
    await turn(desk, 14)
    spends(desk, 30, start=12)
    await turn(desk, 14)
    assert [each.id for each in kills.intents_of(desk)[::-1]] == [first, f"{first}.2", f"{first}.3"]
    assert set(keys.states.values()) == {"inactive"}


async def test_nobody_escalates_what_a_person_resumed(desk: Desk, keys: Keys) -> None:
    await killed(desk)
    await breakers.resume(desk, ARCHITECT, SLUG, "it is meant")
    spends(desk, 30)
    assert [each.verb for each in await turn(desk, 20)] == ["kill", "resume"]
    assert set(keys.states.values()) == {"active"}


async def test_a_resume_undoes_every_stage_the_last_one_first(desk: Desk, keys: Keys) -> None:
    await killed(desk)
    spends(desk, 12)
    await turn(desk, 14)
    result = await breakers.resume(desk, ARCHITECT, SLUG, "the loop is fixed")
    assert (result.state, [step.target for step in result.steps]) == ("done", [OTHER_KEY, KEY])
    assert set(keys.states.values()) == {"active"}
    assert [asked.path.rpartition("/")[2] for asked in keys.writes] == [KEY, OTHER_KEY, OTHER_KEY, KEY]
    assert kills.breaker_state(desk) == "probation"


class TestProposed:
    @pytest.fixture
    async def proposed(self, desk: Desk) -> Intent:
        """The second stage of a kill that a person asked for."""
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")
        spends(desk, 12)
        return (await turn(desk, 14))[1]

    async def test_what_a_person_began_a_person_goes_on_with(self, desk: Desk, keys: Keys, proposed: Intent) -> None:
        assert (proposed.state, proposed.origin) == ("awaiting_approval", "automatic")
        assert "otto killed it by hand" in proposed.note
        assert keys.states[OTHER_KEY] == "active"
        assert kills.breaker_state(desk) == "held"

    async def test_it_is_an_alert_with_its_command(self, desk: Desk, proposed: Intent) -> None:
        with desk.database.read() as tx:
            (change,) = open_matters.evaluate(tx, (), desk.clock.now())
        assert (change.alert.rule, change.alert.severity) == ("next stage", "critical")
        assert f"token-console approve {proposed.id}" in change.alert.advice

    async def test_who_may_kill_approves_it(self, desk: Desk, keys: Keys, proposed: Intent) -> None:
        plan = await breakers.plan(desk, ON_CALL, SLUG, "kill")
        assert [target.target for target in plan.targets] == [OTHER_KEY]
        assert (await breakers.approve(desk, ON_CALL, proposed.id, "go on")).state == "done"
        assert keys.states[OTHER_KEY] == "inactive"
        assert kills.breaker_state(desk) == "held"

    async def test_a_further_kill_releases_it(self, desk: Desk, keys: Keys, proposed: Intent) -> None:
        assert (await breakers.kill(desk, ON_CALL, SLUG, "go on")).intent == proposed.id
        assert keys.states[OTHER_KEY] == "inactive"

    async def test_a_resume_rejects_it(self, desk: Desk, keys: Keys, proposed: Intent) -> None:
        await breakers.resume(desk, ARCHITECT, SLUG, "it is the launch")
        assert [row.state for row in kills.intents_of(desk)] == ["done", "rejected", "done"]
        assert set(keys.states.values()) == {"active"}

    async def test_one_that_nobody_decided_on_in_a_day_is_proposed_anew_while_spend_runs(
            self, desk: Desk, keys: Keys, proposed: Intent) -> None:
        for day in (1, 2):
            spends(desk, 40, start=day * 1440)
            await turn(desk, 24 * 60)
            states = [(each.id, each.state) for each in await turn(desk, 1)][1:]
            assert states == [(proposed.id, "expired"),
                              *([(f"{proposed.id}.2", "expired")] if day == 2 else []),
                              (f"{proposed.id}.{day + 1}", "awaiting_approval")]
        assert (await breakers.approve(desk, ON_CALL, f"{proposed.id}.3", "go on")).state == "done"
        assert keys.states[OTHER_KEY] == "inactive"

    async def test_nothing_is_proposed_twice(self, desk: Desk, proposed: Intent) -> None:
        spends(desk, 30, start=12)
        assert len(await turn(desk, 10)) == 2
        assert len(await turn(desk, 25 * 60)) == 2


@pytest.mark.parametrize(("what", "why"), [
    ("disarm", "Automatic kills were disarmed meanwhile"),
    ("charter", "Its Charter is no longer in force"),
    ("protected", "is protected"),
    ("shared", "1 of 2 live keys"),
])
async def test_what_nobody_signed_for_is_only_proposed(keys: Keys, tmp_path: Path, what: str, why: str) -> None:
    guarded = BreakerSettings(protected=(OTHER_KEY,) if what == "protected" else (), act_deadline_s=2.0)
    others = [entry("chat", OTHER_KEY)] if what == "shared" else []
    desk = kills.kill_desk(kills.config(keys.url, tmp_path, breaker=guarded), staged(OTHER_KEY), *others)
    kills.signed_terms(desk)
    await killed(desk)
    if what == "charter":
        kills.signed_terms(desk, ("version = 1", "version = 2"))
    if what == "disarm":
        with desk.database.write() as tx:
            incidents.add_disarm(tx, Disarm(workload=SLUG, starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=1),
                                            created_by="maria", reason="load test"))
    spends(desk, 12)
    second = (await turn(desk, 14))[1]
    assert (second.state, why in second.note) == ("awaiting_approval", True), second.note
    assert keys.states[OTHER_KEY] == "active"


async def test_an_entry_that_changes_while_the_stage_is_planned_is_planned_anew(desk: Desk, keys: Keys) -> None:
    await killed(desk)
    spends(desk, 12)

    def rewired() -> None:
        with desk.database.write() as tx:
            registry.put_workload(tx, staged(THIRD), by="maria", at=desk.clock.now())

    keys.before_reading = rewired
    assert len(await turn(desk, 14)) == 1
    assert len(await turn(desk, 0.5)) == 2
    assert (keys.states[OTHER_KEY], keys.states[THIRD]) == ("active", "inactive")


async def test_a_kill_again_acts_on_every_stage_that_was_reached(desk: Desk, keys: Keys) -> None:
    keys.write_status = [200, 403]
    await killed(desk)
    spends(desk, 12)
    await turn(desk, 14)
    assert kills.breaker_state(desk) == "tripped"
    again = await breakers.kill(desk, ON_CALL, SLUG, "once more")
    assert [step.target for step in again.steps] == [KEY, OTHER_KEY]
    assert keys.states[OTHER_KEY] == "inactive"
    assert kills.breaker_state(desk) == "held"


class TestWhatIsShown:
    async def test_the_plan_and_the_dry_run_name_the_later_stages(self, desk: Desk) -> None:
        plan = await breakers.plan(desk, ON_CALL, SLUG, "kill")
        (later,) = plan.later
        assert (later.stage, later.after_s) == (2, 600.0)
        assert later.targets == (f"disable {OTHER_KEY} by anthropic-api-key",)
        dry = await breakers.kill(desk, ON_CALL, SLUG, "to see", dry_run=True)
        assert dry.document()["later_stages"] == [later.document()]

    async def test_the_trip_sheet_says_when_the_next_stage_comes(self, desk: Desk) -> None:
        first = await killed(desk)
        sheet = await breakers.trip_sheet(desk, ON_CALL, workload=SLUG)
        assert sheet is not None
        taken, to_come = sheet.stages
        assert (taken.stage, taken.intent, taken.state) == (1, first, "done")
        assert (to_come.stage, to_come.intent, to_come.state) == (2, None, "to come")
        assert to_come.at is not None
        assert abs(to_come.at - NIGHT - timedelta(minutes=10)) < timedelta(seconds=5)

    async def test_a_later_stages_rows_add_up_to_what_it_was_decided_on(self, desk: Desk) -> None:
        await killed(desk)
        spends(desk, 12)
        await turn(desk, 14)
        sheet = await breakers.trip_sheet(desk, ON_CALL, workload=SLUG)
        assert sheet is not None
        assert [line.state for line in sheet.stages] == ["done", "done"]
        assert sheet.decided_on == sheet.rows_total == sum(row.cost for row in sheet.rows) == 22_000_000


@pytest.mark.parametrize("secret", [None, "env:SECRET"])
async def test_what_anybody_may_claim_takes_no_next_stage_by_itself(
    keys: Keys, tmp_path: Path, secret: str | None
) -> None:
    settings = kills.config(keys.url, tmp_path)
    settings = replace(settings, sources=(*settings.sources, SourceSettings("otel", "otel", secret)))
    desk = kills.kill_desk(settings, staged(OTHER_KEY))
    kills.signed_terms(desk)
    await killed(desk)
    spends(desk, 12)
    await desk.clock.sleep(13 * 60)
    made = call_store(desk.database, (UsageRule(SLUG, (("service", "claims"),)),))
    made.store([("otel", [replace(call(), at=desk.clock.now() - timedelta(minutes=5))])], desk.clock.now(), None)
    _, second = await turn(desk, 1)
    assert second.state == ("awaiting_approval" if secret is None else "done")
    assert ("prove nothing" in second.note) == (secret is None)
    assert keys.states[OTHER_KEY] == ("active" if secret is None else "inactive")
