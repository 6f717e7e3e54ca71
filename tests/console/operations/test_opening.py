"""Where entries come from, what changed in the configuration, and who was refused: all of it is in the log."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.clock import ManualClock
from console.config import Approvals, Config, SourceSettings
from console.errors import NotPermitted
from console.operations import incidents, registry
from console.operations.actor import Actor
from console.operations.opening import introduce
from console.watch.engine import Engine
from console.watch.leadership import Leadership
from store import audit
from store.database import Database
from tests.support.audit_log import NOON, config
from tests.support.desks import VIEWER, open_desk, person

MARIA = Actor("maria", ("token_architect",), "kernel", (("SSH_CONNECTION", "10.0.0.9 22"),))


def entries(database: Database, action: str) -> list[dict[str, Any]]:
    with database.read() as tx:
        found = [json.loads(entry.body) for entry in reversed(audit.entries(tx))]
    return [entry for entry in found if entry["action"] == action]


def test_a_change_of_the_configuration_is_told_by_its_keys_and_never_by_its_texts(tmp_path: Path) -> None:
    before: Config = config(tmp_path)
    database = Database.create(before.database_url)
    introduce(database, before, MARIA, ManualClock(NOON))
    assert entries(database, "config.changed") == []
    address = "https://hooks.example.com/T0/hidden-token"
    after = replace(before, approvals=Approvals(two_person=True),
                    sources=(SourceSettings("anthropic", "anthropic", "env:KEY", base_url=address),))
    for _ in range(2):
        introduce(database, after, MARIA, ManualClock(NOON))
    (entry,) = entries(database, "config.changed")
    told = entry["detail"]
    assert told["values"]["approvals.two_person"] == [False, True]
    assert told["values"]["sources.0.base_url"] == [None, "text"]
    assert told["was"] != told["now"]
    assert "hidden-token" not in json.dumps(entry)
    database.close()


def test_a_console_that_only_looks_writes_nothing(tmp_path: Path) -> None:
    known = config(tmp_path)
    database = Database.create(known.database_url)
    introduce(database, known, MARIA, ManualClock(NOON))
    introduce(database, replace(known, approvals=Approvals(two_person=True), read_only=True), MARIA, ManualClock(NOON))
    assert entries(database, "config.changed") == []
    database.close()


def test_an_entry_says_what_the_kernel_knows_and_what_the_environment_claims(tmp_path: Path) -> None:
    known = config(tmp_path)
    database = Database.create(known.database_url)
    introduce(database, known, MARIA, ManualClock(NOON))
    with database.write() as tx:
        audit.append(tx, at=NOON, actor="maria", action="x.y", object="z", detail={})
    (entry,) = entries(database, "x.y")
    origin = entry["origin"]
    assert (origin["user"], origin["uid"], origin["known"]) == ("maria", os.getuid(), "kernel")
    assert origin["claimed"] == {"SSH_CONNECTION": "10.0.0.9 22"}
    assert (origin["clock"], bool(origin["program"]), bool(origin["configuration"])) == ("system", True, True)
    database.close()


async def test_refused_attempts_are_written_down_wherever_they_are_made(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        with pytest.raises(NotPermitted):
            await incidents.acknowledge(desk, VIEWER, alert=1, until=NOON)
        with pytest.raises(NotPermitted):
            await registry.import_mbom(desk, VIEWER, text="", name="mbom.toml")
        with pytest.raises(NotPermitted):
            await registry.sign(desk, person("fay", "finance_partner"), workload="chat", role="business_owner")
        told = [(entry["actor"], entry["detail"]["command"]) for entry in entries(desk.database, "attempt.refused")]
    assert told == [("victor", "acknowledge"), ("victor", "edit_mbom"), ("fay", "sign_charter")]


async def test_a_lease_that_changes_hands_says_how_the_last_one_ended(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        first, second = Leadership(desk.database, "one"), Leadership(desk.database, "two")
        assert await first.take()
        await first.give_up()
        assert await second.take()
        told = [entry["detail"]["former"] for entry in entries(desk.database, "lease.acquired")]
        assert len(entries(desk.database, "lease.released")) == 1
    assert told == [None, {"holder": "one", "ended": "released"}]


async def test_a_clock_that_jumped_is_written_down(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        engine = Engine(desk.config, desk.database, desk.clock)
        await engine._jumped(-3600.0)
        (entry,) = entries(desk.database, "clock.jumped")
        await engine.close()
    assert entry["detail"] == {"seconds": -3600.0}
