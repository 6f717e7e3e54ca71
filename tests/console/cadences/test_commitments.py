"""Which version of a Charter a workload was held to at a time, and over a month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cadences.commitments import Commitments, commitments
from console.charters.document import canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from store import charter_notes, held_charters, registry
from store.database import Database
from store.tables import Charter, CharterNote
from tests.support.charters import edited
from tests.support.database import fresh_database

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
W = "claims-triage"


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def put(database: Database, version: int, state: str, signed: datetime | None, dollars: str = "1860") -> None:
    document = parse(edited(("version = 1", f"version = {version}"), ('monthly_usd = "1860"',
                                                                      f'monthly_usd = "{dollars}"')), W)
    with database.write() as tx:
        registry.put_charter(tx, Charter(
            workload=W, version=version, state=state, content_hash=content_hash(document), text="",
            document=canonical(document), imported_at=day(1, 1), imported_by="maria", signed_at=signed))


def retire(database: Database, version: int, at: datetime) -> None:
    with database.write() as tx:
        charter_notes.add(tx, CharterNote(workload=W, version=version, content_hash="", kind="retirement",
                                          role="business_owner", said_by="anna", said_at=at, text="over"))


def held(database: Database, start: datetime = START) -> Commitments:
    with database.read() as tx:
        return commitments(tx, start, END)


def version_at(found: Commitments, at: datetime) -> int | None:
    commitment = found.at(W, at)
    return commitment.version if commitment else None


def test_a_version_holds_from_its_signature_to_that_of_the_next(database: Database) -> None:
    put(database, 1, "superseded", day(9, 1))
    put(database, 2, "signed", day(11, 15), "2400")
    found = held(database)
    assert [version_at(found, at) for at in (day(10, 1), day(11, 14), day(11, 15), day(12, 31))] == [1, 1, 2, 2]
    november = found.within(W, day(11, 1), day(12, 1))
    assert november is not None
    assert (november.version, november.stated.plan.expected, november.stated.cell) == (2, 2_400_000_000, "low x medium")


def test_nothing_is_in_force_before_the_first_signature(database: Database) -> None:
    put(database, 1, "signed", day(11, 15))
    put(database, 2, "draft", None)
    found = held(database)
    assert version_at(found, day(11, 14)) is None
    assert found.within(W, day(10, 1), day(11, 1)) is None
    assert found.within(W, day(11, 1), day(12, 1)) == found.at(W, day(11, 15))
    with database.read() as tx:
        assert held_charters.unsigned(tx) == {W: (2, "draft")}


def test_nothing_is_in_force_after_a_retirement_and_what_went_before_does_not_come_back(database: Database) -> None:
    put(database, 1, "superseded", day(9, 1))
    put(database, 2, "retired", day(10, 1))
    retire(database, 2, day(11, 10))
    found = held(database)
    assert version_at(found, day(11, 10)) is None
    november = found.within(W, day(11, 1), day(12, 1))
    assert november is not None
    assert november.version == 2
    assert found.within(W, day(12, 1), END) is None


def test_what_ended_before_is_not_read(database: Database) -> None:
    put(database, 1, "superseded", day(1, 1))
    put(database, 2, "signed", day(9, 1))
    assert version_at(held(database), day(8, 1)) is None
    assert version_at(held(database, day(8, 1)), day(8, 1)) == 1


@pytest.mark.parametrize("spoilt", ["'{}'", "'no json'", "json_set(document, '$.expected.monthly', 1)"])
def test_a_charter_that_is_not_what_was_signed_binds_nobody(database: Database, spoilt: str) -> None:
    put(database, 1, "signed", day(9, 1))
    assert version_at(held(database), day(10, 1)) == 1
    with database.write() as tx:
        tx.connection().exec_driver_sql(f"UPDATE charter SET document = {spoilt}")
    assert version_at(held(database), day(10, 1)) is None


def test_an_instant_after_the_last_day_has_what_is_in_force_now(database: Database) -> None:
    put(database, 1, "signed", day(9, 1))
    assert version_at(held(database), END + timedelta(days=400)) == 1
