"""A quarterly review: what is learned and recommended in it, who may say so, and the decision that ends it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cadences.quarterly import NoteLine, QuarterLine
from console.clock import ManualClock
from console.config import Approvals
from console.errors import ConsoleError, NotPermitted, UsageError
from console.operations import quarters, registry
from console.operations.actor import Actor
from console.operations.charter import review as charter_review
from console.operations.desk import Desk
from store import audit
from store import registry as store
from store.tables import AuditEntry
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.desks import ARCHITECT, EVERYTHING, FINANCE, LEAD, NOON, OWNER, RISK, VIEWER, open_desk, person
from tests.support.mbom import CLAIMS

W, Q = "claims-triage", "2026-Q4"
SIGNERS = ((OWNER, "business_owner"), (LEAD, "platform_lead"), (FINANCE, "finance_partner"), (RISK, "risk_officer"))
ON_CALL = person("otto", "on_call")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at noon of 2026-11-23 with the Charter of claims-triage in force since then."""
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        await registry.import_charter(opened, ARCHITECT, text=CLAIMS_TRIAGE, name="claims-triage.toml")
        for actor, role in SIGNERS:
            await registry.sign(opened, actor, workload=W, role=role)
        yield opened


async def recommended(desk: Desk, *actors: Actor) -> None:
    for actor in actors or (OWNER, LEAD):
        await quarters.note(desk, actor, workload=W, quarter=Q, kind="recommended", text="Halve the retrieval depth.")


async def line(desk: Desk, quarter: str = Q) -> QuarterLine:
    return (await quarters.quarterly(desk, VIEWER, quarter=quarter)).lines[0]


async def ended(desk: Desk, decision: str, actor: Actor = OWNER) -> NoteLine:
    return await quarters.end_review(desk, actor, workload=W, quarter=Q, decision=decision, text="As recommended.")


async def text_of(desk: Desk, version: int) -> str:
    return (await registry.show_charter(desk, VIEWER, workload=W, version=version)).text


def entries(desk: Desk, action: str) -> list[AuditEntry]:
    with desk.database.read() as tx:
        return [entry for entry in reversed(audit.entries(tx)) if entry.action.startswith(action)]


async def test_what_was_learned_and_recommended_is_in_the_quarter_with_who_said_it(desk: Desk) -> None:
    await quarters.note(desk, FINANCE, workload=W, quarter=Q, kind="learned", text="  Batches are half the price. ")
    await recommended(desk)
    found = await line(desk)
    assert found.learned == (NoteLine("learned", "finance_partner", "fay", NOON, "Batches are half the price.", 1),)
    assert [(note.role, note.by) for note in found.recommended] == [("business_owner", "anna"),
                                                                   ("platform_lead", "paul")]
    assert found.owed == ()
    assert [json.loads(entry.body)["detail"]["role"] for entry in entries(desk, "quarter.")] == [
        "finance_partner", "business_owner", "platform_lead"]


async def test_who_holds_both_roles_speaks_in_the_one_that_still_owes(desk: Desk) -> None:
    await recommended(desk, EVERYTHING, EVERYTHING)
    assert [note.role for note in (await line(desk)).recommended] == ["business_owner", "platform_lead"]


async def test_a_review_is_ended_only_once_both_have_recommended(desk: Desk) -> None:
    with pytest.raises(UsageError, match="business_owner and platform_lead have not"):
        await ended(desk, "reaffirm")
    await recommended(desk, LEAD)
    with pytest.raises(UsageError, match=r"and business_owner has not: token-console quarter recommend claims-triage"):
        await ended(desk, "reaffirm")
    assert (await line(desk)).decision is None


