"""`doctor`: each fault is found, and the command that it advises is run and mends it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.clock import ManualClock, SystemClock
from console.commands.doctor import NOT_WELL
from console.config import load
from console.operations import checkup_providers
from console.operations.checkup import Health
from console.operations.identity import login_name
from store import audit, registry
from store.database import Database
from store.sqlite import sqlite3
from tests.support.command_line import environment, token_console
from tests.support.organisation_server import KILL, READ, organisation


class House:
    """A folder with a configuration, a database and secrets in which all is well, until a test breaks something."""

    def __init__(self, folder: Path, provider: str) -> None:
        self.folder = folder
        self.path = folder / "token-console.toml"
        self.database = folder / "token-console.db"
        self.env = {"PYTHON_KEYRING_BACKEND": "tests.support.keyrings.InFile", "TC_TEST_KEYRING": str(folder / "ring")}
        token_console("init", cwd=folder)
        for name, value in (("read", READ), ("kill", KILL)):
            (folder / name).write_text(value)
            (folder / name).chmod(0o600)
        self.write(provider)

    def write(self, provider: str, secret: str = "file:read", kill_secret: str = "file:kill", more: str = "") -> None:
        self.path.write_text(
            f'[[operators]]\nuser = "{login_name()}"\nroles = ["token_architect"]\n'
            f'[[sources]]\nname = "anthropic"\nkind = "anthropic"\nsecret = "{secret}"\n'
            f'kill_secret = "{kill_secret}"\nbase_url = "{provider}"\n{more}'
        )

    def checks(self) -> dict[str, dict[str, Any]]:
        """What doctor says, by the name of the check. A switch without a name of its own has its workload's."""
        done = token_console("doctor", "--json", cwd=self.folder, env=self.env)
        document = json.loads(done.stdout)
        assert done.returncode == (0 if document["well"] else NOT_WELL)
        return {check["name"]: check for check in document["checks"]}

    def run(self, command: str, stdin: str = "", then: str = "") -> str:
        """Run an advised command as a person would, in bash; `then` runs in the same shell."""
        shell = f'token-console() {{ {shlex.quote(sys.executable)} -m console "$@"; }}\n{command}\n{then}'
        done = subprocess.run(["bash", "-c", shell], cwd=self.folder, env=environment(self.folder, self.env),
                              input=stdin, capture_output=True, text=True, check=False, timeout=60)
        assert then or done.returncode == 0, done.stderr
        return done.stdout

    def store(self) -> Database:
        return Database.open(f"sqlite:///{self.database}")


@pytest.fixture
def provider() -> Iterator[str]:
    with organisation() as server:
        yield server.url


@pytest.fixture
def house(tmp_path: Path, provider: str) -> House:
    return House(tmp_path, provider)


def test_all_is_well(house: House) -> None:
    done = token_console("doctor", cwd=house.folder, env=house.env)
    assert done.returncode == 0
    assert done.stdout.endswith("All is well.\n")
    assert "FAIL" not in done.stdout
    assert "answers as Example\N{REPLACEMENT CHARACTER}[31m Ltd (org-1)" in done.stdout
    assert READ not in done.stdout + done.stderr
    assert KILL not in done.stdout + done.stderr


def test_no_configuration(tmp_path: Path) -> None:
    done = token_console("doctor", "--json", cwd=tmp_path)
    check = json.loads(done.stdout)["checks"][-1]
    assert (done.returncode, check["state"], check["mend"]) == (1, "failed", "token-console init")
    assert token_console(*check["mend"].split()[1:], cwd=tmp_path).returncode == 0
    assert token_console("audit", "verify", cwd=tmp_path).returncode == 0


def break_configuration(house: House) -> None:
    house.path.chmod(0o666)


def break_folder(house: House) -> None:
    house.folder.chmod(0o777)


def break_database_mode(house: House) -> None:
    house.database.chmod(0o644)


def break_database(house: House) -> None:
    house.database.unlink()


def break_secret_mode(house: House) -> None:
    (house.folder / "read").chmod(0o640)


@pytest.mark.parametrize(
    ("damage", "name", "mend"),
    [
        (break_configuration, "configuration", "chmod go-w {folder}/token-console.toml"),
        (break_folder, "configuration", "chmod go-w {folder}"),
        (break_database_mode, "database", "chmod 600 {folder}/token-console.db"),
        (break_database, "database", "token-console init"),
        (break_secret_mode, "source anthropic: secret", "chmod 600 {folder}/read"),
    ],
)
def test_the_advised_command_mends_the_fault(house: House, damage: Any, name: str, mend: str) -> None:
    damage(house)
    check = house.checks()[name]
    assert check["state"] == "failed"
    assert check["mend"] == mend.format(folder=house.folder)
    assert check["mend"] not in check["said"]
    house.run(check["mend"])
    assert house.checks()[name]["state"] == "ok"


def test_a_secret_file_that_is_not_there(house: House) -> None:
    (house.folder / "kill").unlink()
    check = house.checks()["source anthropic: kill secret"]
    house.run(check["mend"], stdin=KILL)
    assert house.checks()["source anthropic: kill secret"]["state"] == "ok"


