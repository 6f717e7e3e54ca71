"""What SQLite itself refuses, whoever writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from store import checks
from store.database import Database
from store.tables import Alert, Breaker, Lease, OutboxMessage, Silence, Stream
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """One row in each of some tables."""
    opened = fresh_database(tmp_path)
    with opened.write() as tx:
        tx.add(Alert(workload="claims", rule="burn", severity="critical", state="firing", active_since=NOW,
                     last_true=NOW, last_evaluated=NOW, summary="s"))
        tx.add(Breaker(workload="claims", state="held", since=NOW))
        tx.add(Lease(name="engine", holder="h", fencing=1, acquired_at=NOW, expires_at=NOW))
        tx.add(OutboxMessage(subject="alert:1", transition=1, channel="pager", severity="error", title="t", body="b",
                             created_at=NOW, next_attempt_at=NOW))
        tx.add(Silence(workload="claims", starts_at=NOW, ends_at=NOW + timedelta(hours=1), created_by="maria",
                       reason="r"))
        tx.add(Stream(source="anthropic", stream="usage", watermark=1))
    return opened


@pytest.mark.parametrize(("change", "name"), [
    ("UPDATE alert SET state = 'burning'", "ck_alert_state"),
    ("UPDATE alert SET severity = 'loud'", "ck_alert_severity"),
    ("UPDATE alert SET stale = 2", "ck_alert_ranges"),
    ("UPDATE alert SET fired_at = -1", "ck_alert_ranges"),
    ("UPDATE alert SET last_true = last_true * 1000", "ck_alert_ranges"),
    ("UPDATE breaker SET state = 'open'", "ck_breaker_state"),
    ("UPDATE lease SET fencing = -1", "ck_lease_ranges"),
    ("UPDATE outbox_message SET attempts = -1", "ck_outbox_message_ranges"),
    ("UPDATE silence SET ends_at = starts_at - 1", "ck_silence_order"),
    ("UPDATE stream SET watermark = -60", "ck_stream_ranges"),
])
def test_it_is_refused_by_the_name_of_what_it_breaks(database: Database, change: str, name: str) -> None:
    with pytest.raises(IntegrityError, match=name), database.write() as tx:
        tx.connection().exec_driver_sql(change)


def test_what_is_not_known_is_no_word_and_no_time_and_is_allowed(database: Database) -> None:
    with database.write() as tx:
        tx.connection().exec_driver_sql("UPDATE alert SET fired_at = NULL, acknowledged_severity = NULL")


def test_every_table_with_a_state_has_its_words_listed() -> None:
    tables = SQLModel.metadata.tables.values()
    with_states = {table.name for table in tables if "state" in table.columns}
    assert with_states == {name for name, words in checks.WORDS.items() if "state" in words}
