"""When checkpoints of the audit log are signed, where they are told, and what is an alert about them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.audit.checkpoint import read_lines
from console.config import AuditSettings, Config, Notification
from console.watch import anchoring, sealing
from console.watch.rules import audit_log
from console.watch.rules.rule import Signal
from store import audit, checkpoints, incidents
from store.database import Database
from tests.support.audit_log import HOUR, NOON, config, rewrite, signed, tamper, write


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path, AuditSettings(file=tmp_path / "outside" / "checkpoints.jsonl"))


@pytest.fixture
def database(settings: Config) -> Iterator[Database]:
    database = Database.create(settings.database_url)
    yield database
    database.close()


def actions(database: Database) -> list[str]:
    with database.read() as tx:
        return [entry.action for entry in reversed(audit.entries(tx))]


def test_the_first_checkpoint_tells_of_its_key_and_holds_the_public_half_alone(
        settings: Config, database: Database) -> None:
    made = sealing.seal(settings, database, NOON)
    assert made is not None
    assert made.genuine
    assert (made.number, made.seq, made.reason) == (1, 1, "first")
    assert actions(database) == ["audit.key_made"]
    private = Path(settings.audit_key.removeprefix("file:")).read_text().strip()
    assert private not in made.body
    assert private.encode() not in database.path.read_bytes()


def test_a_checkpoint_is_due_every_hour_also_when_nothing_happened(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    assert sealing.seal(settings, database, NOON + HOUR - timedelta(seconds=1)) is None
    empty = sealing.seal(settings, database, NOON + HOUR)
    assert empty is not None
    assert (empty.count, empty.reason, empty.previous) == (0, "hour", signed(database)[0].hash)


@pytest.mark.parametrize("action", ["intent.done", "approval.used", "breaker.disarmed", "charter.signed"])
def test_a_kill_or_an_authorisation_is_sealed_at_once(settings: Config, database: Database, action: str) -> None:
    sealing.seal(settings, database, NOON)
    write(database, 1, action="alert.fired")
    assert sealing.seal(settings, database, NOON) is None
    write(database, 1, action=action)
    made = sealing.seal(settings, database, NOON)
    assert made is not None
    assert (made.reason, made.count) == (action, 2)


def test_a_clock_that_was_set_back_does_not_delay_a_checkpoint(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    assert sealing.seal(settings, database, NOON - 5 * HOUR) is not None


def test_nothing_is_signed_over_a_log_that_does_not_follow_from_its_last_checkpoint(
        settings: Config, database: Database) -> None:
    write(database, 4)
    sealing.seal(settings, database, NOON)
    write(database, 4)
    rewrite(database.path, 3)
    with pytest.raises(sealing.ChainBroken, match="entry 5 of the audit log is not the one"):
        sealing.seal(settings, database, NOON + HOUR)
    assert len(signed(database)) == 1


def test_nor_over_one_whose_newest_entries_were_changed(settings: Config, database: Database) -> None:
    write(database, 4)
    sealing.seal(settings, database, NOON)
    write(database, 4)
    tamper(database.path, "UPDATE audit_entry SET body = replace(body, 'maria', 'nobody') WHERE seq = 7")
    with pytest.raises(sealing.ChainBroken, match="broken at entry 7"):
        sealing.seal(settings, database, NOON + HOUR)


# --- outside ------------------------------------------------------------------------------------------------------


def told(database: Database, settings: Config) -> list[anchoring.Standing]:
    with database.read() as tx:
        return anchoring.standings(tx, settings)


def test_a_file_elsewhere_gets_each_checkpoint_once_as_one_line(settings: Config, database: Database) -> None:
    assert settings.audit.file is not None
    settings.audit.file.parent.mkdir(mode=0o700)
    for hour in range(3):
        sealing.seal(settings, database, NOON + hour * HOUR)
        anchoring.tell(settings, database, NOON + hour * HOUR)
        anchoring.tell(settings, database, NOON + hour * HOUR)
    kept = settings.audit.file.read_text().splitlines()
    assert list(read_lines(kept)) == signed(database)
    assert settings.audit.file.stat().st_mode & 0o777 == 0o600
    (place,) = told(database, settings)
    assert (place.number, place.owed_since, place.error) == (3, None, None)


def test_a_place_that_could_not_be_told_is_told_later_of_all_it_missed(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    anchoring.tell(settings, database, NOON)
    (place,) = told(database, settings)
    assert (place.number, place.owed_since) == (0, NOON)
    assert "No such file" in str(place.error)
    sealing.seal(settings, database, NOON + HOUR)
    assert settings.audit.file is not None
    settings.audit.file.parent.mkdir(mode=0o700)
    anchoring.tell(settings, database, NOON + HOUR)
    assert len(settings.audit.file.read_text().splitlines()) == 2


def test_the_hosts_log_gets_checkpoints_that_can_be_read_back_from_its_lines(tmp_path: Path) -> None:
    address = tmp_path / "log"
    settings = config(tmp_path, AuditSettings(syslog=address))
    database = Database.create(settings.database_url)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        sealing.seal(settings, database, NOON)
        anchoring.tell(settings, database, NOON)
        received = listener.recv(64 * 1024).decode()
    assert received.startswith("<110>token-console[")
    assert list(read_lines([f"Nov 23 12:00:00 host {received}\n"])) == signed(database)
    database.close()


def test_a_channel_gets_its_checkpoint_through_the_outbox_whatever_its_severity(tmp_path: Path) -> None:
    settings = replace(config(tmp_path, AuditSettings(channel="pager")),
                       notifications=(Notification("pager", "env:PAGER", "critical"),))
    database = Database.create(settings.database_url)
    sealing.seal(settings, database, NOON)
    with database.write() as tx:
        (message,) = incidents.outbox_due(tx, NOON, 10, "pager")
        assert list(read_lines([message.body])) == signed(database)
        (place,) = anchoring.standings(tx, settings)
        assert (place.place, place.number, place.owed_since) == ("channel:pager", 0, NOON)
        message.sent_at = NOON
        tx.add(message)
    (place,) = told(database, settings)
    assert (place.number, place.owed_since) == (1, None)
    database.close()


# --- alerts -------------------------------------------------------------------------------------------------------


def signals(settings: Config, database: Database, hours: float) -> dict[str, Signal]:
    now = NOON + hours * HOUR
    with database.read() as tx:
        last = checkpoints.last(tx)
        found = audit_log.judge(sealing.broken(tx), last.at if last else None, anchoring.standings(tx, settings),
                                settings.audit.late_s, now)
        return {signal.window: signal for signal in found if signal.active}


def test_a_place_that_is_not_told_for_too_long_is_an_alert_that_says_why(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    anchoring.tell(settings, database, NOON)
    assert signals(settings, database, 1.9) == {}
    sealing.seal(settings, database, NOON + 2 * HOUR)
    (signal,) = signals(settings, database, 2.1).values()
    assert signal.severity == "error"
    assert "No such file" in signal.summary


def test_a_log_that_is_not_signed_any_more_is_an_alert(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    assert "checkpoint" in signals(settings, database, 2.5)


def test_a_broken_log_is_a_critical_alert(settings: Config, database: Database) -> None:
    write(database, 3)
    sealing.seal(settings, database, NOON)
    tamper(database.path, "DELETE FROM audit_entry WHERE seq = 4")
    assert signals(settings, database, 0)["chain"].severity == "critical"


def test_checkpoints_are_rows_that_nobody_can_change(settings: Config, database: Database) -> None:
    sealing.seal(settings, database, NOON)
    for statement in ("DELETE FROM audit_checkpoint", "UPDATE audit_checkpoint SET closes = 1"):
        with pytest.raises(Exception, match="append-only"), database.write() as tx:
            tx.connection().exec_driver_sql(statement)
    assert json.loads(signed(database)[0].body)["reason"] == "first"
