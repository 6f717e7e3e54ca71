"""A Charter on its way to signatures on a terminal: submitted, signed, sent back, retired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.operations import registry
from console.operations.charter import drafts as charter_drafts
from console.operations.desk import Desk
from screens.actions import BY_ID, why_not
from screens.charter import CharterView
from store import registry as store
from tests.support.charter_console import SLUG, amended, at_charter, imported, rows, typed, words
from tests.support.desks import ARCHITECT, EVERYTHING, FINANCE, OWNER, RISK, VIEWER
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL


async def test_it_is_submitted_signed_in_a_role_of_ones_own_and_in_force_with_the_last(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk, OWNER) as console:
        await console.press("S")
        await typed(console, "please", over=False)
        assert "IN REVIEW version 1" in console.screen()
        assert "submission by anna as business owner" in console.screen()
        await console.press("i")
        await console.idle()
        screen = console.screen()
        assert "SIGN version 1 of the Charter of claims-triage as BUSINESS OWNER" in screen
        assert rows(desk)[0].content_hash[:32] in screen
        assert "expected 1,860.00 · kills by itself above 9,300.00" in screen
        await console.press("tab", "enter")
        await console.idle()
        assert "is signed as business owner; still to sign: platform lead" in words(console)
        assert "signed by" in console.screen()


@pytest.mark.parametrize("keys", [["enter"], ["tab", "escape"]])
async def test_nothing_is_signed_without_going_to_the_field_first(desk: Desk, keys: list[str]) -> None:
    await amended(desk)
    async with at_charter(desk, OWNER) as console:
        await console.press("i")
        await console.idle()
        await console.press(*keys)
        await console.idle()
        assert "Nothing was signed." in console.screen()
        with desk.database.read() as tx:
            assert store.signatures(tx, SLUG, 2) == []


async def test_one_with_several_roles_says_in_which(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk, EVERYTHING) as console:
        await console.press("i")
        await typed(console, "risk officer", over=False)
        assert "as RISK OFFICER" in console.screen()
        assert "kill threshold 9,300 → 12,000 USD" in console.screen()


async def test_what_was_changed_since_it_was_read_is_not_signed(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk, OWNER) as console:
        await console.press("i")
        await console.idle()
        await imported(desk, FINANCIAL.replace("claim triaged", "claim settled"))
        await console.press("tab", "enter")
        await console.idle()
        assert "was changed after you read it, so it is not signed" in words(console)


async def test_a_refusal_voids_the_signatures_and_stands_in_red_until_it_is_submitted_anew(desk: Desk) -> None:
    await amended(desk)
    await registry.sign(desk, OWNER, workload=SLUG, role="business_owner")
    async with at_charter(desk, RISK) as console:
        await console.press("F")
        await typed(console, "too dear", over=False)
        assert "REFUSED by rolf as risk officer: too dear" in console.screen()
        assert "DRAFT version 2" in console.screen()


async def test_a_comment_stands_beside_it(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk, FINANCE) as console:
        await console.press("N")
        await typed(console, "why 12000?", over=False)
        assert "comment by fay as finance partner" in console.screen()
        assert "why 12000?" in console.screen()


async def test_retiring_what_is_in_force_takes_the_workloads_name_and_says_what_follows(desk: Desk) -> None:
    await imported(desk)
    await sign_all(desk, SLUG)
    async with at_charter(desk, OWNER) as console:
        await console.press("D")
        await typed(console, "it is over", over=False)
        assert "nothing kills the workload automatically" in words(console)
        await console.press("tab", *SLUG, "enter")
        await console.idle()
        assert "RETIRED version 1" in console.screen()
        assert "never killed automatically" in console.screen()


@pytest.mark.parametrize("action", ["sign_charter", "submit_charter", "edit_charter", "change_charter",
                                    "retire_charter", "comment_charter", "refuse_charter", "new_charter"])
def test_what_ones_roles_do_not_carry_names_the_roles_that_do(action: str) -> None:
    said = why_not(BY_ID[action], view="charter", kind="charter", actor=VIEWER, read_only=False, version="draft")
    assert "takes one of the roles" in (said or "")


@pytest.mark.parametrize(("action", "state", "said"), [
    ("submit_charter", "signed", "submit is for a version that is draft; this one is signed."),
    ("sign_charter", "signed", "sign is for a version that is draft or in review; this one is signed."),
    ("refuse_charter", "draft", "refuse is for a version that is in review; this one is draft."),
    ("retire_charter", "none", "There is no Charter to retire yet; n begins one."),
    ("new_charter", "draft", "This workload has a Charter; enter or e changes it."),
])
def test_what_does_not_go_with_the_state_says_so(action: str, state: str, said: str) -> None:
    assert why_not(BY_ID[action], view="charter", kind="charter", actor=EVERYTHING, read_only=False,
                   version=state) == said


async def test_a_draft_with_errors_is_not_signed_and_says_why(desk: Desk) -> None:
    await charter_drafts.begin_charter(desk, ARCHITECT, workload=SLUG)
    async with at_charter(desk, OWNER) as console:
        await console.press("i")
        await console.idle()
        assert "Rules stand in the way" in console.screen()


async def test_a_read_only_console_shows_it_and_changes_nothing(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk, read_only=True) as console:
        assert "DRAFT version 1" in console.screen()
        for key in ("e", "S", "i"):
            await console.press(key)
            assert "read-only" in console.screen()


async def test_whom_a_charter_does_not_ask_refuses_nothing_and_is_told_who_does(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk, RISK) as console:
        view = console.app.view
        assert isinstance(view, CharterView)
        assert view.form is not None
        view._form = replace(view.form, signatures=view.form.signatures[:2])  # of a domain that is not regulated
        await console.press("F")
        await console.idle()
        assert "you hold none of these roles" in words(console)


async def test_enter_between_the_fields_says_what_to_do(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await console.press("end")  # the field that was selected is out of sight
        await console.app.action_act("change_charter")
        await console.pilot.pause()
        assert "Move to a field first" in console.screen()
