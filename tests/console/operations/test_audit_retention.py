"""Old entries leave as a whole segment: exported, read back, closed by a signature, and only then dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from console.audit import exports
from console.audit.verification import Report, verify
from console.clock import ManualClock
from console.config import Approvals, AuditSettings, Config, load_text
from console.errors import BadConfiguration, CannotWrite, NotPermitted
from console.operations.actor import Actor
from console.operations.audit_log import verify_log
from console.operations.audit_retention import Retained, retain_audit
from console.operations.desk import Desk
from store import audit
from store.database import Database
from tests.support.audit_log import HOUR, NOON, config, sealed_log, signed, tamper, write
from tests.support.desks import ARCHITECT, LEAD, VIEWER

LATER = NOON + timedelta(days=400, hours=1, minutes=30)
"""The entries of the first two hours are older than 400 days, those of the third hour are not."""


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path)


@pytest.fixture
def database(settings: Config) -> Iterator[Database]:
    database = sealed_log(settings)
    yield database
    database.close()


def retain(settings: Config, database: Database, actor: Actor = ARCHITECT) -> Retained:
    desk = Desk(settings, database, ManualClock(LATER))
    return asyncio.run(retain_audit(desk, actor, folder=settings.base / "segments", reason="the year is over"))


def report(settings: Config, database: Database) -> Report:
    return asyncio.run(verify_log(Desk(settings, database, ManualClock(LATER), read_only=True), VIEWER))


def test_a_segment_is_dropped_and_the_rest_still_holds(settings: Config, database: Database) -> None:
    outside = signed(database)
    dropped = retain(settings, database).dropped
    assert dropped is not None
    assert (dropped.first, dropped.last, dropped.count) == (1, 9, 9)
    with database.read() as tx:
        assert next(iter(audit.rows(tx)))[0] == 10
        assert audit.beginning(tx) == (9, dropped.hash)
    found = report(settings, database)
    assert (found.first_bad, found.sealed) == (None, 14)
    with dropped.path.open() as file:
        segment = verify(exports.read(file, dropped.path.name), outside[:2])
    assert (segment.first_bad, segment.entries, segment.compared) == (None, 9, 2)
    assert signed(database)[-1].segment is not None


def test_the_next_entry_and_the_next_segment_follow_from_it(settings: Config, database: Database) -> None:
    retain(settings, database)
    write(database, 2, LATER)
    assert report(settings, database).first_bad is None
    again = asyncio.run(retain_audit(Desk(settings, database, ManualClock(LATER + 2 * HOUR)), ARCHITECT,
                                     folder=settings.base / "segments", reason="again"))
    assert again.dropped is not None
    assert (again.dropped.first, again.dropped.last) == (10, 13)
    assert report(settings, database).first_bad is None


def test_what_was_not_closed_still_cannot_be_deleted(settings: Config, database: Database) -> None:
    retain(settings, database)
    for statement in ("DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE seq = 10",
                      "UPDATE audit_entry SET actor = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), database.write() as tx:
            tx.connection().exec_driver_sql(statement)


def test_a_broken_log_is_not_let_go_of(settings: Config, database: Database) -> None:
    tamper(database.path, "UPDATE audit_entry SET body = replace(body, 'maria', 'nobody') WHERE seq = 3")
    with pytest.raises(CannotWrite, match="broken at entry 3"):
        retain(settings, database)
    with database.read() as tx:
        assert audit.size(tx) == 13


def test_nothing_is_dropped_where_nothing_is_old(settings: Config, database: Database) -> None:
    desk = Desk(settings, database, ManualClock(NOON + timedelta(days=399)))
    done = asyncio.run(retain_audit(desk, ARCHITECT, folder=settings.base / "segments", reason="r"))
    assert done == Retained(None)
    assert not (settings.base / "segments").exists()


def test_who_has_no_role_for_it_is_refused_and_written_down(settings: Config, database: Database) -> None:
    with pytest.raises(NotPermitted):
        retain(settings, database, VIEWER)
    with database.read() as tx:
        assert audit.entries(tx, limit=1)[0].action == "attempt.refused"


def test_a_shorter_retention_takes_a_second_person_where_two_are_required(settings: Config, database: Database) -> None:
    shorter = replace(settings, approvals=Approvals(two_person=True), audit=AuditSettings(retention_s=200 * 86400))
    assert retain(shorter, database).waits
    with pytest.raises(NotPermitted, match="somebody else must agree"):
        retain(shorter, database)
    with database.read() as tx:
        assert audit.size(tx) >= 13  # nothing is gone
    done = retain(shorter, database, LEAD).dropped
    assert done is not None
    with database.read() as tx:
        actions = [entry.action for entry in audit.entries(tx)]
    assert "retention.shortened" in actions
    assert report(shorter, database).first_bad is None


def test_half_a_year_is_the_least(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"retention: is shorter than 183d, .* write retention = \"400d\""):
        load_text('[audit]\nretention = "30d"\n', tmp_path / "token-console.toml")
    assert load_text('[audit]\nretention = "183d"\n', tmp_path / "x.toml").audit.retention_s == 183 * 86400
