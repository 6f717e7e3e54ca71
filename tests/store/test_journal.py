"""The fallback journal: appended to, on disk, chained, and read back up to what does not hold."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.errors import JournalFailed
from store.journal import Journal

AT = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "journal.jsonl")


def append(journal: Journal, *actions: str) -> None:
    with journal.held():
        for action in actions:
            journal.append(at=AT, actor="maria", action=action, object="intent:kill-1", detail={"target": "名前\n"})


def actions(journal: Journal) -> list[str]:
    read = journal.read()
    assert read is not None
    return [entry.action for entry in read.entries]


def test_what_was_appended_is_read_back_in_its_order(journal: Journal) -> None:
    append(journal, "one", "two")
    append(journal, "three")
    read = journal.read()
    assert read is not None
    assert [(entry.seq, entry.action, entry.at) for entry in read.entries] == [(1, "one", AT), (2, "two", AT),
                                                                             (3, "three", AT)]
    assert read.entries[1].detail == {"target": "名前\n"}
    assert (len(read.name), read.broken_at) == (32, None)


def test_it_is_for_its_owner_only(journal: Journal) -> None:
    append(journal, "one")
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_no_file_is_an_empty_journal(journal: Journal) -> None:
    assert actions(journal) == []


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\ud800"])
def test_a_character_that_some_call_the_end_of_a_line_ends_no_entry(journal: Journal, character: str) -> None:
    with journal.held():
        for action in ("one", "two"):
            journal.append(at=AT, actor="maria", action=action, object="intent:kill-1",
                           detail={"reason": f"a{character}b"})
    assert actions(journal) == ["one", "two"]


def test_a_line_that_was_cut_within_a_character_is_no_entry_either(journal: Journal) -> None:
    append(journal, "one", "two")
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:whole.rindex("名".encode()) + 1])
    assert actions(journal) == ["one"]
    append(journal, "again")
    assert actions(journal) == ["one", "again"]


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_line_that_a_crash_cut_short_is_no_entry_and_the_next_one_follows_from_the_last_whole_one(
        journal: Journal, cut: int) -> None:
    append(journal, "one", "two")
    journal.path.write_bytes(journal.path.read_bytes()[:-cut])
    append(journal, "three")
    assert actions(journal) == (["one", "two", "three"] if cut == 1 else ["one", "three"])


@pytest.mark.parametrize(("line", "broken_at"), [(0, 1), (1, 2)])
def test_an_entry_that_was_changed_ends_what_is_believed(journal: Journal, line: int, broken_at: int) -> None:
    append(journal, "one", "two", "three")
    lines = journal.path.read_text().splitlines()
    lines[line] = json.dumps({**json.loads(lines[line]), "actor": "somebody else"})
    journal.path.write_text("\n".join(lines) + "\n")
    read = journal.read()
    assert read is not None
    assert (read.broken_at, len(read.entries)) == (broken_at, broken_at - 1)


def test_an_entry_that_is_missing_ends_what_is_believed(journal: Journal) -> None:
    append(journal, "one", "two", "three")
    first, _, third = journal.path.read_text().splitlines()
    journal.path.write_text(f"{first}\n{third}\n")
    read = journal.read()
    assert read is not None
    assert (read.broken_at, len(read.entries)) == (2, 1)


def test_a_journal_that_was_tampered_with_is_set_aside_and_a_new_one_begun(journal: Journal) -> None:
    append(journal, "one", "two")
    journal.path.write_text(journal.path.read_text().replace("maria", "somebody else"))
    append(journal, "three")
    assert actions(journal) == ["three"]
    (aside,) = journal.path.parent.glob("journal.jsonl.broken-*")
    assert "somebody else" in aside.read_text()
    assert [each.path for each in journal.set_aside()] == [aside]


def test_while_somebody_acts_with_it_nobody_reads_it(journal: Journal) -> None:
    append(journal, "one")
    with journal.held():
        assert journal.read() is None


def _append_many(path: Path) -> None:
    for _ in range(25):
        append(Journal(path), "many")


def test_two_processes_that_append_at_once_keep_one_chain(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_append_many, args=(journal.path,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    read = journal.read()
    assert read is not None
    assert (len(read.entries), read.broken_at) == (50, None)


def test_a_full_disk_and_a_place_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    with pytest.raises(JournalFailed, match="cannot be opened"):
        append(Journal(Path("/proc/journal.jsonl")), "one")
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with pytest.raises(JournalFailed, match="Too many levels of symbolic links"):
        append(Journal(full), "one")
    with pytest.raises(JournalFailed, match="No space left on device"):
        append(Journal(Path("/dev/full")), "one")