async def test_a_charter_that_is_reaffirmed_stands(desk: Desk) -> None:
    await recommended(desk)
    done = await ended(desk, "reaffirm", ARCHITECT)
    assert (done.kind, done.role, done.charter_version, done.says) == (
        "reaffirm", "token_architect", 1, "Version 1 of its Charter stands.")
    assert (await line(desk)).decision == replace(done, says="")
    assert (await registry.show_mbom(desk, VIEWER, slug=W)).entry["last_review"] == "2026-11-23"
    detail = json.loads(entries(desk, "quarter.ended")[0].body)["detail"]
    assert (detail["quarter"], detail["kind"], detail["charter_version"]) == (Q, "reaffirm", 1)


async def test_a_review_ends_once(desk: Desk) -> None:
    await recommended(desk)
    await ended(desk, "reaffirm")
    with pytest.raises(UsageError, match=r"was ended by anna on 2026-11-23T12:00:00Z: reaffirm"):
        await ended(desk, "retire")
    with pytest.raises(UsageError, match="belongs to the next one"):
        await recommended(desk, LEAD)


async def test_a_charter_to_be_revised_becomes_a_draft_with_every_comment_kept(desk: Desk) -> None:
    await recommended(desk)
    done = await ended(desk, "revise")
    assert (done.draft_version, done.charter_version) == (2, 1)
    assert await text_of(desk, 2) == CLAIMS_TRIAGE.replace("version = 1", "version = 2")
    found = await line(desk)
    assert (found.draft_version, found.charter_version) == (2, 1)


async def test_a_draft_that_somebody_wrote_is_pointed_to_and_never_written_over(desk: Desk) -> None:
    theirs = edited(("version = 1", "version = 2"), ("multiple = 15", "multiple = 12"))
    await registry.import_charter(desk, LEAD, text=theirs, name="theirs.toml")
    await recommended(desk)
    done = await ended(desk, "revise")
    assert done.draft_version == 2
    assert done.says.startswith("Version 2 is open already and was left as it is")
    assert await text_of(desk, 2) == theirs


async def test_a_revision_of_what_the_rules_refuse_by_now_is_decided_without_a_draft(desk: Desk) -> None:
    desk.config = replace(desk.config, tram={"low": {"medium": {"models": ["claude-haiku-4-5"]}}})
    await recommended(desk)
    done = await ended(desk, "revise")
    assert done.draft_version is None
    assert done.says.startswith("No draft was stored: the rules of today refuse a copy of version 1.")
    assert (await line(desk)).decision is not None


async def test_who_retires_a_workload_retires_its_charter_and_is_told_what_stays(desk: Desk) -> None:
    await recommended(desk)
    done = await ended(desk, "retire")
    assert "Its keys are not switched off by this" in done.says
    with desk.database.read() as tx:
        entry = store.workload(tx, W)
        assert entry is not None
        assert (entry.status, store.charter_in_force(tx, W)) == ("retired", None)
    assert [entry.action for entry in entries(desk, "")][-4:] == [
        "mbom.changed", "charter.retired", "mbom.changed", "quarter.ended"]
    assert (await line(desk)).status == "retired"


async def test_who_may_not_retire_a_charter_retires_nothing(desk: Desk) -> None:
    await recommended(desk)
    with pytest.raises(NotPermitted, match="may not retire charter"):
        await ended(desk, "retire", ARCHITECT)
    with desk.database.read() as tx:
        entry = store.workload(tx, W)
        assert entry is not None
        assert entry.status == "live"
    assert (await line(desk)).decision is None


async def test_without_a_charter_in_force_there_is_nothing_to_reaffirm_or_revise(desk: Desk) -> None:
    await charter_review.retire(desk, OWNER, workload=W, reason="It is over.")
    await recommended(desk)
    for decision in ("reaffirm", "revise"):
        with pytest.raises(UsageError, match=f"has no Charter in force to {decision}"):
            await ended(desk, decision)
    assert (await ended(desk, "retire")).charter_version is None


async def test_two_people_recommend_where_the_configuration_asks_for_two(desk: Desk) -> None:
    both = person("solo", "business_owner", "platform_lead")
    await recommended(desk, both, both)
    desk.config = replace(desk.config, approvals=Approvals(two_person=True))
    with pytest.raises(NotPermitted, match="solo recommends for 2026-Q4 in both roles"):
        await ended(desk, "reaffirm")
    await recommended(desk, LEAD)
    assert (await ended(desk, "reaffirm", both)).kind == "reaffirm"


