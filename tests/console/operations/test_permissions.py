"""Every command of the table against every role: the operation itself refuses exactly those who are not in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from console.config import Operator
from console.errors import ConsoleError, NotPermitted
from console.operations import permissions, registry
from console.operations.actor import ROLES
from console.operations.desk import Desk
from console.operations.permissions import MAY, MEANS
from store.database import Database
from store.errors import StoreError
from store.tables import AuditEntry, Intent
from tests.console.commands.test_registry_commands import CONFIGURATION
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.command_line import token_console
from tests.support.commands import BESIDE, COMMANDS, NOT_WRITTEN_DOWN
from tests.support.desks import ARCHITECT, NOON, open_desk, person
from tests.support.gated import gated
from tests.support.mbom import CLAIMS

CASES = [(command, operation) for command, operations in COMMANDS.items() for operation in operations]


@pytest.fixture(autouse=True)
def without_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all: a workload, its Charter as a draft, and a kill and a resume that wait for a second person."""
    with open_desk(tmp_path_factory.mktemp("permissions")) as made:
        asyncio.run(furnished(made))
        yield made


async def furnished(desk: Desk) -> None:
    await registry.import_mbom(desk, ARCHITECT, text=CLAIMS, name="mbom.toml")
    await registry.import_charter(desk, ARCHITECT, text=CLAIMS_TRIAGE, name="charter.toml")
    with desk.database.write() as tx:
        for verb in ("kill", "resume"):
            tx.add(Intent(id=f"{verb}-1", workload="claims-triage", verb=verb, origin="manual",
                          state="awaiting_approval", reason="why", requested_by="somebody", requested_at=NOON,
                          valid_until=NOON, plan_hash="0"))


def refusals(database: Database, user: str) -> list[AuditEntry]:
    with database.read() as tx:
        return list(tx.exec(select(AuditEntry).where(AuditEntry.action == "attempt.refused",
                                                     AuditEntry.actor == user).order_by(col(AuditEntry.seq))))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("command", "operation"), CASES)
async def test_an_operation_refuses_exactly_who_is_not_in_the_table(
        desk: Desk, command: str, operation: str, role: str) -> None:
    user = f"{operation} {role}"
    asked = COMMANDS[command][operation](desk, person(user, role))
    if role in MAY[command]:
        with contextlib.suppress(ConsoleError, StoreError):  # whatever else the input lacks
            try:
                await asked
            except NotPermitted as refusal:
                pytest.fail(f"{role} carries {command} and was refused: {refusal}")
        assert refusals(desk.database, user) == []
    else:
        with pytest.raises(NotPermitted, match="may not"):
            await asked
        written = [json.loads(entry.body)["detail"]["command"] for entry in refusals(desk.database, user)]
        assert written == ([] if operation in NOT_WRITTEN_DOWN else [command])


def test_every_command_of_the_table_is_tried() -> None:
    assert set(COMMANDS) == set(MAY)


def test_every_operation_that_asks_for_permission_is_tried() -> None:
    tried = {operation.partition(" ")[0] for _, operation in CASES}
    assert gated() == tried | BESIDE, "list new operations in tests/support/commands.py"


def test_every_command_says_what_it_does() -> None:
    assert set(MEANS) == set(MAY)


async def test_the_table_marks_the_askers_own_roles_and_names_who_holds_each(desk: Desk) -> None:
    desk = replace(desk, config=replace(desk.config, operators=(
        Operator("maria", ("token_architect", "on_call")), Operator("anna", ("business_owner",)))))
    table = await permissions.permissions(desk, ARCHITECT)
    assert {role.role: role.people for role in table.roles if role.people} == {
        "on_call": ("maria",), "token_architect": ("maria",), "business_owner": ("anna",)}
    assert [role.role for role in table.roles if role.yours] == ["token_architect"]
    mine = {line.command for line in table.commands if line.yours}
    assert {"kill", "import_charter"} <= mine
    assert not {"sign_charter", "explain_variance"} & mine


def test_the_command_line_prints_the_same_table(tmp_path: Path) -> None:
    (tmp_path / "token-console.toml").write_text(CONFIGURATION)
    Database.create(f"sqlite:///{tmp_path / 'console.db'}").close()
    said = token_console("permissions", cwd=tmp_path)
    assert "retire_charter" in said.stdout
    assert "end a version for good" in said.stdout
    told = json.loads(token_console("permissions", "--json", cwd=tmp_path).stdout)
    assert {line["command"]: tuple(line["roles"]) for line in told["commands"]} == MAY
