"""`weekly`, `exceptions` and `decide` at a shell: what they print, what they refuse, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from console.__main__ import main
from console.clock import rfc3339
from console.operations.identity import login_name
from console.watch.exceptions import Seen, open_or_refresh
from store import registry
from store.database import Database
from store.tables import OutboxMessage
from tests.support.exceptions import OPUS

DEPTH = replace(OPUS, kind="drift: depth", subject="", summary="depth 4, the Charter permits 2", stake=None)
CHAT = replace(OPUS, workload="chat", stake=30_000_000)
Shell = Callable[..., tuple[int, str, str]]
"""A command's words to (exit code, standard output, standard error)."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration and a database in which three exceptions are open."""
    database = Database.create(f"sqlite:///{tmp_path / 'console.db'}")
    with database.write() as tx:
        registry.put_workload(tx, {"slug": "claims-triage", "name": "Claims triage", "business_owner": "A. Owner"},
                              by="maria", at=datetime.now(UTC))
        for seen in (OPUS, CHAT, DEPTH):
            open_or_refresh(tx, seen, datetime.now(UTC) - timedelta(seconds=5))
    database.close()
    _configure(tmp_path, "token_architect")
    return tmp_path


def _configure(folder: Path, role: str) -> None:
    (folder / "token-console.toml").write_text(
        '[organisation]\nname = "Example Ltd"\ntime_zone = "Europe/London"\n[database]\nurl = "sqlite:///console.db"\n'
        f'[[operators]]\nuser = "{login_name()}"\nroles = ["{role}"]\n'
        '[[notifications]]\nname = "chat"\nurl = "env:CHAT"\n'
        '[[notifications]]\nname = "mail"\nurl = "env:MAIL"\nseverity = "info"\n')


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--config", str(home / "token-console.toml"), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def document(shell: Shell, *words: str) -> Any:
    return json.loads(shell(*words)[1])


def queued(home: Path) -> list[OutboxMessage]:
    database = Database.open(f"sqlite:///{home / 'console.db'}")
    with database.read() as tx:
        found = list(tx.exec(select(OutboxMessage)))
    database.close()
    return found


def test_the_week_shows_patterns_before_single_exceptions(shell: Shell) -> None:
    code, out, _ = shell("weekly")
    assert code == 0
    assert "3 exceptions open" in out
    assert out.index("drift: model") < out.index("drift: depth") < out.index("ID  WORKLOAD")
    assert "150.00" in out


def test_as_json_money_is_text_and_unknown_is_null(shell: Shell) -> None:
    week = document(shell, "weekly", "--json")
    assert [(each["kind"], each["stake_usd"], each["open"]) for each in week["patterns"]] == [
        ("drift: model", "150.000000", 2), ("drift: depth", None, 1)]
    assert (week["opened"], week["time_zone"], len(week["patterns"][0]["weeks"])) == (3, "Europe/London", 8)
    assert week["exceptions"][0]["owner"] == "A. Owner"
    assert week["exceptions"][0]["evidence"] == [["model", "claude-opus-4-6"]]


