"""A Charter's life: draft, in review, in force, superseded or retired; what is said on the way, and by whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.charters.signing import SIGNING_ROLES
from console.errors import ConsoleError, InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.actor import Actor
from console.operations.charter import review as charter_review
from console.operations.desk import Desk
from console.settings import ROLES
from store import audit
from store import registry as store
from store.tables import AuditEntry
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.desks import ARCHITECT, FINANCE, LEAD, OWNER, RISK, VIEWER, open_desk, person
from tests.support.mbom import CLAIMS, CONFIG

W = "claims-triage"
SIGNERS = ((OWNER, "business_owner"), (LEAD, "platform_lead"), (FINANCE, "finance_partner"), (RISK, "risk_officer"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with a draft of the Charter of claims-triage."""
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        await imported(opened)
        yield opened


async def imported(desk: Desk, *changes: tuple[str, str]) -> None:
    await registry.import_charter(desk, ARCHITECT, text=edited(*changes), name="claims-triage.toml")


async def state(desk: Desk, version: int | None = None) -> str:
    return (await registry.show_charter(desk, VIEWER, workload=W, version=version)).state


async def signed(desk: Desk) -> None:
    for actor, role in SIGNERS:
        await registry.sign(desk, actor, workload=W, role=role)


def entries(desk: Desk) -> list[AuditEntry]:
    with desk.database.read() as tx:
        return [entry for entry in reversed(audit.entries(tx)) if entry.action.startswith("charter.")]


async def test_from_draft_to_force_to_the_past(desk: Desk) -> None:
    assert await state(desk) == "draft"
    done = await charter_review.submit(desk, ARCHITECT, workload=W, text="For the June cycle.")
    assert (done.state, done.in_force) == ("in review", None)
    await signed(desk)
    assert await state(desk) == "signed"
    await imported(desk, ("version = 1", "version = 2"), ("multiple = 15", "multiple = 12"))
    done = await charter_review.submit(desk, LEAD, workload=W)
    assert (done.version, done.in_force) == (2, 1)
    await signed(desk)
    assert (await state(desk, 1), await state(desk, 2)) == ("superseded", "signed")
    done = await charter_review.retire(desk, OWNER, workload=W, reason="The workload ends in May.")
    assert (done.state, done.in_force) == ("retired", None)
    assert [entry.action for entry in entries(desk)] == [
        "charter.imported", "charter.submitted", *["charter.signed"] * 4, "charter.in_force",
        "charter.imported", "charter.submitted", *["charter.signed"] * 4, "charter.superseded", "charter.in_force",
        "charter.retired"]


async def test_a_refusal_says_why_voids_the_signatures_and_is_answered_before_anybody_signs(desk: Desk) -> None:
    await charter_review.submit(desk, ARCHITECT, workload=W)
    await registry.sign(desk, OWNER, workload=W, role="business_owner")
    done = await charter_review.refuse(desk, FINANCE, workload=W, role="finance_partner",
                                       reason="Stretch does not fit the envelope.")
    assert (done.state, done.voided) == ("draft", ("business_owner",))
    view = await registry.show_charter(desk, VIEWER, workload=W)
    assert (view.signatures, len(view.missing_roles)) == ((), 4)
    with pytest.raises(UsageError, match="refused by fay as finance_partner: Stretch does not fit the envelope"):
        await registry.sign(desk, OWNER, workload=W, role="business_owner")
    await imported(desk, ("multiple = 2.5", "multiple = 2"))
    await charter_review.submit(desk, ARCHITECT, workload=W, text="Stretch is 2x now.")
    await signed(desk)
    view = await registry.show_charter(desk, VIEWER, workload=W)
    assert [(note.kind, note.role, note.of_this_content) for note in view.notes] == [
        ("submission", "token_architect", False), ("refusal", "finance_partner", False),
        ("submission", "token_architect", True)]
    refusal = next(entry for entry in entries(desk) if entry.action == "charter.refused")
    detail = json.loads(refusal.body)["detail"]
    assert (refusal.actor, detail["text"], detail["voided"]) == (
        "fay", "Stretch does not fit the envelope.", ["business_owner"])


async def test_a_comment_changes_nothing_but_is_kept_with_who_and_when(desk: Desk) -> None:
    await charter_review.comment(desk, ARCHITECT, workload=W, text="  Is the sample stratified by age?  ")
    view = await registry.show_charter(desk, VIEWER, workload=W)
    assert view.state == "draft"
    assert [(note.kind, note.said_by, note.said_at, note.text) for note in view.notes] == [
        ("comment", "maria", desk.clock.now(), "Is the sample stratified by age?")]


async def test_the_content_is_fixed_from_the_submission_on(desk: Desk) -> None:
    await charter_review.submit(desk, ARCHITECT, workload=W)
    with pytest.raises(InputError, match=r"is in review.*write version = 2"):
        await imported(desk, ("multiple = 15", "multiple = 12"))


async def test_nobody_is_asked_to_sign_what_the_rules_of_the_day_refuse(desk: Desk) -> None:
    stricter = replace(CONFIG, tram={"low": {"medium": {"depth_cap": 1}}})
    with pytest.raises(InputError, match="over the 1"):
        await charter_review.submit(replace(desk, config=stricter), ARCHITECT, workload=W)
    assert await state(desk) == "draft"


