"""The Charter on a terminal, over the real operations: read, filled in, submitted, signed, sent back, compared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.form import FieldLine
from console.errors import InputError
from console.operations import registry
from console.operations.actor import Actor
from console.operations.charter import drafts as charter_drafts
from console.operations.charter import review as charter_review
from console.operations.charter.replay import Amendment, Told
from console.operations.desk import Desk
from screens.actions import BY_ID, why_not
from screens.app import ConsoleApp
from screens.charter import CharterView
from screens.prompt import Field
from screens.widgets.page import Page
from store import registry as store
from store.tables import Charter
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, EVERYTHING, FINANCE, NOON, OWNER, RISK, VIEWER, open_desk
from tests.support.editors import editor_that
from tests.support.mbom import CLAIMS
from tests.support.opened import Opened, opened
from tests.support.portfolio import normal
from tests.support.real_door import DeskDoor
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL

SLUG = "claims-triage"
SECOND = edited(("version = 1", "version = 2"), ('kill_usd = "9300"', 'kill_usd = "12000"'), text=FINANCIAL)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registry.import_mbom(made, ARCHITECT, text=CLAIMS, name="mbom.toml")
        yield made


@asynccontextmanager
async def at_charter(desk: Desk, actor: Actor = EVERYTHING, *, size: tuple[int, int] = (80, 24),
                     read_only: bool = False) -> AsyncIterator[Opened]:
    async with opened(normal(), size, DeskDoor(desk, actor, read_only=read_only)) as console:
        console.app.go("charter", SLUG)
        await console.idle()
        yield console


async def imported(desk: Desk, text: str = FINANCIAL) -> None:
    await registry.import_charter(desk, ARCHITECT, text=text, name="charter.toml")


async def amended(desk: Desk) -> None:
    """Version 1 in force, version 2 in review."""
    await imported(desk)
    await sign_all(desk, SLUG)
    await imported(desk, SECOND)
    await charter_review.submit(desk, ARCHITECT, workload=SLUG)


def rows(desk: Desk) -> list[Charter]:
    with desk.database.read() as tx:
        return store.charters(tx, SLUG)


async def until(so: Callable[[], bool], console: Opened) -> None:
    """Wait for it, where something else never ends."""
    for _ in range(100):
        await console.pilot.pause(0.05)
        if so():
            return


async def to_field(console: Opened, label: str) -> None:
    """Put the cursor on the field of this label; that the keys step from one to the next has a test of its own."""
    page = console.app.query_one("#charter-page", Page)
    at = next(at for at, line in enumerate(page._lines)
              if isinstance(line.stop, FieldLine) and line.stop.label.strip() == label)
    page.scroll_to(y=max(0, at - 3), animate=False)
    page._move_to(at)
    await console.pilot.pause()


async def typed(console: Opened, text: str, *, over: bool = True) -> None:
    """Type into the open question, over what stands there, and give the answer."""
    if over:
        await console.press("ctrl+u")
    for each in text:
        console.app.query_one(Field).insert_text_at_cursor(each)
    await console.press("enter")
    await console.idle()


def words(console: Opened) -> str:
    """The screen as running text: a message may be broken over lines."""
    return " ".join(console.screen().split())


# Reading.


async def test_a_workload_without_a_charter_says_so_and_begins_one_from_the_template(desk: Desk) -> None:
    async with at_charter(desk) as console:
        assert "NO CHARTER" in console.screen()
        await console.press("n")
        await console.idle()
        assert "DRAFT version 1 of 1" in console.screen()
        assert "still holds the template's words" in console.screen()
        assert [row.state for row in rows(desk)] == ["draft"]


async def test_the_workloads_page_and_the_daily_lead_to_it(desk: Desk) -> None:
    await imported(desk)
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        await console.press("H")
        await console.idle()
        assert console.app.view.NAME == "charter"


@pytest.mark.parametrize("size", [(200, 50), (60, 15)])
async def test_it_fits_wherever_it_is_shown(desk: Desk, size: tuple[int, int]) -> None:
    await amended(desk)
    async with at_charter(desk, size=size) as console:
        assert "IN REVIEW version 2 of 2" in console.screen()
        assert "version 1 is in force" in console.screen()
        assert "› charter 2" in console.screen()  # at once, not with the next second


async def test_the_brackets_step_through_the_versions(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        await console.press("left_square_bracket")
        await console.idle()
        assert "SIGNED version 1 of 2" in console.screen()
        await console.press("left_square_bracket")
        assert "Version 1 is the first." in console.screen()
        await console.press("right_square_bracket")
        await console.idle()
        assert "IN REVIEW version 2" in console.screen()


async def test_the_changes_are_told_in_the_playbooks_terms(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        await console.press("equals_sign")
        assert "kill threshold 9,300 → 12,000 USD (+29 %)" in console.screen()
        assert "a runaway may cost 2,700 USD more" in console.screen()
        await console.press("equals_sign")
        assert "1 PURPOSE AND ALPHA POSITION" in console.screen()


async def test_a_replay_tells_how_often_it_would_have_alerted_and_tripped(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk, size=(200, 50)) as console:
        await console.press("P")
        await console.idle()
        assert "minute" in console.screen()  # there is no usage to replay, and that is said
        told = Told("version 2, in review", (), ())
        before = replace(told, charter="version 1, signed")
        console.door.answers["replay_charter"] = Amendment(
            SLUG, NOON, NOON, before, told, hours_from=NOON - timedelta(days=9), asked_from=NOON - timedelta(days=92))
        await console.press("P")
        await console.idle()
        assert "by the hour from" in console.screen()
        assert "no usage of it is known" in console.screen()
        assert "this version (version 2, in review) would have alerted not once" in console.screen()
        await console.press("P")
        assert "would have alerted" not in console.screen()


async def test_a_replay_is_of_the_version_that_it_was_asked_for(desk: Desk) -> None:
    await amended(desk)
    async with at_charter(desk) as console:
        console.door.answers["replay_charter"] = lambda **options: asyncio.Event().wait()
        await console.press("P")
        assert "REPLAY" in console.screen()
        await console.press("left_square_bracket")
        await until(lambda: "SIGNED version 1" in console.screen(), console)
        assert "REPLAY" not in console.screen()


async def test_what_could_not_be_read_is_tried_again_with_r(desk: Desk) -> None:
    await imported(desk)
    async with opened(normal(), door=DeskDoor(desk, EVERYTHING)) as console:
        console.door.answers["charter_form"] = InputError("The database is locked.")
        console.app.go("charter", SLUG)
        await console.idle()
        assert "r tries again" in console.screen()
        del console.door.answers["charter_form"]
        await console.press("r")
        await console.idle()
        assert "DRAFT version 1" in console.screen()


# Fields.


async def test_a_field_is_changed_where_it_stands_and_the_comments_survive(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "half-life months")
        await console.press("enter")
        assert "purpose.half_life_months" in console.screen()
        await typed(console, "15")
        (row,) = rows(desk)
        assert row.text == FINANCIAL.replace("half_life_months = 12", "half_life_months = 15")
        assert "Version 1 is stored." in console.screen()


async def test_the_arrows_step_from_field_to_field(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await console.press("j", "j", "down", "k")
        stop = console.app.query_one("#charter-page", Page).stop
        assert isinstance(stop, FieldLine)
        assert stop.path == ("charter", "decision")


async def test_a_closed_list_offers_its_words_by_tab(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "authority")
        await console.press("enter")
        assert "advisory · audit · veto" in console.screen()
        await console.press("ctrl+u", "v", "tab", "enter")
        await console.idle()
        assert 'authority = "veto"' in rows(desk)[0].text


async def test_what_cannot_stand_is_said_in_place_and_asked_again(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "depth cap")
        await console.press("enter")
        await typed(console, "deep")
        assert "depth_cap = 'deep' is not a whole number" in console.screen()
        assert rows(desk)[0].text == FINANCIAL
        await typed(console, "1")
        assert "depth_cap = 1" in rows(desk)[0].text


async def test_what_breaks_a_rule_is_stored_in_a_draft_and_stands_beneath_its_field(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk, size=(200, 50)) as console:
        await to_field(console, "half-life")
        await console.press("enter")
        await typed(console, "structural")
        screen = console.screen()
        assert '! half_life_months = 12 does not fit half_life = "structural"' in screen
        assert "structural means 24 months or more · half-life · line 14" in screen
        assert "1 error: nobody signs it" in screen


async def test_a_change_of_the_version_in_force_begins_the_next(desk: Desk) -> None:
    await imported(desk)
    await sign_all(desk, SLUG)
    async with at_charter(desk) as console:
        await to_field(console, "fan-out cap")
        await console.press("enter")
        assert "this begins the next one" in console.screen()
        await typed(console, "3")
        assert "DRAFT version 2 of 2" in console.screen()
        assert [row.state for row in rows(desk)] == ["signed", "draft"]


async def test_what_a_second_console_stored_meanwhile_is_told_and_not_written_over(desk: Desk) -> None:
    await imported(desk)
    async with at_charter(desk) as console:
        await to_field(console, "fan-out cap")
        await console.press("enter")
        await imported(desk, FINANCIAL.replace("claim triaged", "claim settled"))
        await typed(console, "3")
        assert "maria changed version 1" in console.screen()
        assert "claim settled" in rows(desk)[0].text


# The editor.


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A terminal that can be lent to an editor, and a folder for its files."""
    monkeypatch.setattr(ConsoleApp, "suspend", lambda app: nullcontext())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path


