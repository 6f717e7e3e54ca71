"""One person alone: a resume without the second one, a kill that cannot be stored, and the review that either owes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.config import Config, Notification
from console.errors import InputError, NotPermitted, UsageError
from console.operations import breakers, breakglass, reviewing
from console.operations.breakglass import Unstored
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.watch.journalled import journal_of
from console.watch.judgement import Judge
from console.watch.planning import Wired
from store import authorisations, incidents
from store.database import Database
from store.errors import JournalFailed
from store.tables import Review
from tests.support import kills
from tests.support.desks import ARCHITECT, FINANCE, LEAD, VIEWER, person
from tests.support.http_server import Reply, Server, serving
from tests.support.key_server import Keys
from tests.support.kills import KEY, OTHER_KEY, SLUG

ON_CALL = person("otto", "on_call")
REASON = "243 agents since two o'clock, nobody else answers"


@pytest.fixture
def pager() -> Iterator[Server]:
    with serving(lambda asked: Reply(200, b"{}")) as server:
        yield server


@pytest.fixture
def desk(keys: Keys, pager: Server, tmp_path: Path) -> Desk:
    return kills.kill_desk(settings(keys, pager, tmp_path))


def settings(keys: Keys, pager: Server, folder: Path) -> Config:
    """Two persons, a pager that is called, and a journal beside the database."""
    secret = folder / "pager"
    secret.write_text(pager.url.replace("http://", "json://"))
    secret.chmod(0o600)
    made = kills.config(keys.url, folder, two_person=True)
    return replace(made, notifications=(Notification("pager", f"file:{secret}", "critical"),),
                   breaker=replace(made.breaker, fallback_journal=folder / "journal" / "journal.jsonl"))


def reviews(desk: Desk) -> list[Review]:
    with desk.database.read() as tx:
        return authorisations.open_reviews(tx)


def alarms(desk: Desk) -> tuple[str, ...]:
    with desk.database.read() as tx:
        return Reader(desk.config, PriceBook()).daily(tx, desk.clock.now()).alarms


def open_alerts(desk: Desk) -> list[tuple[str, str, str]]:
    Judge(desk.config, desk.database, Reader(desk.config, PriceBook())).judge(desk.clock.now())
    with desk.database.read() as tx:
        return [(row.rule, row.severity, row.summary) for row in incidents.open_alerts(tx) if row.workload == SLUG]


class TestResume:
    @pytest.fixture(autouse=True)
    async def killed(self, desk: Desk) -> None:
        await breakers.kill(desk, ON_CALL, SLUG, "runaway")

    async def test_one_person_resumes_alone_on_an_authorisation_of_their_own(self, desk: Desk, keys: Keys) -> None:
        result = await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        assert (result.state, keys.states[KEY], kills.breaker_state(desk)) == ("done", "active", "probation")
        assert result.intent is not None
        with desk.database.read() as tx:
            (approval,) = incidents.approvals(tx, result.intent)
        assert (approval.approved_by, approval.used_at is not None) == ("maria", True)

    async def test_everybody_is_told_and_it_is_in_the_log_before_anything_is_sent(
            self, desk: Desk, pager: Server) -> None:
        await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        assert any(b"maria acts alone: resume of claims-triage by break-glass" in asked.body for asked in pager.asked)
        actions = kills.actions(desk)
        assert actions.index("breakglass.used") < len(actions) - 1 - actions[::-1].index("step.executing")

    async def test_the_review_is_red_everywhere_until_another_person_closes_it(self, desk: Desk) -> None:
        result = await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        (review,) = reviews(desk)
        assert review.due_at - review.opened_at == timedelta(hours=72)
        assert alarms(desk)[0].startswith("REVIEW: maria acted alone on claims-triage by break-glass")
        assert [alert[:2] for alert in open_alerts(desk)] == [("review", "error")]
        sheet = await breakers.trip_sheet(desk, ARCHITECT, intent=result.intent)
        assert sheet is not None
        assert "A second person's review is due by" in sheet.note

        assert review.id is not None
        with pytest.raises(NotPermitted, match="somebody else must review it"):
            await reviewing.close_review(desk, ARCHITECT, review.id, "I was right")
        await reviewing.close_review(desk, FINANCE, review.id, "agreed, the launch was real")

        assert (reviews(desk), alarms(desk), open_alerts(desk)) == ([], (), [])
        sheet = await breakers.trip_sheet(desk, ARCHITECT, intent=result.intent)
        assert sheet is not None
        assert "Reviewed by fay: agreed, the launch was real" in sheet.note
        assert kills.actions(desk).count("breakglass.reviewed") == 1

    async def test_after_72_hours_it_is_critical_and_stays(self, desk: Desk) -> None:
        await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        await desk.clock.sleep(73 * 3600)
        ((rule, severity, summary),) = open_alerts(desk)
        assert (rule, severity) == ("review", "critical")
        assert "OVERDUE since" in summary
        await desk.clock.sleep(30 * 86_400)
        assert len(open_alerts(desk)) == 1

    async def test_who_may_not_review_does_not_close_it(self, desk: Desk) -> None:
        await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        with pytest.raises(NotPermitted):
            await reviewing.close_review(desk, VIEWER, 1, "fine")
        assert len(reviews(desk)) == 1

    async def test_a_request_that_waited_for_the_second_person_is_rejected(self, desk: Desk) -> None:
        await breakers.resume(desk, LEAD, SLUG, "fixed")
        assert (await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)).state == "done"
        assert [row.state for row in kills.intents_of(desk)] == ["done", "rejected", "done"]

    @pytest.mark.parametrize(("reason", "typed"), [("too short", SLUG), (REASON, "claims"), (" " * 40, SLUG)])
    async def test_it_takes_a_long_reason_and_the_name(self, desk: Desk, keys: Keys, reason: str, typed: str) -> None:
        with pytest.raises(UsageError):
            await breakglass.resume(desk, ARCHITECT, SLUG, reason, typed)
        assert (reviews(desk), keys.states[KEY]) == ([], "inactive")

    async def test_it_gives_nobody_a_role(self, desk: Desk, keys: Keys) -> None:
        with pytest.raises(NotPermitted):
            await breakglass.resume(desk, ON_CALL, SLUG, REASON, SLUG)
        assert keys.states[KEY] == "inactive"
        assert "attempt.refused" in kills.actions(desk)

    async def test_the_second_person_is_still_needed_without_it(self, desk: Desk, keys: Keys) -> None:
        await breakglass.resume(desk, ARCHITECT, SLUG, REASON, SLUG)
        await breakers.kill(desk, ON_CALL, SLUG, "again")
        assert (await breakers.resume(desk, ARCHITECT, SLUG, "fixed")).state == "awaiting_approval"
        assert keys.states[KEY] == "inactive"


class TestKillThatCannotBeStored:
    @pytest.fixture(autouse=True)
    def unwritable(self, desk: Desk) -> None:
        desk.database.condemn("page 7 is torn")

    def glass(self, desk: Desk, *named: Wired, readable: bool = True) -> Unstored:
        self.said: list[str] = []
        return Unstored(desk.config, desk.clock, "page 7 is torn", desk.database if readable else None, named,
                        self.said.append)

    def mended(self, desk: Desk) -> None:
        desk.database.close()
        desk.database = Database.open(desk.config.database_url)
        desk.automatic = None

    async def test_it_is_journalled_sent_and_read_back_and_everybody_is_told(
            self, desk: Desk, keys: Keys, pager: Server) -> None:
        result = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        assert (result.state, keys.states[KEY], len(keys.writes)) == ("done", "inactive", 1)
        read = journal_of(desk.config).read()
        assert read is not None
        assert [entry.action for entry in read.entries] == ["intent.requested", "step.executing", "step.called",
                                                           "step.done"]
        assert read.entries[1].detail["idempotency_key"] == keys.writes[0].headers["idempotency-key"]
        assert len(self.said) == 4
        assert REASON in self.said[0]
        assert any(b"otto kills claims-triage by break-glass" in asked.body for asked in pager.asked)

    async def test_what_goes_wrong_with_one_target_stops_no_other(self, desk: Desk, keys: Keys) -> None:
        met: list[str] = []

        def strike(where: str) -> None:
            met.append(where)
            if met.count("before call") == 1 and where == "before call":
                raise RuntimeError("nobody foresaw this")

        both = (Wired("anthropic-api-key", "anthropic", one) for one in (KEY, OTHER_KEY))
        with pytest.raises(RuntimeError, match="nobody foresaw this"):
            await breakglass.kill(replace(self.glass(desk, *both), checkpoint=strike), ON_CALL, SLUG, REASON, SLUG)
        read = journal_of(desk.config).read()
        assert read is not None
        assert [entry.action for entry in read.entries].count("step.done") == 1
        assert list(keys.states.values()).count("inactive") == 1

    async def test_it_is_taken_into_the_log_and_the_incidents_once_with_its_own_times(
            self, desk: Desk, keys: Keys) -> None:
        then = desk.clock.now()
        result = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        await desk.clock.sleep(3600)
        self.mended(desk)
        for _ in range(2):
            await breakers.automatic(desk).settle({})
            await breakers.automatic(desk).drain(5)
        (intent,) = kills.intents_of(desk)
        (step,) = kills.steps_of(desk, intent.id)
        assert (intent.id, intent.state, intent.requested_by, step.state) == (result.intent, "done", "otto", "done")
        assert step.confirmed_at is not None
        assert intent.finished_at is not None
        assert then <= intent.requested_at <= step.confirmed_at <= intent.finished_at < then + timedelta(minutes=1)
        assert kills.breaker_state(desk) == "held"
        taken = [each for each in kills.entries_of(desk) if "taken_in" in kills.detail(each)
                 and isinstance(kills.detail(each)["taken_in"], dict)]
        assert [each.action for each in taken] == ["intent.requested", "step.executing", "step.called", "step.done"]
        assert all(then <= each.at < then + timedelta(minutes=1) for each in taken)
        assert len(reviews(desk)) == 1
        assert len(keys.writes) == 1

    async def test_a_kill_of_the_same_day_that_is_newer_keeps_its_breaker(self, desk: Desk, keys: Keys) -> None:
        await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        self.mended(desk)
        keys.states[KEY] = "active"
        newer = await breakers.kill(desk, ON_CALL, SLUG, "again")
        await breakers.automatic(desk).settle({})
        with desk.database.read() as tx:
            row = incidents.breaker(tx, SLUG)
        assert row is not None
        assert (row.intent, row.state) == (newer.intent, "held")
        assert [intent.state for intent in kills.intents_of(desk)] == ["done", "done"]

    async def test_what_is_off_already_is_not_asked_again(self, desk: Desk, keys: Keys) -> None:
        keys.states[KEY] = "inactive"
        assert (await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)).state == "done"
        assert keys.writes == []

    async def test_an_answer_that_never_comes_is_repeated_with_the_same_key_and_read_back(
            self, desk: Desk, keys: Keys) -> None:
        keys.write_status = [503, 503]
        assert (await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)).state == "done"
        assert len(keys.writes) == 3
        assert len({write.headers["idempotency-key"] for write in keys.writes}) == 1

    async def test_a_refusal_is_told_as_one(self, desk: Desk, keys: Keys) -> None:
        keys.write_status = [403]
        result = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        assert (result.state, result.steps[0].state) == ("failed", "refused")

    async def test_where_the_journal_cannot_be_written_either_nothing_is_sent(self, desk: Desk, keys: Keys) -> None:
        desk.config = replace(desk.config, breaker=replace(desk.config.breaker, fallback_journal=Path("/dev/full")))
        with pytest.raises(JournalFailed, match="No space left"):
            await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        assert (keys.writes, keys.states[KEY]) == ([], "active")

    async def test_where_the_database_cannot_even_be_read_the_person_names_the_target(
            self, desk: Desk, keys: Keys) -> None:
        with pytest.raises(InputError, match="--target KIND:SOURCE:IDENTIFIER"):
            await breakglass.kill(self.glass(desk, readable=False), ON_CALL, SLUG, REASON, SLUG)
        named = Wired("anthropic-api-key", "anthropic", OTHER_KEY)
        result = await breakglass.kill(self.glass(desk, named, readable=False), ON_CALL, SLUG, REASON, SLUG)
        assert (result.state, keys.states) == ("done", {KEY: "active", OTHER_KEY: "inactive"})

    async def test_the_kill_secret_goes_to_no_place_that_nobody_confirmed(self, desk: Desk, keys: Keys) -> None:
        self.mended(desk)
        await breakers.plan(desk, ON_CALL, SLUG, "kill")
        with serving(lambda asked: Reply(200, b"{}")) as stranger:
            moved = replace(desk.config.sources[0], base_url=stranger.url)
            desk.config = replace(desk.config, sources=(moved,))
            result = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
            assert (result.state, stranger.asked) == ("failed", [])
        assert "was not sent" in (result.steps[0].error or "")
        assert keys.states[KEY] == "active"

    async def test_who_may_not_kill_may_not_break_the_glass(self, desk: Desk, keys: Keys) -> None:
        with pytest.raises(NotPermitted):
            await breakglass.kill(self.glass(desk), VIEWER, SLUG, REASON, SLUG)
        assert keys.writes == []

    async def test_a_journal_that_was_changed_is_taken_in_up_to_there_and_said(self, desk: Desk) -> None:
        await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        path = journal_of(desk.config).path
        path.write_text(path.read_text().replace('"step.called"', '"step.forged"'))
        await self.taken_in_twice(desk)
        actions = kills.actions(desk)
        assert actions.count("journal.broken") == 1
        assert "step.forged" not in actions
        assert kills.intents_of(desk)[0].state in ("executing", "done")

    async def test_one_that_was_set_aside_since_is_taken_in_up_to_there_too(self, desk: Desk, keys: Keys) -> None:
        first = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        path = journal_of(desk.config).path
        path.write_text(path.read_text().replace('"step.called"', '"step.forged"'))
        keys.states[KEY] = "active"
        second = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        await self.taken_in_twice(desk)
        assert {intent.id for intent in kills.intents_of(desk)} == {first.intent, second.intent}
        actions = kills.actions(desk)
        assert (actions.count("journal.broken"), actions.count("breakglass.used")) == (1, 2)
        assert "step.forged" not in actions

    async def test_what_is_written_after_the_journal_was_cut_back_is_taken_in_and_nothing_twice(
            self, desk: Desk, keys: Keys) -> None:
        first = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        await self.taken_in_twice(desk)
        path = journal_of(desk.config).path
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:1]))
        keys.states[KEY] = "active"
        desk.database.condemn("page 7 is torn")
        second = await breakglass.kill(self.glass(desk), ON_CALL, SLUG, REASON, SLUG)
        await self.taken_in_twice(desk)
        assert {intent.id for intent in kills.intents_of(desk)} == {first.intent, second.intent}
        taken = [each.action for each in kills.entries_of(desk) if isinstance(kills.detail(each).get("taken_in"), dict)]
        assert taken == 2 * ["intent.requested", "step.executing", "step.called", "step.done"]

    async def taken_in_twice(self, desk: Desk) -> None:
        self.mended(desk)
        for _ in range(2):
            await breakers.automatic(desk).settle({})
            await breakers.automatic(desk).drain(5)
