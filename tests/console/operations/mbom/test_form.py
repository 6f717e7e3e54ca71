"""The MBOM as the console shows it: a line an entry, an entry as a form, changed field by field or as a text."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.cadences.form import FieldLine
from console.cadences.mbom import MbomForm
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.desk import Desk
from console.operations.mbom import file as mbom_file
from console.operations.mbom import posture as mbom_posture
from console.operations.mbom.form import check_entry, mbom_form, mbom_table, save_entry, set_entry_field
from store import exceptions
from store import registry as store
from store.tables import CharterException
from tests.support.desks import ARCHITECT, FINANCE, LEAD, NOON, open_desk
from tests.support.mbom import SUPPORT, WHOLE
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL

SLUG = "claims-triage"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registry.import_mbom(made, ARCHITECT, text=WHOLE + SUPPORT, name="mbom.toml")
        yield made


async def form(desk: Desk, slug: str = SLUG) -> MbomForm:
    return await mbom_form(desk, ARCHITECT, slug=slug)


def fields(shown: MbomForm) -> dict[str, FieldLine]:
    return {str(each.path[0]): each for group in shown.groups for each in group.fields}


def stored(desk: Desk) -> dict[str, object]:
    with desk.database.read() as tx:
        row = store.workload(tx, SLUG)
        assert row is not None
        return row.entry


async def test_a_line_has_people_charter_cell_and_what_is_not_as_that_says(desk: Desk) -> None:
    await registry.import_charter(desk, ARCHITECT, text=FINANCIAL, name="charter.toml")
    await sign_all(desk, SLUG)
    with desk.database.write() as tx:
        for origin in ("drift", "alert"):
            exceptions.add(tx, CharterException(workload=SLUG, origin=origin, kind=origin, opened_at=NOON,
                                                last_seen_at=NOON, summary="…"))
    claims, support = (await mbom_table(desk, ARCHITECT)).rows
    assert (claims.slug, claims.business_owner, claims.architecture, claims.charter_version, claims.cell) == (
        SLUG, "A. Owner", "supervisor-worker", 1, "low x medium")
    assert (claims.drift, claims.exceptions, claims.last_review) == (1, 2, "2026-09-30")
    assert (support.charter_version, support.newest_state, support.cell, support.drift) == (None, "", "", 0)


async def test_every_field_that_an_entry_may_have_is_in_the_form(desk: Desk) -> None:
    shown = {path.split(".")[0] for path in fields(await form(desk))}
    assert shown == {*mbom_file.FIELDS, *mbom_posture.FIELDS} - {"slug"}


async def test_fields_of_ones_own_are_shown_too(desk: Desk) -> None:
    await registry.set_field(desk, ARCHITECT, slug=SLUG, field="cost_centre", value="4711")
    assert fields(await form(desk))["cost_centre"].shown == "4711"


async def test_what_was_in_words_of_ones_own_is_one_field(desk: Desk) -> None:
    await registry.set_field(desk, ARCHITECT, slug=SLUG, field="eviction", value="after twenty turns")
    shown = fields(await form(desk))
    assert shown["eviction"].shown == "after twenty turns"
    assert "eviction.turn_cap" not in shown


@pytest.mark.parametrize(("path", "kind", "typed", "expected"), [
    ("depth_cap", "whole", "3", 3), ("caching", "flag", "no", False), ("models", "texts", "claude-sonnet-4-6; a; b",
                                                                     ["claude-sonnet-4-6", "a", "b"]),
    ("business_owner", "text", "123", "123"), ("status", "choice", "retired", "retired"), ("team", "text", "", None),
    ("last_review", "text", "2026-11-01", "2026-11-01"),
    ("usage", "table", '[{ source = "anthropic", api_key_id = "apikey_02" }]',
     [{"source": "anthropic", "api_key_id": "apikey_02"}]),
])
async def test_a_field_is_changed_by_what_a_person_types(
        desk: Desk, path: str, kind: str, typed: str, expected: object) -> None:
    await set_entry_field(desk, LEAD, slug=SLUG, path=path, kind=kind, value=typed)
    assert stored(desk).get(path) == expected
    newest = (await form(desk)).changes[0]
    assert (newest.by, newest.field) == ("paul", path)


@pytest.mark.parametrize(("path", "kind", "typed", "said"), [
    ("depth_cap", "whole", "deep", "not a whole number"), ("status", "choice", "gone", "not one of the choices"),
    ("review.sample_share", "number", "2", "not a number"), ("name", "text", "", "name is missing"),
    ("switches", "table", "[{ kind = 1 }]", "not one of the choices"),
])
async def test_what_would_leave_it_unsound_is_refused(
        desk: Desk, path: str, kind: str, typed: str, said: str) -> None:
    before = stored(desk)
    with pytest.raises(InputError, match=said):
        await set_entry_field(desk, LEAD, slug=SLUG, path=path, kind=kind, value=typed)
    assert stored(desk) == before


async def test_its_text_is_the_entry_and_stored_again_changes_nothing(desk: Desk) -> None:
    shown = await form(desk)
    assert tomllib.loads(shown.text)["workload"] == [stored(desk)]
    done = await save_entry(desk, LEAD, slug=SLUG, text=shown.text, base_hash=shown.entry_hash)
    assert (done.added, done.changed) == ((), ())


async def test_an_edited_text_is_stored_field_by_field_in_the_history(desk: Desk) -> None:
    shown = await form(desk)
    text = shown.text.replace('team = "Claims"', 'team = "Motor"')
    await save_entry(desk, LEAD, slug=SLUG, text=text, base_hash=shown.entry_hash)
    newest = (await form(desk)).changes[0]
    assert (newest.field, newest.before, newest.after) == ("team", "Claims", "Motor")


@pytest.mark.parametrize(("old", "new", "said"), [
    ('slug = "claims-triage"', 'slug = "other"', "a slug never changes"),
    ('status = "live"', 'status = "gone"', r"claims-triage:\d+: .*not one of the choices.*\[value\]"),
    ("[[workload]]", "[[workload", "closed|Expected"),
])
async def test_a_text_that_is_no_sound_entry_is_refused_with_line_and_rule(
        desk: Desk, old: str, new: str, said: str) -> None:
    shown = await form(desk)
    text = shown.text.replace(old, new)
    with pytest.raises(InputError, match=said):
        await check_entry(desk, LEAD, slug=SLUG, text=text)
    with pytest.raises(InputError, match=said):
        await save_entry(desk, LEAD, slug=SLUG, text=text, base_hash=shown.entry_hash)


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    shown = await form(desk)
    await registry.set_field(desk, ARCHITECT, slug=SLUG, field="team", value="Motor")
    with pytest.raises(InputError, match="maria changed the entry claims-triage while you were at it"):
        await save_entry(desk, LEAD, slug=SLUG, text=shown.text.replace("depth_cap = 2", "depth_cap = 1"),
                         base_hash=shown.entry_hash)
    assert stored(desk)["team"] == "Motor"


async def test_who_may_not_and_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        await set_entry_field(desk, FINANCE, slug=SLUG, path="team", kind="text", value="x")
    with pytest.raises(UsageError, match="no workload"):
        await form(desk, "nobody")


async def test_the_prompt_literacy_that_users_lack_is_in_the_table_or_unknown(desk: Desk) -> None:
    stated = {"a": "{ required = 4, had = 2 }", "b": "{ required = 2, had = 3 }", "c": "3", "d": "{ had = 3 }",
              "e": '"three"'}
    text = "".join(f'[[workload]]\nslug = "{slug}"\nname = "{slug}"\nprompt_literacy = {literacy}\n'
                   for slug, literacy in stated.items())
    await registry.import_mbom(desk, ARCHITECT, text=text, name="more.toml")
    rows = {row.slug: row for row in (await mbom_table(desk, ARCHITECT)).rows}
    assert [(rows[slug].literacy_required, rows[slug].literacy_had, rows[slug].literacy_gap) for slug in stated] == [
        (4, 2, 2), (2, 3, 0), (3, None, None), (None, 3, None), (None, None, None)]