def left(folder: Path) -> list[Path]:
    return list(folder.rglob("token-console-*/*.toml"))


async def test_e_opens_the_text_in_the_editor_and_stores_what_comes_back(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "sed -i 's/fan_out_cap = 4/fan_out_cap = 3  # fewer/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert rows(desk)[0].text == FINANCIAL.replace("fan_out_cap = 4", "fan_out_cap = 3  # fewer")
        assert "Version 1 is stored." in console.screen()


async def test_what_the_rules_object_to_is_listed_and_edited_again_until_it_is_sound(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(
        lent, "sed -i 's/multiple = 15/multiple = 2/' \"$1\"", "sed -i 's/multiple = 2$/multiple = 12/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        screen = console.screen()
        assert "cannot be signed as it is" in screen
        assert "multiple = 2 is not ten to twenty times expected" in screen
        assert "again or save or drop" in screen
        assert rows(desk)[0].text == FINANCIAL
        await console.press("enter")
        await console.idle()
        assert "multiple = 12" in rows(desk)[0].text


@pytest.mark.parametrize(("answer", "stored", "said"), [
    ("save", True, "1 error stand"), ("drop", False, "nothing was stored"), (None, False, "kept in"),
])
async def test_an_unsound_text_is_stored_as_a_draft_dropped_or_kept_as_a_file(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path, answer: str | None, stored: bool, said: str) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "sed -i 's/multiple = 15/multiple = 8/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        if answer is None:
            await console.press("escape")
            await console.idle()
        else:
            await typed(console, answer)
        assert said in console.screen()
        assert ("multiple = 8" in rows(desk)[0].text) is stored
        assert bool(left(lent)) is (answer is None)


async def test_what_is_no_charter_cannot_be_saved(desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "echo '[charter' > \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert "again or drop" in console.screen()
        assert rows(desk)[0].text == FINANCIAL


@pytest.mark.parametrize(("command", "said"), [("", "No editor is set"), ("false", "ended with code 1")])
async def test_an_editor_that_does_not_do_is_told(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path, command: str, said: str) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", command)
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert said in console.screen()
        assert rows(desk)[0].text == FINANCIAL


async def test_a_terminal_that_cannot_be_lent_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", "true")
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert "cannot be given to an editor" in console.screen()


# On its way to signatures.


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
        await console.app.action_act("change_charter")
        await console.pilot.pause()
        assert "Move to a field first" in console.screen()
