"""What verification finds: in the log, in its checkpoints, against what was kept outside, and in an export alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.audit import exports
from console.audit.checkpoint import Checkpoint, row_of, sign
from console.audit.keys import SigningKey, signing_key
from console.audit.verification import CannotCheck, Report, verify
from console.clock import ManualClock
from console.config import Config
from console.operations.audit_log import export_log, verify_log
from console.operations.desk import Desk
from console.watch import sealing
from store import audit
from store.database import Database
from store.tables import Intent
from tests.support.audit_log import HOUR, NOON, config, rewrite, sealed_log, signed, tamper, write
from tests.support.desks import ARCHITECT, VIEWER

# Entry 5 tells of the key; so the three checkpoints are over 5, 9 and 13 entries.


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path)


@pytest.fixture
def database(settings: Config) -> Iterator[Database]:
    database = sealed_log(settings)
    yield database
    database.close()


def report_on(settings: Config, database: Database, *against: Checkpoint, keys: tuple[str, ...] = ()) -> Report:
    desk = Desk(settings, database, ManualClock(NOON + 3 * HOUR), read_only=True)
    return asyncio.run(verify_log(desk, VIEWER, against=against, keys=keys))


def test_an_untouched_log_holds_and_is_signed_to_its_end(settings: Config, database: Database) -> None:
    report = report_on(settings, database)
    assert (report.first_bad, report.entries, report.checkpoints, report.sealed) == (None, 13, 3, 13)


def test_entries_after_the_last_checkpoint_are_said_to_be_unsigned(settings: Config, database: Database) -> None:
    write(database, 2)
    report = report_on(settings, database)
    assert report.first_bad is None
    assert any("2 entries are newer than the last checkpoint" in note for note in report.notes)


def test_a_log_without_checkpoints_says_what_that_means(settings: Config) -> None:
    database = Database.create(settings.database_url)
    write(database, 2)
    assert any("could have rewritten all of it" in note for note in report_on(settings, database).notes)
    database.close()


def test_a_changed_entry_is_named(settings: Config, database: Database) -> None:
    tamper(database.path, "UPDATE audit_entry SET body = replace(body, 'maria', 'nobody') WHERE seq = 3")
    report = report_on(settings, database)
    assert (report.first_bad, report.last_good) == (3, 2)


def test_a_chain_that_was_recomputed_is_given_away_by_the_next_checkpoint(settings: Config, database: Database) -> None:
    rewrite(database.path, 7)
    with database.read() as tx:
        assert audit.verify(tx).first_bad is None  # the chain by itself sees nothing
    report = report_on(settings, database)
    assert (report.first_bad, report.last_good) == (6, 5)
    assert "checkpoint 2 was signed over" in report.reason


def test_a_cut_tail_is_seen_through_the_checkpoint_that_covers_it(settings: Config, database: Database) -> None:
    tamper(database.path, "DELETE FROM audit_entry WHERE seq > 11")
    report = report_on(settings, database)
    assert (report.first_bad, report.last_good) == (12, 11)
    assert "its end is missing" in report.reason


def test_a_tail_cut_together_with_its_checkpoint_is_seen_from_outside(settings: Config, database: Database) -> None:
    outside = signed(database)
    tamper(database.path, "DELETE FROM audit_entry WHERE seq > 9", "DELETE FROM audit_checkpoint WHERE number = 3")
    assert report_on(settings, database).first_bad is None
    report = report_on(settings, database, *outside)
    assert (report.first_bad, report.last_good) == (10, 9)


@pytest.mark.parametrize(("statement", "first_bad", "reason"), [
    ("UPDATE audit_checkpoint SET body = replace(body, '\"seq\":9', '\"seq\":8') WHERE number = 2", 6, "signature"),
    ("UPDATE audit_checkpoint SET signature = replace(signature, substr(signature, 1, 2), 'zz') WHERE number = 1", 1,
     "signature of checkpoint 1"),
    ("UPDATE audit_checkpoint SET closes = 9 WHERE number = 3", 10, "checkpoint 2"),
    ("DELETE FROM audit_checkpoint WHERE number = 2", 6, "checkpoint 2 is missing"),
    ("DELETE FROM audit_checkpoint WHERE number = 1", 1, "checkpoint 1 is missing"),
])
def test_a_changed_checkpoint_is_found(settings: Config, database: Database, statement: str, first_bad: int,
                                       reason: str) -> None:
    tamper(database.path, statement)
    report = report_on(settings, database)
    assert report.first_bad == first_bad
    assert reason in report.reason


def forge(settings: Config, database: Database, key: SigningKey) -> None:
    """Rewrite an entry, and sign every checkpoint anew."""
    rewrite(database.path, 2)
    tamper(database.path, "DELETE FROM audit_checkpoint")
    with database.write() as tx:
        before = None
        for seq, hour in ((5, 0), (9, 1), (13, 2)):
            head = audit.hash_at(tx, seq)
            assert head is not None
            before = sign(key, database=audit.identifier(tx), before=before, at=NOON + hour * HOUR, seq=seq, head=head,
                          reason="hour")
            tx.add(row_of(before))


def test_a_log_forged_with_the_stolen_key_passes_alone_and_fails_against_what_was_kept_outside(
        settings: Config, database: Database) -> None:
    outside = signed(database)
    forge(settings, database, signing_key(settings.audit_key, settings.base))
    assert report_on(settings, database).first_bad is None
    report = report_on(settings, database, *outside)
    assert report.first_bad == 1
    assert report.compared == 3


def test_a_log_signed_with_another_key_fails_where_the_key_is_known(settings: Config, database: Database) -> None:
    kept = signed(database)[0].key
    forge(settings, database, SigningKey(b"x" * 32))
    report = report_on(settings, database, keys=(kept,))
    assert (report.first_bad, report.last_good) == (1, None)
    assert "another key" in report.reason


def test_a_new_key_is_believed_where_the_log_tells_of_it(settings: Config, database: Database) -> None:
    Path(settings.audit_key.removeprefix("file:")).unlink()
    assert sealing.seal(settings, database, NOON + 4 * HOUR) is not None
    report = report_on(settings, database)
    assert report.first_bad is None
    assert len(report.keys) == 2


def test_a_missing_hour_is_told(settings: Config, database: Database) -> None:
    assert sealing.seal(settings, database, NOON + 12 * HOUR) is not None
    assert any("no checkpoint was signed for more than two hours" in note
               for note in report_on(settings, database).notes)


def test_checkpoints_of_another_database_are_no_evidence(settings: Config, database: Database, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o700)
    other = sealed_log(config(tmp_path / "other"), hours=1)
    with pytest.raises(CannotCheck, match="another database"):
        report_on(settings, database, *signed(other))
    other.close()


def test_a_checkpoint_forged_outside_is_no_evidence(settings: Config, database: Database) -> None:
    with pytest.raises(CannotCheck, match="not signed by the key"):
        report_on(settings, database, replace(signed(database)[0], signature="00"))


def add_kill(database: Database) -> None:
    """A kill that somebody says was done, half an hour after the second hour's entries."""
    with database.write() as tx:
        tx.add(Intent(id="kill-x", workload="claims-triage", verb="kill", origin="manual", state="done", reason="r",
                      requested_by="maria", requested_at=NOON + 1.5 * HOUR, valid_until=NOON + 2 * HOUR, plan_hash="p"))