Step = Callable[[Desk], Awaitable[object]]
STEPS: dict[str, Step] = {
    "submit": lambda desk: charter_review.submit(desk, ARCHITECT, workload=W),
    "refuse": lambda desk: charter_review.refuse(desk, OWNER, workload=W, role="business_owner", reason="No."),
    "sign": lambda desk: registry.sign(desk, OWNER, workload=W, role="business_owner"),
    "retire": lambda desk: charter_review.retire(desk, OWNER, workload=W, reason="Over."),
    "change": lambda desk: imported(desk, ("multiple = 15", "multiple = 12")),
}
POSSIBLE = {"draft": {"submit", "sign", "retire", "change"}, "in review": {"refuse", "sign", "retire"},
            "signed": {"retire"}, "superseded": set(), "retired": set()}


async def bring_to(desk: Desk, wanted: str) -> None:
    if wanted == "in review":
        await charter_review.submit(desk, ARCHITECT, workload=W)
    elif wanted == "retired":
        await charter_review.retire(desk, OWNER, workload=W, reason="Over.")
    elif wanted != "draft":
        await signed(desk)
    if wanted == "superseded":
        with desk.database.write() as tx:
            row = store.charters(tx, W)[0]
            row.state = "superseded"
            store.put_charter(tx, row)
    assert await state(desk) == wanted


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", POSSIBLE)
async def test_each_state_allows_its_own_steps_and_no_other(desk: Desk, at: str, step: str) -> None:
    await bring_to(desk, at)
    before = [entry.action for entry in entries(desk)]
    if step in POSSIBLE[at]:
        await STEPS[step](desk)
        assert len(entries(desk)) == len(before) + 1
    else:
        with pytest.raises(ConsoleError):
            await STEPS[step](desk)
        assert await state(desk) == at
        assert [entry.action for entry in entries(desk)] == before


REVIEWERS = {*SIGNING_ROLES, "risk_officer", "token_architect"}
COMMANDS: dict[str, tuple[Callable[[Desk, Actor, str], Awaitable[object]], set[str]]] = {
    "import": (lambda desk, actor, role: registry.import_charter(desk, actor, text=CLAIMS_TRIAGE, name="x.toml"),
               {"token_architect", "platform_lead", "business_owner"}),
    "submit": (lambda desk, actor, role: charter_review.submit(desk, actor, workload=W),
               {"token_architect", "platform_lead", "business_owner"}),
    "comment": (lambda desk, actor, role: charter_review.comment(desk, actor, workload=W, text="Why?"), REVIEWERS),
    "refuse": (lambda desk, actor, role: charter_review.refuse(desk, actor, workload=W, role=role, reason="No."),
               REVIEWERS),
    "sign": (lambda desk, actor, role: registry.sign(desk, actor, workload=W, role=role),
             {*SIGNING_ROLES, "risk_officer"}),
    "retire": (lambda desk, actor, role: charter_review.retire(desk, actor, workload=W, reason="Over."),
               {"business_owner", "risk_officer"}),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("role", ROLES)
async def test_who_may_do_what_to_a_charter(desk: Desk, role: str, command: str) -> None:
    """Every role, every command: what is not permitted changes nothing and is written down as refused."""
    give, may = COMMANDS[command]
    if command == "refuse":
        await charter_review.submit(desk, ARCHITECT, workload=W)
    somebody = person("somebody", role)
    if role in may:
        await give(desk, somebody, role)
        return
    before = await state(desk)
    with pytest.raises(NotPermitted):
        await give(desk, somebody, role)
    assert await state(desk) == before
    with desk.database.read() as tx:
        last = audit.entries(tx)[0]
    told = json.loads(last.body)["detail"]["command"]
    assert (last.action, last.actor, told) == ("attempt.refused", "somebody", f"{command}_charter")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "finance_partner"])
async def test_one_refuses_only_in_a_role_that_one_holds(desk: Desk, role: str) -> None:
    await charter_review.submit(desk, ARCHITECT, workload=W)
    with pytest.raises(NotPermitted, match=r"may not refuse as|it takes one of"):
        await charter_review.refuse(desk, FINANCE, workload=W, role=role, reason="No.")


async def test_the_risk_officer_refuses_only_where_they_sign(desk: Desk) -> None:
    await imported(desk, ('domain = "financial"', 'domain = "general"'))
    await charter_review.submit(desk, ARCHITECT, workload=W)
    with pytest.raises(UsageError, match="not by risk_officer"):
        await charter_review.refuse(desk, RISK, workload=W, role="risk_officer", reason="No.")


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001])
async def test_a_refusal_a_comment_and_an_end_have_words(desk: Desk, words: str) -> None:
    await charter_review.submit(desk, ARCHITECT, workload=W)
    for step in (charter_review.comment(desk, OWNER, workload=W, text=words),
                 charter_review.refuse(desk, OWNER, workload=W, role="business_owner", reason=words),
                 charter_review.retire(desk, OWNER, workload=W, reason=words)):
        with pytest.raises(UsageError):
            await step
    assert await state(desk) == "in review"


@pytest.mark.parametrize("command", ["submit", "comment", "retire"])
async def test_a_read_only_console_moves_nothing(desk: Desk, command: str) -> None:
    give, _ = COMMANDS[command]
    with pytest.raises(NotPermitted, match="read-only"):
        await give(replace(desk, read_only=True), OWNER, "business_owner")
    assert await state(desk) == "draft"
