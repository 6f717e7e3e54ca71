"""Drift follows at once what a person changes: an entry, or the Charter that is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.operations import exceptions, registry
from console.operations.desk import Desk
from console.watch import drift_keeping
from store import exceptions as store
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, NOON, open_desk
from tests.support.exceptions import OPUS, opened, said
from tests.support.mbom import CLAIMS
from tests.support.registered import sign_all


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened_desk:
        yield opened_desk


async def registered(desk: Desk, *changes: tuple[str, str]) -> None:
    """The workload with its Charter, changed like this, in force."""
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    await registry.import_charter(desk, ARCHITECT, text=edited(*changes), name="claims.toml")
    await sign_all(desk, "claims-triage")


async def states(desk: Desk) -> list[tuple[str, str]]:
    return [(line.kind, line.state) for line in (await exceptions.weekly(desk, ARCHITECT)).exceptions]


async def test_what_is_about_to_get_its_charter_has_no_exception_and_then_is_as_signed(desk: Desk) -> None:
    await registered(desk)
    assert await states(desk) == []


async def test_an_edit_of_the_mbom_opens_and_closes_in_its_own_transaction(desk: Desk) -> None:
    await registered(desk)
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="depth_cap", value="9")
    assert await states(desk) == [("drift: depth", "open")]
    assert said(desk)[-2:] == ["mbom.changed", "exception.opened"]
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="depth_cap", value="2")
    assert await states(desk) == [("drift: depth", "closed")]


async def test_a_charter_that_is_signed_is_held_against_the_entry_at_once(desk: Desk) -> None:
    await registered(desk, ("depth_cap = 2", "depth_cap = 1"))
    assert await states(desk) == [("drift: depth", "open")]
    await registry.import_charter(desk, ARCHITECT, text=edited(("version = 1", "version = 2")), name="claims.toml")
    await sign_all(desk, "claims-triage")
    assert await states(desk) == [("drift: depth", "closed")]


async def test_a_retired_entry_has_no_drift_any_more(desk: Desk) -> None:
    await registered(desk, ("depth_cap = 2", "depth_cap = 1"))
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="status", value="retired")
    (line,) = (await exceptions.weekly(desk, ARCHITECT)).exceptions
    assert line.closed_why == "the workload is retired, or no longer in the MBOM"


async def test_what_only_the_engine_saw_in_calls_is_left_to_it(desk: Desk) -> None:
    await registered(desk)
    opened(desk, replace(OPUS, kind="drift: depth", subject="", evidence={"seen": "7", "declared": "2"}))
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="team", value="Claims and fraud")
    await registry.set_field(desk, ARCHITECT, slug="claims-triage", field="depth_cap", value="3")
    assert await states(desk) == [("drift: depth", "open")]


async def test_very_many_at_once_are_left_to_the_engine(desk: Desk) -> None:
    await registered(desk, ("depth_cap = 2", "depth_cap = 1"))
    with desk.database.write() as tx:
        before = store.standing(tx)
        drift_keeping.look_again(tx, desk.config, ["claims-triage"] * (drift_keeping.AT_ONCE + 1), NOON)
        assert store.standing(tx) == before