def test_a_kill_without_its_entries_is_found_where_they_should_be(settings: Config, database: Database) -> None:
    add_kill(database)
    report = report_on(settings, database)
    assert report.first_bad == 10  # the first entry that is younger than the kill
    assert "intent:kill-x was asked for is missing" in report.reason


def test_a_state_that_no_entry_tells_of_is_found(settings: Config, database: Database) -> None:
    add_kill(database)
    with database.write() as tx:
        audit.append(tx, at=NOON + 3 * HOUR, actor="maria", action="intent.requested", object="intent:kill-x",
                     detail={})
    report = report_on(settings, database)
    assert report.first_bad == 14
    assert "kill-x is done, and no entry does" in report.reason


def test_an_entry_about_a_kill_that_is_gone_is_found(settings: Config, database: Database) -> None:
    with database.write() as tx:
        audit.append(tx, at=NOON, actor="maria", action="intent.requested", object="intent:kill-x", detail={})
    assert "has no such intent" in report_on(settings, database).reason


# --- an export, alone ---------------------------------------------------------------------------------------------


@pytest.fixture
def export(settings: Config, database: Database, tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    desk = Desk(settings, database, ManualClock(NOON + 3 * HOUR))
    done = asyncio.run(export_log(desk, ARCHITECT, path=path))
    assert (done.count, done.first, done.last) == (13, 1, 13)
    return path


def report_of(path: Path, *against: Checkpoint) -> Report:
    with path.open() as file:
        return verify(exports.read(file, path.name), against)


def test_an_export_is_checked_without_the_database(export: Path, database: Database) -> None:
    outside = signed(database)
    report = report_of(export, *outside)
    assert (report.first_bad, report.entries, report.sealed, report.compared) == (None, 13, 13, 3)
    assert '"query": "SELECT seq' in export.read_text().splitlines()[0]


@pytest.mark.parametrize(("line", "change", "first_bad"), [
    (6, lambda line: line.replace("maria", "nobody"), 3),
    (6, lambda line: "", 3),
    (6, lambda line: "garbage\n", 3),
    (16, lambda line: "", 13),
])
def test_a_changed_export_is_found(export: Path, line: int, change: object, first_bad: int) -> None:
    assert callable(change)
    lines = export.read_text().splitlines(keepends=True)
    lines[line] = change(lines[line])
    export.write_text("".join(lines))
    assert report_of(export).first_bad == first_bad


def test_what_is_no_export_cannot_be_checked(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(CannotCheck, match="no export"):
        report_of(tmp_path / "x")


def test_an_export_is_written_down_in_the_log(export: Path, database: Database) -> None:
    with database.read() as tx:
        assert audit.entries(tx, limit=1)[0].action == "audit.exported"


def test_checkpoints_newer_than_an_export_are_not_held_against_it(settings: Config, database: Database, export: Path
                                                                 ) -> None:
    write(database, 1, NOON + 5 * HOUR)
    assert sealing.seal(settings, database, NOON + 6 * HOUR) is not None
    report = report_of(export, *signed(database))
    assert report.first_bad is None
    assert any("1 checkpoints" in note for note in report.notes)
