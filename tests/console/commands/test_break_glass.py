"""`break-glass` and `review` as somebody at a shell runs them, also on a disk that is really full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.operations.desk import Desk
from console.operations.identity import login_name
from store import incidents
from store.database import Database
from tests.console.commands.test_kill import Shell
from tests.support import kills
from tests.support.command_line import token_console
from tests.support.key_server import Keys, key_server
from tests.support.kills import KEY, SLUG
from tests.support.small_disk import fill, small_disk

REASON = "243 agents since two o'clock, nobody else answers"


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(**{KEY: "active"}) as served:
        yield served


@pytest.fixture
def desk(keys: Keys, tmp_path: Path) -> Iterator[Desk]:
    made = kills.kill_desk(kills.config(keys.url, tmp_path))
    yield made
    made.database.close()


@pytest.fixture
def shell(desk: Desk, keys: Keys, tmp_path: Path) -> Shell:
    made = Shell(tmp_path, keys.url)
    made.configure(two_person=True)
    return made


def break_glass(shell: Shell, *options: str, typed: str = SLUG) -> tuple[int, str, str]:
    done = token_console("break-glass", SLUG, "--reason", REASON, *options, cwd=shell.folder, stdin=f"{typed}\n")
    return done.returncode, done.stdout, done.stderr


def test_a_resume_alone_is_done_and_waits_for_a_review_by_somebody_else(shell: Shell, keys: Keys) -> None:
    assert shell("kill", SLUG, "--reason", "runaway", "--yes").returncode == 0
    code, said, _ = break_glass(shell, "--resume")
    assert (code, keys.states[KEY]) == (0, "active")
    assert f"resume of {SLUG}: confirmed by reading back" in said
    assert SLUG in shell("review").stdout
    (open_review,) = json.loads(shell("review", "--json").stdout)
    assert open_review["reason"] == REASON
    assert "REVIEW:" in shell("status").stdout
    own = shell("review", "1", "--finding", "I was right")
    assert (own.returncode, "somebody else must review it" in own.stderr) == (77, True)


@pytest.mark.parametrize("typed", ["", "yes", "claims"])
def test_the_name_is_typed_and_no_option_takes_its_place(shell: Shell, keys: Keys, typed: str) -> None:
    code, _, said = break_glass(shell, typed=typed)
    assert (code, keys.writes) == (2, [])
    assert "That is not its name. Nothing was sent." in said


@pytest.mark.parametrize("verb", [(), ("--resume",)])
def test_who_may_not_is_refused_and_the_attempt_is_written_down(shell: Shell, keys: Keys,
                                                               verb: tuple[str, ...]) -> None:
    path = shell.folder / "token-console.toml"
    path.write_text(path.read_text().replace(f'user = "{login_name()}"', 'user = "somebody-else"'))
    assert break_glass(shell, *verb)[0] == 77
    assert keys.writes == []
    assert shell("audit", "show").stdout.count("attempt.refused") == 1


def test_a_kill_that_can_be_stored_is_an_ordinary_one(shell: Shell, desk: Desk, keys: Keys) -> None:
    code, _, said = break_glass(shell)
    assert (code, keys.states[KEY]) == (0, "inactive")
    assert "an ordinary kill: there is nothing to review" in said
    assert shell("review").stdout == "Nothing waits for a review.\n"


def test_where_the_database_lacks_a_table_the_kill_goes_by_the_journal(
        shell: Shell, desk: Desk, keys: Keys, tmp_path: Path) -> None:
    with desk.database.write() as tx:
        tx.connection().exec_driver_sql("ALTER TABLE step RENAME TO step_lost")
    path = shell.folder / "token-console.toml"
    path.write_text(path.read_text() + f'\n[breaker]\nfallback_journal = "{tmp_path / "journal.jsonl"}"\n')
    code, _, said = break_glass(shell, "--target", f"anthropic-api-key:anthropic:{KEY}")
    assert (code, keys.states[KEY]) == (0, "inactive"), said
    assert "The kill cannot be stored: " in said
    assert "no such table" in said
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 4


def test_on_a_full_disk_the_kill_goes_by_the_journal_and_is_taken_in_when_there_is_room_again(
        keys: Keys, tmp_path: Path) -> None:
    with small_disk(tmp_path, 8) as disk:
        settings = kills.config(keys.url, disk)
        kills.kill_desk(settings).database.close()
        shell = Shell(disk, keys.url)
        journal = tmp_path / "journal.jsonl"
        configuration = disk / "token-console.toml"
        configuration.write_text(configuration.read_text() + f'\n[breaker]\nfallback_journal = "{journal}"\n')
        with Database.open(settings.database_url).write():  # the log's own files are there before the disk is full
            pass
        filling = fill(disk)
        refused = shell("kill", SLUG, "--reason", "runaway", "--yes")
        assert (refused.returncode, keys.writes) == (73, [])
        assert f"To stop it all the same: token-console break-glass {SLUG} --reason TEXT" in refused.stderr

        done = token_console("break-glass", SLUG, "--reason", REASON, "--json", cwd=disk, stdin=f"{SLUG}\n",
                             env={"HOME": str(tmp_path)})
        assert done.returncode == 0, done.stderr
        assert "The kill cannot be stored: The disk that holds" in done.stderr
        assert "journal: " in done.stderr
        assert json.loads(done.stdout)["state"] == "done"
        assert keys.states[KEY] == "inactive"
        assert len(journal.read_text().splitlines()) == 4

        filling.unlink()
        assert shell("poll", "--once").returncode in (0, 1, 69)
        database = Database.open(settings.database_url)
        with database.read() as tx:
            (intent,) = incidents.intents(tx, SLUG, 5)
            breaker = incidents.breaker(tx, SLUG)
        database.close()
        assert (intent.state, breaker.state if breaker else None) == ("done", "held")
        assert len(keys.writes) == 1
