"""The MBOM behind the door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.clock import epoch
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.desk import Desk
from store import audit, usage
from store import registry as store
from tests.support.desks import ARCHITECT, NOON, VIEWER, open_desk
from tests.support.mbom import CLAIMS, SUPPORT


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def actions(desk: Desk) -> list[str]:
    with desk.database.read() as tx:
        return [f"{entry.action} {entry.object}" for entry in reversed(audit.entries(tx))]


def series(desk: Desk, **dimensions: str | None) -> int:
    """A stored series of the source anthropic."""
    key = json.dumps(dimensions, sort_keys=True, separators=(",", ":"))
    with desk.database.write() as tx:
        return usage.series_ids(tx, "anthropic", [key], epoch(NOON))[key]


def owner_of(desk: Desk, number: int) -> str | None:
    with desk.database.read() as tx:
        return next(row.workload for row in usage.all_series(tx) if row.id == number)


async def test_an_import_adds_entries_and_says_what_it_did(desk: Desk) -> None:
    done = await registry.import_mbom(desk, ARCHITECT, text=CLAIMS + SUPPORT, name="mbom.toml")
    assert done.added == ("claims-triage", "support-bot")
    lines = await registry.mbom(desk, ARCHITECT)
    assert [(line.slug, line.status, line.charter_version) for line in lines] == [
        ("claims-triage", "live", None), ("support-bot", "live", None)]
    assert actions(desk) == ["mbom.added claims-triage", "mbom.added support-bot"]


async def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    done = await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    assert (done.added, done.changed, done.unchanged) == ((), (), 1)
    assert actions(desk) == ["mbom.added claims-triage"]


async def test_one_wrong_entry_and_nothing_is_imported(desk: Desk) -> None:
    broken = CLAIMS + SUPPORT.replace('name = "Support bot"', "name = 3")
    with pytest.raises(InputError, match=r"mbom\.toml:19: \[\[workload\]\] 2 name is a number"):
        await registry.import_mbom(desk, ARCHITECT, text=broken, name="mbom.toml")
    assert await registry.mbom(desk, ARCHITECT) == []
    assert actions(desk) == []


async def test_every_changed_field_is_kept_with_who_and_when(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS.replace('"A. Owner"', '"B. Owner"'), name="mbom.toml")
    change = (await registry.mbom_history(desk, ARCHITECT, slug="claims-triage"))[-1]
    assert (change.field, change.before, change.after, change.by) == ("business_owner", "A. Owner", "B. Owner", "maria")
    assert actions(desk)[-1] == "mbom.changed claims-triage"


async def test_stored_usage_follows_the_rules(desk: Desk) -> None:
    mine, other = series(desk, api_key_id="apikey_01Example", model="m"), series(desk, api_key_id="k2", model="m")
    assert (await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")).reattributed == 1
    assert (owner_of(desk, mine), owner_of(desk, other)) == ("claims-triage", None)
    moved = CLAIMS.replace('api_key_id = "apikey_01Example" }]\nsw', 'api_key_id = "k2" }]\nsw')
    assert (await registry.import_mbom(desk, ARCHITECT, text=moved, name="mbom.toml")).reattributed == 2
    assert (owner_of(desk, mine), owner_of(desk, other)) == (None, "claims-triage")


async def test_a_retired_workload_keeps_its_usage(desk: Desk) -> None:
    mine = series(desk, api_key_id="apikey_01Example")
    retired = CLAIMS.replace('status = "live"', 'status = "retired"')
    await registry.import_mbom(desk, ARCHITECT, text=retired, name="mbom.toml")
    assert owner_of(desk, mine) == "claims-triage"


async def test_rules_that_tie_on_stored_usage_are_told(desk: Desk) -> None:
    mine = series(desk, api_key_id="apikey_01Example", model="m")
    tying = SUPPORT.replace('workspace_id = "default"', 'model = "m"')
    done = await registry.import_mbom(desk, ARCHITECT, text=CLAIMS + tying, name="mbom.toml")
    assert [tie.workloads for tie in done.ties] == [("claims-triage", "support-bot")]
    assert owner_of(desk, mine) is None


async def test_a_rule_of_another_workload_cannot_be_taken(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    with pytest.raises(InputError, match="is also that of claims-triage"):
        await registry.import_mbom(desk, ARCHITECT, text=CLAIMS.replace("claims-triage", "thief"), name="thief.toml")
    assert [line.slug for line in await registry.mbom(desk, ARCHITECT)] == ["claims-triage"]


@pytest.mark.parametrize(("field", "value", "stored"), [
    ("tier", "frontier", "frontier"), ("depth_cap", "3", 3), ("models", '["a", "b"]', ["a", "b"]),
    ("name", "007", "007"), ("caching", "true", True), ("thinking", "true", True),
    ("review.what", "every output", "every output"), ("team", "unset", None), ("cost_centre", "4711", 4711),
])
async def test_one_field_is_set(desk: Desk, field: str, value: str, stored: object) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field=field, value=value)
    found: object = (await registry.show_mbom(desk, ARCHITECT, slug="claims-triage")).entry
    for key in field.split("."):
        assert isinstance(found, dict)
        found = found.get(key)
    assert found == stored


@pytest.mark.parametrize(("field", "value", "error"), [
    ("tier", "best", "write one of: distilled"), ("depth_cap", "many", "not a whole number"),
    ("nme", "x", "Did you mean name"), ("teem", "x", "Did you mean team"),
    ("slug", "x", "A slug never changes"), ("name", "", "name is empty"),
    ("name.first", "x", "not a table"), ("usage", "[{}]", "would match everything"),
])
async def test_an_unsound_field_is_refused(desk: Desk, field: str, value: str, error: str) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    with pytest.raises((InputError, UsageError), match=error):
        await registry.set_field(desk, ARCHITECT, slug="claims-triage", field=field, value=value)
    assert len(actions(desk)) == 1


async def test_an_unknown_workload_names_the_nearest(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    with pytest.raises(UsageError, match="Did you mean claims-triage"):
        await registry.show_mbom(desk, ARCHITECT, slug="claim-triage")
    with pytest.raises(UsageError, match="mbom list"):
        await registry.mbom_history(desk, ARCHITECT, slug="z")


async def test_an_export_goes_back_in_unchanged(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS + SUPPORT, name="mbom.toml")
    written = await registry.export_mbom(desk, VIEWER)
    done = await registry.import_mbom(desk, ARCHITECT, text=written, name="export.toml")
    assert (done.added, done.changed, done.unchanged) == ((), (), 2)
    assert json.loads(await registry.export_mbom(desk, VIEWER, form="json"))["workload"][0]["slug"] == "claims-triage"
    assert (await registry.export_mbom(desk, VIEWER, form="csv")).startswith("slug,name,")


async def test_a_viewer_looks_and_changes_nothing(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="victor may not edit mbom"):
        await registry.import_mbom(desk, VIEWER, text=CLAIMS, name="mbom.toml")
    with pytest.raises(NotPermitted, match="read-only"):
        await registry.import_mbom(replace(desk, read_only=True), ARCHITECT, text=CLAIMS, name="mbom.toml")
    with desk.database.read() as tx:
        assert store.workloads(tx) == []


async def test_a_draft_for_unattributed_usage_takes_a_free_slug(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    text = await registry.draft_from_unattributed(desk, VIEWER, source="anthropic", identity={"api_key_id": "k9"},
                                                  name="Claims triage")
    assert (await registry.import_mbom(desk, ARCHITECT, text=text, name="draft.toml")).added == ("claims-triage-2",)
