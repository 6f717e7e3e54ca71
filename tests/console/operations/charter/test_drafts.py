"""Drafts as they are written in the console: field by field or whole, and never over what somebody else stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.cadences.charter import CharterForm
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.actor import Actor
from console.operations.charter import review as charter_review
from console.operations.charter.drafts import DraftSaved, begin_charter, check_draft, save_draft, set_charter_field
from console.operations.charter.form import charter_form
from console.operations.desk import Desk
from console.toml import KeyPath
from store import registry as store
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, FINANCE, LEAD, OWNER, open_desk
from tests.support.mbom import CLAIMS
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL

SLUG = "claims-triage"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registry.import_mbom(made, ARCHITECT, text=CLAIMS, name="mbom.toml")
        yield made


async def form(desk: Desk, version: int | None = None) -> CharterForm:
    return await charter_form(desk, ARCHITECT, workload=SLUG, version=version)


async def put(desk: Desk, path: KeyPath, kind: str, value: str, *, seen: CharterForm | None = None,
              actor: Actor = ARCHITECT) -> DraftSaved:
    seen = seen or await form(desk)
    assert seen.version is not None
    return await set_charter_field(desk, actor, workload=SLUG, base_version=seen.version, base_hash=seen.text_hash,
                                   path=path, kind=kind, value=value)


async def save(desk: Desk, text: str, seen: CharterForm) -> DraftSaved:
    return await save_draft(desk, ARCHITECT, workload=SLUG, text=text, base_version=seen.version,
                            base_hash=seen.text_hash)


async def imported(desk: Desk, text: str = FINANCIAL) -> None:
    await registry.import_charter(desk, ARCHITECT, text=text, name="charter.toml")


def texts(desk: Desk) -> list[tuple[int, str, str]]:
    with desk.database.read() as tx:
        return [(row.version, row.state, row.text) for row in store.charters(tx, SLUG)]


class TestForm:
    async def test_a_workload_without_a_charter_has_a_form_that_says_so(self, desk: Desk) -> None:
        nothing = await form(desk)
        assert (nothing.version, nothing.state, nothing.elements) == (None, "none", ())

    async def test_the_problems_stand_at_their_fields_with_line_rule_and_remedy(self, desk: Desk) -> None:
        await imported(desk)
        await put(desk, ("purpose", "half_life"), "choice", "structural")
        shown = await form(desk)
        (field,) = [each for element in shown.elements for each in element.fields if each.problems]
        (problem,) = field.problems
        assert field.path == ("purpose", "half_life_months")
        assert (problem.rule, problem.severity, problem.remedy) == (
            "half-life", "error", "structural means 24 months or more")
        assert shown.text.splitlines()[(problem.line or 0) - 1] == "half_life_months = 12"
        assert (shown.errors, shown.warnings, shown.problems) == (1, 0, ())

    async def test_costs_are_derived_from_traffic_at_todays_prices_beside_what_was_typed(self, desk: Desk) -> None:
        await imported(desk)
        expected, stretch, runaway = (await form(desk)).costs
        assert (expected.typed, expected.derived) == (1_860_000_000, 1_856_250_000)
        assert (stretch.typed, runaway.typed) == (4_650_000_000, 27_900_000_000)

    async def test_the_cell_says_what_it_permits(self, desk: Desk) -> None:
        await imported(desk)
        cell = (await form(desk)).cell
        assert cell is not None
        assert (cell.models, cell.depth_cap, cell.review) == (
            ("distilled", "workhorse"), 2, ("sample", "post-issue pre-action", "override"))

    async def test_a_new_version_shows_what_it_changes_from_the_one_in_force(self, desk: Desk) -> None:
        await imported(desk)
        await sign_all(desk, SLUG)
        await put(desk, ("scenarios", "runaway", "kill_usd"), "dollars", "12000")
        shown = await form(desk)
        assert (shown.version, shown.state, shown.in_force) == (2, "draft", 1)
        assert shown.compared_with == "version 1, signed"
        assert "kill threshold 9,300 → 12,000 USD (+29 %)" in [change.text for change in shown.changes]

    async def test_who_signed_and_who_is_to_sign(self, desk: Desk) -> None:
        await imported(desk)
        await registry.sign(desk, OWNER, workload=SLUG, role="business_owner")
        shown = await form(desk)
        assert [(one.role, one.signed_by) for one in shown.signatures][:2] == [
            ("business_owner", "anna"), ("platform_lead", None)]
        assert shown.missing_roles == ("platform_lead", "finance_partner", "risk_officer")

    async def test_a_version_that_there_is_not(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match="no Charter of version 3"):
            await form(desk, 3)


class TestField:
    async def test_the_template_is_begun_as_a_draft_and_filled_in_with_its_comments_kept(self, desk: Desk) -> None:
        begun = await begin_charter(desk, ARCHITECT, workload=SLUG)
        assert (begun.version, begun.outcome, begun.errors > 0) == (1, "new", True)
        done = await put(desk, ("purpose", "outcome"), "text", "claim triaged")
        assert done.errors == begun.errors - 1
        text = (await form(desk)).text
        assert 'outcome = "claim triaged"            # the unit that it produces' in text
        assert text.count("#") == (await form(desk, 1)).text.count("#")

    async def test_a_second_charter_is_not_begun_from_the_template(self, desk: Desk) -> None:
        await begin_charter(desk, ARCHITECT, workload=SLUG)
        with pytest.raises(UsageError, match="version 1, draft"):
            await begin_charter(desk, ARCHITECT, workload=SLUG)

    async def test_a_draft_that_breaks_a_rule_is_stored_and_neither_submitted_nor_signed(self, desk: Desk) -> None:
        await imported(desk)
        done = await put(desk, ("purpose", "half_life"), "choice", "structural")
        assert (done.outcome, done.errors) == ("changed", 1)
        with pytest.raises(InputError, match="half-life"):
            await charter_review.submit(desk, ARCHITECT, workload=SLUG)
        with pytest.raises(InputError, match="half-life"):
            await registry.sign(desk, OWNER, workload=SLUG, role="business_owner")

    @pytest.mark.parametrize(("path", "kind", "value", "said"), [
        (("purpose", "outcome"), "text", "", "outcome is missing"),
        (("tram", "depth_cap"), "whole", "deep", "depth_cap = 'deep' is not a whole number"),
        (("scenarios", "runaway", "kill_usd"), "dollars", "", "no kill threshold"),
        (("scenarios", "runaway", "kill_usd"), "dollars", "a lot", "is not an amount of dollars"),
        (("review", "what"), "choice", "everything", "is not one of the choices"),
    ])
    async def test_what_would_be_no_charter_any_more_is_refused_and_nothing_is_stored(
            self, desk: Desk, path: KeyPath, kind: str, value: str, said: str) -> None:
        await imported(desk)
        with pytest.raises(InputError, match=said):
            await put(desk, path, kind, value)
        assert texts(desk) == [(1, "draft", FINANCIAL)]

    async def test_a_key_that_was_not_there_joins_its_table(self, desk: Desk) -> None:
        await imported(desk)
        await put(desk, ("review", "accountable"), "text", "Dr M. Okafor")
        assert 'authority = "override"\naccountable = "Dr M. Okafor"\n' in (await form(desk)).text

    @pytest.mark.parametrize("state", ["in review", "signed"])
    async def test_a_change_of_what_is_fixed_begins_the_next_version(self, desk: Desk, state: str) -> None:
        await imported(desk)
        if state == "signed":
            await sign_all(desk, SLUG)
        else:
            await charter_review.submit(desk, ARCHITECT, workload=SLUG)
        done = await put(desk, ("tram", "fan_out_cap"), "whole", "3")
        assert (done.version, done.outcome) == (2, "new")
        (_, before, text), (version, after, _) = texts(desk)
        assert (before, text, version, after) == (state, FINANCIAL, 2, "draft")

    async def test_an_older_version_is_not_changed_while_a_newer_draft_waits(self, desk: Desk) -> None:
        await imported(desk)
        await sign_all(desk, SLUG)
        seen = await form(desk, 1)
        await put(desk, ("tram", "fan_out_cap"), "whole", "3", seen=seen)
        with pytest.raises(InputError, match=r"Version 2 .* is a draft and comes after"):
            await put(desk, ("tram", "fan_out_cap"), "whole", "2", seen=seen)

    async def test_what_another_console_stored_meanwhile_is_not_written_over(self, desk: Desk) -> None:
        await imported(desk)
        seen = await form(desk)
        await put(desk, ("purpose", "outcome"), "text", "claim settled", actor=LEAD)
        with pytest.raises(InputError, match=r"paul changed version 1 .* while you were at it"):
            await put(desk, ("tram", "fan_out_cap"), "whole", "3", seen=seen)
        assert 'outcome = "claim settled"' in (await form(desk)).text

    async def test_so_does_a_change_of_a_comment(self, desk: Desk) -> None:
        await imported(desk)
        seen = await form(desk)
        await imported(desk, FINANCIAL.replace("# general, financial, healthcare", "# ours is regulated"))
        with pytest.raises(InputError, match="while you were at it"):
            await put(desk, ("tram", "fan_out_cap"), "whole", "3", seen=seen)

    async def test_whose_it_is_and_its_version_are_no_fields(self, desk: Desk) -> None:
        await imported(desk)
        with pytest.raises(UsageError):
            await put(desk, ("charter", "version"), "whole", "7")

    async def test_who_may_not_write_charters_does_not(self, desk: Desk) -> None:
        await imported(desk)
        with pytest.raises(NotPermitted):
            await put(desk, ("tram", "fan_out_cap"), "whole", "3", actor=FINANCE)


class TestWhole:
    async def test_a_text_is_checked_before_it_is_stored(self, desk: Desk) -> None:
        sound = await check_draft(desk, ARCHITECT, workload=SLUG, text=FINANCIAL)
        assert (sound.sound, sound.storable) == (True, True)
        odd = await check_draft(desk, ARCHITECT, workload=SLUG, text=edited(("multiple = 15", "multiple = 2")))
        assert (odd.sound, odd.storable) == (False, True)
        broken = await check_draft(desk, ARCHITECT, workload=SLUG, text="[charter\n")
        assert (broken.sound, broken.storable, broken.problems[0].line) == (False, False, 1)
        assert texts(desk) == []

    async def test_it_is_stored_as_it_is_comments_and_all(self, desk: Desk) -> None:
        await imported(desk)
        text = "# Ours.\n" + edited(("fan_out_cap = 4", "fan_out_cap = 3   # was 4"), text=FINANCIAL)
        await save(desk, text, await form(desk))
        assert texts(desk) == [(1, "draft", text)]

    async def test_from_nothing_it_becomes_the_first_version(self, desk: Desk) -> None:
        done = await save(desk, FINANCIAL, await form(desk))
        assert (done.version, done.outcome) == (1, "new")

    async def test_two_that_begin_at_once_do_not_write_over_each_other(self, desk: Desk) -> None:
        nothing = await form(desk)
        await save(desk, FINANCIAL, nothing)
        with pytest.raises(InputError, match="maria changed version 1"):
            await save(desk, FINANCIAL.replace("claim triaged", "claim settled"), nothing)

    async def test_an_edit_of_a_signed_version_is_numbered_by_the_console(self, desk: Desk) -> None:
        await imported(desk)
        await sign_all(desk, SLUG)
        done = await save(desk, edited(("fan_out_cap = 4", "fan_out_cap = 3"), text=FINANCIAL), await form(desk))
        assert (done.version, done.outcome) == (2, "new")
        assert "version = 2" in (await form(desk)).text

    @pytest.mark.parametrize(("text", "said"), [
        ("[charter]\n", "workload is missing"),
        ("not toml", "not toml|Expected"),
        (edited(('workload = "claims-triage"', 'workload = "other"')), "workload is 'other'"),
        (edited(("version = 1", "version = 1\nformat = 2")), "newer Token Console"),
    ])
    async def test_what_is_no_charter_of_this_workload_is_refused_whole(
            self, desk: Desk, text: str, said: str) -> None:
        await imported(desk)
        with pytest.raises(InputError, match=said):
            await save(desk, text, await form(desk))
        assert texts(desk) == [(1, "draft", FINANCIAL)]
