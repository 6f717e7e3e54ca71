"""Decide the week's exceptions: who may, what is refused, and what stands in the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.errors import NotPermitted, UsageError
from console.operations import exceptions
from console.operations.desk import Desk
from console.operations.permissions import MAY
from console.watch.exceptions import close, open_or_refresh
from store import audit
from store import exceptions as store
from tests.support.desks import ARCHITECT, NOON, open_desk, person
from tests.support.exceptions import OPUS, opened, row, said

CHAT = replace(OPUS, workload="chat", stake=None)
DEPTH = replace(OPUS, kind="drift: depth", subject="", stake=None)
WHY = "The trial of Opus was agreed with Anna until the end of the month."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened_desk:
        yield opened_desk


def later(desk: Desk, **length: float) -> None:
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance(timedelta(**length).total_seconds())


async def test_a_decision_is_shown_with_its_rationale_and_who_made_it(desk: Desk) -> None:
    (number,) = opened(desk, OPUS)
    (done,) = await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=f" {WHY} ")
    week = await exceptions.weekly(desk, ARCHITECT)
    (line,) = week.exceptions
    assert (line.state, line.decision) == ("decided", done)
    assert (done.rationale, done.by, done.role, done.batch) == (WHY, "maria", "token_architect", None)
    assert said(desk) == ["exception.opened", "exception.decided"]


async def test_those_decided_together_share_a_batch(desk: Desk) -> None:
    numbers = opened(desk, OPUS, CHAT, DEPTH)
    done = await exceptions.decide(desk, ARCHITECT, exceptions=[numbers[2], numbers[0], numbers[2]],
                                   verdict="escalated", rationale=WHY)
    assert len(done) == 2
    assert len({line.batch for line in done} - {None}) == 1
    assert [row(desk, number).state for number in numbers] == ["decided", "open", "decided"]
    week = await exceptions.weekly(desk, ARCHITECT)
    assert {pattern.kind: pattern.escalated for pattern in week.patterns} == {"drift: model": True,
                                                                              "drift: depth": True}


async def test_deciding_anew_replaces_the_decision_and_keeps_the_old_one(desk: Desk) -> None:
    (number,) = opened(desk, OPUS)
    await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="revision", rationale="The plan is wrong.")
    (second,) = await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    with desk.database.read() as tx:
        assert [each.verdict for each in store.history(tx, number)] == ["revision", "dismissed"]
    assert row(desk, number).decision == second.id


@pytest.mark.parametrize(("asked", "match"), [
    ({"rationale": "  "}, "needs a rationale"),
    ({"rationale": "x" * 4001}, "4,001 characters; shorten it to 4,000"),
    ({"verdict": "ignored"}, "no verdict 'ignored'; it is one of: revision, time-bounded, dismissed, escalated"),
    ({"verdict": "time-bounded"}, "needs its end"),
    ({"verdict": "time-bounded", "ends_at": NOON}, "not in the future, within 400 days"),
    ({"verdict": "time-bounded", "ends_at": NOON + timedelta(days=401)}, "2027-12-29T12:00:00Z is not in the future"),
    ({"verdict": "revision", "ends_at": NOON + timedelta(days=1)}, "'Charter revision required' has no end"),
    ({"verdict": "escalated", "ends_at": NOON + timedelta(days=1)}, "has no end"),
    ({"exceptions": []}, "No exception is named"),
])
async def test_what_cannot_be_decided_is_refused_and_nothing_is_stored(desk: Desk, asked: dict[str, object],
                                                                       match: str) -> None:
    (number,) = opened(desk, OPUS)
    sound = {"exceptions": [number], "verdict": "dismissed", "rationale": WHY}
    with pytest.raises(UsageError, match=match):
        await exceptions.decide(desk, ARCHITECT, **{**sound, **asked})  # type: ignore[arg-type]
    assert row(desk, number).state == "open"
    assert said(desk) == ["exception.opened"]


async def test_unknown_and_closed_ones_are_named_one_by_one_and_none_is_decided(desk: Desk) -> None:
    first, second = opened(desk, OPUS, CHAT)
    with desk.database.write() as tx:
        close(tx, store.by_ids(tx, [second])[second], "not used for seven days", NOON)
    with pytest.raises(UsageError) as refused:
        await exceptions.decide(desk, ARCHITECT, exceptions=[first, 77, second, 78], verdict="dismissed",
                                rationale=WHY)
    assert str(refused.value) == (
        f"There is no exception 77; exception {second} (chat: drift: model claude-opus-4-6) is closed: not used for "
        "seven days; there is no exception 78. So nothing was decided.")
    assert row(desk, first).state == "open"


@pytest.mark.parametrize("role", ["viewer", "on_call", "business_owner", "platform_lead", "finance_partner",
                                  "risk_officer"])
async def test_only_the_token_architect_decides_and_takes_back(desk: Desk, role: str) -> None:
    assert MAY["decide_exception"] == ("token_architect",)
    (number,) = opened(desk, OPUS)
    actor = person("other", role)
    with pytest.raises(NotPermitted, match="other may not decide exception"):
        await exceptions.decide(desk, actor, exceptions=[number], verdict="dismissed", rationale=WHY)
    with pytest.raises(NotPermitted):
        await exceptions.undo_decision(desk, actor, decisions=[1])
    assert said(desk) == ["exception.opened", "attempt.refused", "attempt.refused"]


async def test_a_read_only_console_decides_nothing(desk: Desk) -> None:
    (number,) = opened(desk, OPUS)
    with pytest.raises(NotPermitted, match="read-only"):
        await exceptions.decide(replace(desk, read_only=True), ARCHITECT, exceptions=[number], verdict="dismissed",
                                rationale=WHY)


async def test_a_decision_taken_back_leaves_what_stood_before_it(desk: Desk) -> None:
    (number,) = opened(desk, OPUS)
    (first,) = await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="escalated", rationale=WHY)
    later(desk, minutes=1)
    (second,) = await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    await exceptions.undo_decision(desk, ARCHITECT, decisions=[second.id])
    assert (row(desk, number).state, row(desk, number).decision) == ("decided", first.id)
    await exceptions.undo_decision(desk, ARCHITECT, decisions=[first.id])
    assert (row(desk, number).state, row(desk, number).decision) == ("open", None)
    (line,) = (await exceptions.weekly(desk, ARCHITECT)).exceptions
    assert (line.state, line.decision) == ("open", None)


async def test_only_ones_own_decision_of_the_last_ten_minutes_is_taken_back(desk: Desk) -> None:
    number, other = opened(desk, OPUS, CHAT)
    (old,) = await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    later(desk, minutes=11)
    (theirs,) = await exceptions.decide(desk, person("jo", "token_architect"), exceptions=[other], verdict="dismissed",
                                        rationale=WHY)
    with pytest.raises(UsageError) as refused:
        await exceptions.undo_decision(desk, ARCHITECT, decisions=[old.id, theirs.id, 99])
    message = str(refused.value)
    assert "is over ten minutes old" in message
    assert "is jo's" in message
    assert "there is no decision 99. So nothing was taken back." in message
    assert row(desk, other).state == "decided"


async def test_the_exception_of_a_kill_and_of_an_alert_is_found_from_there(desk: Desk) -> None:
    trip = replace(OPUS, origin="trip", kind="trip: signs", subject="kill-1", intent="kill-1", alert=7)
    opened(desk, OPUS, trip)
    by_intent = await exceptions.exception_of(desk, ARCHITECT, intent="kill-1")
    by_alert = await exceptions.exception_of(desk, ARCHITECT, alert=7)
    assert by_intent is not None
    assert by_intent == by_alert
    assert by_intent.kind == "trip: signs"
    assert await exceptions.exception_of(desk, ARCHITECT, intent="kill-2") is None


async def test_a_dismissal_covers_the_same_and_not_twice_as_much(desk: Desk) -> None:
    (number,) = opened(desk, replace(OPUS, degree=2))
    await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    opened(desk, replace(OPUS, degree=3), at=NOON + timedelta(hours=2))
    assert row(desk, number).state == "decided"
    opened(desk, replace(OPUS, degree=4), at=NOON + timedelta(hours=3))
    again = row(desk, number)
    assert (again.state, again.times, again.decision) == ("open", 2, None)
    assert again.reopened_why == "it has become materially worse since it was dismissed by maria"
    with desk.database.read() as tx:
        assert audit.entries(tx)[0].action == "exception.reopened"


async def test_what_is_dismissed_and_seen_again_is_counted(desk: Desk) -> None:
    burn = replace(OPUS, origin="alert", kind="alert: burn", subject="", alert=4, degree=0)
    (number,) = opened(desk, burn)
    await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    opened(desk, replace(burn, alert=9), at=NOON + timedelta(days=1))
    opened(desk, replace(burn, alert=9), at=NOON + timedelta(days=1))
    opened(desk, burn, at=NOON + timedelta(days=1))
    assert (row(desk, number).state, row(desk, number).times, row(desk, number).alert) == ("decided", 2, 9)


async def test_the_week_of_the_past_is_told_as_it_stood_then(desk: Desk) -> None:
    (number,) = opened(desk, OPUS)
    later(desk, hours=1)
    await exceptions.decide(desk, ARCHITECT, exceptions=[number], verdict="dismissed", rationale=WHY)
    with desk.database.write() as tx:
        close(tx, store.by_ids(tx, [number])[number], "not used for seven days", NOON + timedelta(days=8))
        open_or_refresh(tx, OPUS, NOON + timedelta(days=15))
    states = [[line.state for line in (await exceptions.weekly(desk, ARCHITECT, at=NOON + after)).exceptions]
              for after in (timedelta(minutes=-1), timedelta(minutes=5), timedelta(days=1), timedelta(days=9),
                            timedelta(days=16))]
    assert states == [[], ["open"], ["decided"], ["closed"], ["open"]]
