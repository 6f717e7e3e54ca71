"""`doctor`: each fault is found, and the command that it advises is run and mends it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
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
from store import audit, backups, registry, usage
from store.database import Database
from store.sqlite import sqlite3
from tests.support.command_line import environment, token_console
from tests.support.organisation_server import KILL, READ, organisation
from tests.support.small_disk import fill, small_disk
from tests.support.venvs import environment_without, index_of

ROOT = Path(__file__).parents[3]


class House:
    """A folder with a configuration, a database and secrets in which all is well, until a test breaks something."""

    def __init__(self, folder: Path, provider: str) -> None:
        self.folder = folder
        self.path = folder / "token-console.toml"
        self.database = folder / "token-console.db"
        self.python = sys.executable
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
        if self.python == sys.executable and "PYTHONPATH" not in self.env:
            done = token_console("doctor", "--json", cwd=self.folder, env=self.env)
        else:
            done = subprocess.run([self.python, "-m", "console", "doctor", "--json"], cwd=self.folder, check=False,
                                  env=environment(self.folder, self.env), capture_output=True, text=True, timeout=60)
        document = json.loads(done.stdout)
        assert done.returncode == (0 if document["well"] else NOT_WELL)
        return {check["name"]: check for check in document["checks"]}

    def run(self, command: str, stdin: str = "", then: str = "") -> str:
        """Run an advised command as a person would, in bash; `then` runs in the same shell."""
        shell = f'token-console() {{ {shlex.quote(self.python)} -m console "$@"; }}\n{command}\n{then}'
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


def test_a_kill_secret_that_the_provider_refuses(house: House) -> None:
    (house.folder / "kill").write_text("an-old-secret")
    check = house.checks()["source anthropic: kill connection"]
    assert check["said"].startswith("unauthorised")
    house.run(check["mend"], stdin=KILL)
    assert house.checks()["source anthropic: kill connection"]["state"] == "ok"


def test_a_provider_that_is_away_is_said_on_every_line_that_needs_it_with_what_to_look_at(house: House) -> None:
    register(house, triage="apikey_01Triage")
    house.write("http://127.0.0.1:9")
    checks = house.checks()
    for name in ("connection", "kill connection", "clock"):
        check = checks[f"source anthropic: {name}"]
        assert check["state"] == "failed"
        assert "Check the network and this source's base_url." in check["said"]
    assert checks["switch of triage"]["state"] == "failed"
    assert "Check the network and the address in the configuration." in checks["switch of triage"]["said"]
    assert checks["source anthropic: secret"]["state"] == "ok"


def test_one_secret_for_reading_and_killing_is_a_note(house: House, provider: str) -> None:
    house.write(provider, kill_secret="file:read")
    assert house.checks()["source anthropic: kill secret"]["state"] == "warning"


def test_two_references_to_one_secret_are_a_note_too(house: House, provider: str) -> None:
    (house.folder / "kill").write_text((house.folder / "read").read_text())
    check = house.checks()["source anthropic: kill secret"]
    assert check["state"] == "warning"
    assert "holds the very secret that" in check["said"]


@pytest.mark.parametrize(
    ("ahead_s", "health", "side"),
    [(600, Health.FAILED, "ahead of"), (-600, Health.FAILED, "behind"), (5, Health.OK, "")],
)
async def test_a_clock_that_is_wrong(house: House, ahead_s: int, health: Health, side: str) -> None:
    clock = ManualClock(SystemClock().now() + timedelta(seconds=ahead_s))
    checks = await checkup_providers.of_sources(load(house.path), clock, "token-console", None)
    check = next(check for check in checks if check.name == "source anthropic: clock")
    assert check.health is health
    assert side in check.said
    assert check.mend is None  # how a machine gets its time is not ours to command
    assert health is Health.OK or "follow a time server" in check.said


def register(house: House, **targets: str) -> None:
    """MBOM entries by slug, each with one key."""
    database = house.store()
    with database.write() as tx:
        for slug, target in targets.items():
            registry.put_workload(tx, _entry(slug, target), by="maria", at=SystemClock().now())
    database.close()


def test_every_switch_of_the_registry_is_read(house: House) -> None:
    register(house, triage="apikey_01Triage", gone="apikey_01Gone")
    checks = house.checks()
    assert checks["switch of triage"]["said"] == (
        "anthropic-api-key apikey_01Triage: active. A kill (K2) wants “inactive”; the key object says the status.")
    assert checks["switch of gone"]["state"] == "failed"
    assert "correct the switch in the MBOM entry of gone" in checks["switch of gone"]["said"]


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


def back_up(house: House) -> Path:
    """A backup where the engine puts the daily ones, of a database with a few hundred pages."""
    database = house.store()
    with database.write() as tx:
        usage.series_ids(tx, "anthropic", [f'{{"model":"{number:04}{"x" * 2000}"}}' for number in range(300)], 0)
    target = backups.daily_at(database.path, SystemClock().now())
    database.backup(target)
    database.empty_log()
    database.close()
    return target


def spoil_all(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def spoil_the_end(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-4096 * 40, os.SEEK_END)
        file.write(b"\xff" * 4096 * 40)


@pytest.mark.parametrize(("spoil", "name"), [(spoil_all, "database"), (spoil_the_end, "database structure")])
def test_a_damaged_database_is_mended_by_the_newest_backup(house: House, spoil: Callable[[Path], None],
                                                          name: str) -> None:
    backup = back_up(house)
    assert str(backup) in house.checks()["backup"]["said"]
    spoil(house.database)
    check = house.checks()[name]
    assert check["state"] == "failed"
    assert check["mend"] == f"token-console restore {backup}"
    assert check["mend"] not in check["said"]
    house.run(check["mend"])
    checks = house.checks()
    assert checks["database"]["state"] == checks["database structure"]["state"] == "ok"


def test_without_a_backup_no_command_is_promised(house: House) -> None:
    spoil_all(house.database)
    check = house.checks()["database"]
    assert check["mend"] is None
    assert "There is no backup beside it" in check["said"]


def test_a_disk_that_is_nearly_full(tmp_path: Path, provider: str) -> None:
    with small_disk(tmp_path, 300) as disk:
        house = House(disk, provider)
        assert house.checks()["disk"]["state"] == "ok"
        filling = fill(disk, leave=150 * 2**20)
        check = house.checks()["disk"]
        assert check["state"] == "failed"
        assert "it needs 200" in check["said"]
        filling.unlink()
        assert house.checks()["disk"]["state"] == "ok"


def test_a_package_of_the_same_name_that_stands_in_the_way(house: House, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "store", tmp_path / "elsewhere" / "store")
    house.env["PYTHONPATH"] = f"{tmp_path / 'elsewhere'}:{ROOT}"
    check = house.checks()["installation"]
    assert check["state"] == "failed"
    assert str(tmp_path / "elsewhere") in check["said"]
    del house.env["PYTHONPATH"]
    assert house.checks()["installation"]["state"] == "ok"


def test_what_is_not_installed_is_installed_by_the_advised_command(house: House, tmp_path: Path,
                                                                   provider: str) -> None:
    """In an environment of its own, by its own pip, from wheels of the packages that these tests run with."""
    house.python = str(environment_without(tmp_path / "venv", "pysqlite3", "apprise"))
    house.env |= index_of(tmp_path / "wheels", "pysqlite3", "apprise")
    (house.folder / "pager").write_text("json://localhost")
    (house.folder / "pager").chmod(0o600)
    house.write(provider, more='[[notifications]]\nname = "pager"\nurl = "file:pager"\n')
    before = house.checks()
    assert before["notification pager"]["state"] == "failed"
    house.run(before["notification pager"]["mend"])
    if before["sqlite"]["mend"] is not None:  # the library of this Python has the defect
        assert before["sqlite"]["state"] == "warning"
        house.run(before["sqlite"]["mend"])
    after = house.checks()
    assert after["notification pager"]["state"] == after["sqlite"]["state"] == "ok"