def test_a_week_of_the_past_is_asked_for_by_an_instant_or_a_day(shell: Shell) -> None:
    assert document(shell, "weekly", "--json", "--at", "2025-06-04")["week_start"] == "2025-06-01T23:00:00Z"
    assert document(shell, "weekly", "--json", "--at", "2025-12-04T10:00:00Z")["week_start"] == "2025-12-01T00:00:00Z"
    assert document(shell, "weekly", "--json", "--at", datetime.now(UTC).date().isoformat())["opened"] == 3


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", "2026-11-23T10:00:00", "\x1b[31m", "9999-12-31"])
def test_what_is_no_time_is_refused_with_an_example(shell: Shell, at: str) -> None:
    code, out, err = shell("weekly", "--at", at)
    assert (code, out) == (2, "")
    assert "neither an instant such as 2026-11-23T14:05:00Z nor a day such as 2026-11-23" in err
    assert "\x1b" not in err


def test_exceptions_ends_with_one_until_all_are_decided(shell: Shell) -> None:
    code, out, _ = shell("exceptions")
    assert (code, out.count("drift: model")) == (1, 2)
    assert [each["workload"] for each in document(shell, "exceptions", "--workload", "chat", "--json")] == ["chat"]
    assert shell("decide", "1", "2", "3", "--verdict", "dismissed", "--rationale", "Agreed.")[0] == 0
    assert shell("exceptions")[:2] == (0, "No exception is open.\n")
    assert {each["state"] for each in document(shell, "exceptions", "--all", "--json")} == {"decided"}


def test_a_whole_pattern_is_decided_at_once(shell: Shell) -> None:
    done = document(shell, "decide", "--pattern", "drift: model", "--verdict", "time-bounded", "--until", "30d",
                    "--rationale", "Trial.", "--json")["decided"]
    assert [each["exception"] for each in done] == [1, 2]
    assert done[0]["decision"]["batch"] == done[1]["decision"]["batch"]
    assert [each["kind"] for each in document(shell, "exceptions", "--json")] == ["drift: depth"]


@pytest.mark.parametrize(("words", "match"), [
    (("--pattern", "drift: tier"), "No open exception is of the pattern 'drift: tier'. Patterns with open ones: "),
    ((), "Name exceptions by their numbers"),
    (("1", "--pattern", "drift: model"), "Name exceptions by their numbers"),
    (("99", "1"), "There is no exception 99. So nothing was decided."),
    (("1", "--until", "soon"), "--until 'soon' is neither a length"),
    (("1", "--until", "30d"), None),
])
def test_what_cannot_be_decided_is_refused(shell: Shell, words: tuple[str, ...], match: str | None) -> None:
    code, out, err = shell("decide", *words, "--verdict", "dismissed", "--rationale", "Agreed.")
    assert (code, match is None or match in err) == (0 if match is None else 2, True), err
    assert bool(out) == (match is None)


def test_without_the_role_nothing_is_decided_or_sent(home: Path, shell: Shell) -> None:
    _configure(home, "business_owner")
    for words in (("decide", "1", "--verdict", "dismissed", "--rationale", "x"), ("weekly", "--send")):
        code, _, err = shell(*words)
        assert code == 77
        assert "it takes one of token_architect" in err
    assert shell("weekly")[0] == 0
    assert queued(home) == []


def test_a_read_only_console_neither_decides_nor_sends(shell: Shell) -> None:
    for words in (("decide", "1", "--verdict", "dismissed", "--rationale", "x"), ("weekly", "--send")):
        assert shell("--read-only", *words)[0] == 77


def test_the_digest_is_queued_once_a_week_for_every_channel_whatever_its_severity(home: Path, shell: Shell) -> None:
    now = ("--at", rfc3339(datetime.now(UTC)))
    code, out, _ = shell("weekly", "--send", *now)
    assert (code, out) == (0, "Queued for chat, mail; the console that watches sends it.\n")
    assert shell("weekly", "--send")[1] == "chat, mail had this week's digest already.\n"
    messages = queued(home)
    assert [(each.channel, each.transition) for each in messages] == [("chat", 1), ("mail", 1)]
    assert messages[0].subject.startswith("weekly:20")
    assert "3 exceptions open" in messages[0].title
    assert messages[0].body == shell("weekly", "--digest", *now)[1]


def test_names_from_outside_are_no_markup_of_the_digest_and_move_no_cursor(home: Path, shell: Shell) -> None:
    database = Database.open(f"sqlite:///{home / 'console.db'}")
    with database.write() as tx:
        open_or_refresh(tx, Seen("chat", "drift", "drift: model", "a\x1b]0;x\x07 **bold** [link](http://x)\n# heading",
                                 subject="<script>"), datetime.now(UTC))
    database.close()
    out = shell("weekly", "--digest")[1]
    assert "\x1b" not in out
    assert "\n# heading" not in out
    assert "\\*\\*bold\\*\\* \\[link\\](http://x)" in out
    assert "\\<script\\>" in out
    assert "\x1b" not in shell("weekly")[1] + shell("exceptions")[1]