async def test_the_second_recommendation_of_one_person_is_refused_there(desk: Desk) -> None:
    both = person("solo", "business_owner", "platform_lead")
    desk.config = replace(desk.config, approvals=Approvals(two_person=True))
    await recommended(desk, both)
    with pytest.raises(NotPermitted, match="asks for two people"):
        await recommended(desk, both)
    assert (await line(desk)).owed == ("platform_lead",)


@pytest.mark.parametrize(("actor", "kind", "role"), [
    (VIEWER, "learned", None), (ON_CALL, "learned", None), (ARCHITECT, "recommended", None),
    (FINANCE, "recommended", None), (OWNER, "recommended", "platform_lead"), (ARCHITECT, "learned", "risk_officer"),
])
async def test_a_note_in_a_role_that_may_not_write_it_is_refused_and_written_down(
        desk: Desk, actor: Actor, kind: str, role: str | None) -> None:
    with pytest.raises(NotPermitted):
        await quarters.note(desk, actor, workload=W, quarter=Q, kind=kind, text="A word.", role=role)
    assert len(entries(desk, "attempt.refused")) == 1
    assert entries(desk, "quarter.") == []


@pytest.mark.parametrize("actor", [VIEWER, LEAD, FINANCE, RISK, ON_CALL])
async def test_a_review_is_ended_by_business_owner_or_token_architect(desk: Desk, actor: Actor) -> None:
    await recommended(desk)
    with pytest.raises(NotPermitted):
        await ended(desk, "reaffirm", actor)


async def test_a_console_that_only_looks_writes_no_review(desk: Desk) -> None:
    desk.read_only = True
    with pytest.raises(NotPermitted, match="read-only"):
        await recommended(desk, OWNER)
    with pytest.raises(NotPermitted, match="read-only"):
        await ended(desk, "reaffirm")


@pytest.mark.parametrize(("given", "said"), [
    ({"quarter": "2027-Q1"}, "2027-Q1 has not begun: it starts on 2027-01-01"),
    ({"quarter": "2026-4"}, "is no quarter. Write it like 2026-Q4"),
    ({"workload": "claims-triag"}, "Did you mean claims-triage?"),
    ({"kind": "reaffirm"}, "A note is learned or recommended"),
    ({"text": " \n"}, "A note needs words"),
    ({"text": "x" * 10_001}, "10,000 characters at most; this one has 10,001"),
])
async def test_a_note_that_cannot_be_is_answered_with_why(desk: Desk, given: dict[str, str], said: str) -> None:
    asked = {"workload": W, "quarter": Q, "kind": "learned", "text": "A word.", **given}
    with pytest.raises(ConsoleError, match=said.replace("?", r"\?")):
        await quarters.note(desk, OWNER, **asked)
    assert entries(desk, "quarter.") == []


async def test_a_late_review_belongs_to_the_quarter_that_it_names(desk: Desk) -> None:
    await recommended(desk)
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance((datetime(2027, 1, 12, tzinfo=UTC) - NOON).total_seconds())
    await ended(desk, "reaffirm")
    assert (await quarters.quarterly(desk, VIEWER)).quarter == "2027-Q1"
    assert (await line(desk)).decision is not None
    assert (await line(desk, "2027-Q1")).decision is None


async def test_the_quarter_of_another_instant_is_shown_as_of_then(desk: Desk) -> None:
    found = await quarters.quarterly(desk, VIEWER, at=datetime(2026, 8, 3, tzinfo=UTC))
    assert (found.quarter, found.partial, found.lines) == ("2026-Q3", True, ())
    with pytest.raises(UsageError, match="Write it like 2026-Q4"):
        await quarters.quarterly(desk, VIEWER, quarter="last")
