"""Planned changes: who may announce one, for how long and how much, what is written down, and how it ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from console.cadences.announcements import Announced
from console.cadences.changes import Change
from console.cadences.reading import Reader
from console.errors import InputError, NotPermitted, UsageError
from console.operations import announcing
from console.operations.desk import Desk
from console.pricing import PriceBook
from store import audit
from tests.support.desks import ARCHITECT, person
from tests.support.kills import SLUG

ON_CALL = person("otto", "on_call")


def launch(desk: Desk, *, hours: float = 8, workload: str = SLUG, multiple: float = 4.0,
           after: timedelta = timedelta(0)) -> Change:
    starts = desk.clock.now() + after
    return Change(workload, "launch", starts, starts + timedelta(hours=hours), multiple, ("claude-opus-4-5",))


async def announced(desk: Desk, *, hours: float = 8, multiple: float = 4.0) -> Announced:
    change = launch(desk, hours=hours, multiple=multiple)
    return await announcing.announce(desk, ARCHITECT, change, "go-live of the portal")


def in_force(desk: Desk) -> dict[str, Change]:
    """What the rules are given."""
    with desk.database.read() as tx:
        _, facts = Reader(desk.config, PriceBook()).facts(tx, desk.clock.now())
        return {slug: each.change for slug, each in facts.items() if each.change is not None}


def notices(desk: Desk) -> str:
    with desk.database.read() as tx:
        return "\n".join(Reader(desk.config, PriceBook()).daily(tx, desk.clock.now()).notices)


def actions(desk: Desk) -> list[str]:
    with desk.database.read() as tx:
        return [entry.action for entry in audit.entries(tx, limit=50)]


async def test_it_holds_from_its_start_to_its_end_and_is_said_on_screen(desk: Desk) -> None:
    done = await announced(desk)
    assert in_force(desk)[SLUG].multiple == 4.0
    assert f"PLANNED: launch of {SLUG}" in notices(desk)
    assert "4x the plan and claude-opus-4-5, by maria: go-live of the portal" in notices(desk)
    assert [each.number for each in await announcing.planned(desk, ARCHITECT)] == [done.number]
    await desk.clock.sleep(8 * 3600)
    assert in_force(desk) == {}
    assert "PLANNED" not in notices(desk)


async def test_one_to_come_does_not_hold_yet(desk: Desk) -> None:
    await announcing.announce(desk, ARCHITECT, launch(desk, after=timedelta(hours=2)), "tonight")
    assert in_force(desk) == {}
    assert "PLANNED" in notices(desk)
    await desk.clock.sleep(2 * 3600)
    assert SLUG in in_force(desk)


async def test_of_two_that_hold_together_the_larger_counts_until_it_ends(desk: Desk) -> None:
    await announced(desk, multiple=6.0, hours=1)
    await announced(desk, multiple=2.0, hours=8)
    assert in_force(desk)[SLUG].multiple == 6.0
    await desk.clock.sleep(3600)
    assert in_force(desk)[SLUG].multiple == 2.0


async def test_it_is_written_down_with_everything_that_was_meant(desk: Desk) -> None:
    done = await announced(desk)
    with desk.database.read() as tx:
        (entry,) = [entry for entry in audit.entries(tx, limit=50) if entry.action == "change.announced"]
    detail = json.loads(entry.body)["detail"]
    assert (entry.actor, entry.object, detail["change"]) == ("maria", SLUG, done.number)
    assert (detail["multiple"], detail["models"]) == (4.0, ["claude-opus-4-5"])


async def test_it_can_be_withdrawn_once(desk: Desk) -> None:
    done = await announced(desk)
    await announcing.withdraw(desk, ARCHITECT, done.number, "the launch is off")
    assert in_force(desk) == {}
    assert "change.withdrawn" in actions(desk)
    with pytest.raises(UsageError, match="No planned change"):
        await announcing.withdraw(desk, ARCHITECT, done.number, "again")


async def test_who_may_not_announce_is_refused_and_written_down(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        await announcing.announce(desk, ON_CALL, launch(desk), "quiet please")
    assert actions(desk)[0] == "attempt.refused"
    assert in_force(desk) == {}


@pytest.mark.parametrize(("meant", "said"), [
    ({"hours": 15 * 24}, "at most 14 days"), ({"hours": -1}, "an end in the future"),
    ({"multiple": 101.0}, "at most 100 times"), ({"multiple": 0.0}, "more than 0")])
async def test_it_has_an_end_and_a_bound(desk: Desk, meant: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await announced(desk, **meant)
    assert in_force(desk) == {}


async def test_a_file_is_announced_whole_or_not_at_all(desk: Desk) -> None:
    starts = desk.clock.now()
    row = (f'[[change]]\nworkload = "{{}}"\nkind = "backfill"\nfrom = {starts:%Y-%m-%dT%H:%M:%SZ}\n'
           f"until = {starts + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}\nmultiple = 3\n")
    with pytest.raises(UsageError, match="no workload 'nobody'"):
        await announcing.import_changes(desk, ARCHITECT, text=row.format(SLUG) + row.format("nobody"),
                                        name="changes.toml", reason="backfill")
    assert in_force(desk) == {}
    with pytest.raises(InputError, match="announces nothing"):
        await announcing.import_changes(desk, ARCHITECT, text="", name="changes.toml", reason="backfill")
    await announcing.import_changes(desk, ARCHITECT, text=row.format(SLUG), name="changes.toml", reason="backfill")
    assert in_force(desk)[SLUG].kind == "backfill"