def test_a_variable_that_is_not_set(house: House, provider: str) -> None:
    house.write(provider, secret="env:TC_DOCTOR_KEY")
    check = house.checks()["source anthropic: secret"]
    assert check["mend"] == "read -rs TC_DOCTOR_KEY && export TC_DOCTOR_KEY"
    said = house.run(check["mend"], stdin=f"{READ}\n", then="token-console doctor")
    assert "ok    source anthropic: secret" in said
    assert "ok    source anthropic: connection" in said


def test_a_keyring_that_holds_nothing_of_that_name(house: House, provider: str) -> None:
    house.write(provider, kill_secret="keyring:anthropic-kill")
    check = house.checks()["source anthropic: kill secret"]
    assert check["mend"] == "token-console secret set anthropic-kill"
    house.run(check["mend"], stdin=f"{KILL}\n")
    after = house.checks()
    assert after["source anthropic: kill secret"]["state"] == after["keyring"]["state"] == "ok"


def test_a_session_without_a_keyring_is_told_four_alternatives(house: House, provider: str) -> None:
    house.write(provider, kill_secret="keyring:anthropic-kill")
    house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    check = house.checks()["keyring"]
    assert check["state"] == "failed"
    assert all(form in check["said"] for form in ("file:", "env:", "command:", "cred:"))


def test_a_credential_that_the_provider_refuses(house: House) -> None:
    (house.folder / "read").write_text("an-old-secret")
    check = house.checks()["source anthropic: connection"]
    assert check["said"].startswith("unauthorised")
    house.run(check["mend"], stdin=READ)
    assert house.checks()["source anthropic: connection"]["state"] == "ok"


def test_a_provider_that_is_away(house: House) -> None:
    house.write("http://127.0.0.1:9")
    checks = house.checks()
    assert checks["source anthropic: connection"]["state"] == checks["source anthropic: clock"]["state"] == "failed"
    assert "Check the network and this source's base_url." in str(checks["source anthropic: connection"])
    assert checks["source anthropic: secret"]["state"] == "ok"


def test_one_secret_for_reading_and_killing_is_a_note(house: House, provider: str) -> None:
    house.write(provider, kill_secret="file:read")
    assert house.checks()["source anthropic: kill secret"]["state"] == "warning"


@pytest.mark.parametrize(
    ("ahead_s", "health", "side"),
    [(600, Health.FAILED, "ahead of"), (-600, Health.FAILED, "behind"), (5, Health.OK, "")],
)
async def test_a_clock_that_is_wrong(house: House, ahead_s: int, health: Health, side: str) -> None:
    clock = ManualClock(SystemClock().now() + timedelta(seconds=ahead_s))
    checks = await checkup_providers.of_sources(load(house.path), clock, "token-console")
    check = next(check for check in checks if check.name == "source anthropic: clock")
    assert check.health is health
    assert side in check.said


def test_every_switch_of_the_registry_is_read(house: House) -> None:
    database = house.store()
    with database.write() as tx:
        for slug, target in (("triage", "apikey_01Triage"), ("gone", "apikey_01Gone")):
            registry.put_workload(tx, _entry(slug, target), by="maria", at=SystemClock().now())
    database.close()
    checks = house.checks()
    assert checks["switch of triage"]["said"] == "anthropic-api-key apikey_01Triage is active"
    assert checks["switch of gone"]["state"] == "failed"


def _entry(slug: str, target: str) -> dict[str, object]:
    return {"slug": slug, "name": slug, "status": "live",
            "switches": [{"kind": "anthropic-api-key", "source": "anthropic", "target": target}]}


def test_nobody_who_may_resume(house: House, provider: str) -> None:
    house.write(provider, more="[approvals]\ntwo_person = true\n")
    check = house.checks()["operators"]
    assert check["state"] == "failed"
    assert "a resume needs 2 of" in check["said"]


def test_a_broken_audit_log_is_named_by_its_entry(house: House) -> None:
    database = house.store()
    with database.write() as tx:
        for number in range(3):
            audit.append(tx, at=SystemClock().now(), actor="maria", action="test", object=str(number), detail={})
    database.close()
    connection = sqlite3.connect(house.database)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2")
    connection.commit()
    connection.close()
    assert "broken at entry 2" in house.checks()["audit log"]["said"]
    verdict = token_console("audit", "verify", "--json", cwd=house.folder)
    assert verdict.returncode == 1
    assert json.loads(verdict.stdout)["first_bad"] == 2
    assert "broken at entry 2" in token_console("audit", "verify", cwd=house.folder).stdout


def test_a_channel_whose_address_is_not_to_be_had(house: House, provider: str) -> None:
    house.write(provider, more='[[notifications]]\nname = "pager"\nurl = "file:pager"\n')
    check = house.checks()["notification pager"]
    house.run(check["mend"], stdin="json://localhost")
    assert house.checks()["notification pager"]["state"] == "ok"
