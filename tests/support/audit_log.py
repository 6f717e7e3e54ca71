"""An audit log with entries and checkpoints in a real database, and ways of doing harm to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.audit.checkpoint import Checkpoint, of_row
from console.config import AuditSettings, Config, Operator, Organisation
from console.watch import sealing
from store import audit, checkpoints
from store.database import Database
from store.sqlite import sqlite3

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def config(folder: Path, settings: AuditSettings | None = None) -> Config:
    """Settings with an audit log in this folder, and two people who may let go of old entries."""
    people = (Operator("maria", ("token_architect",)), Operator("paul", ("platform_lead",)))
    return Config(folder / "token-console.toml", Organisation("Example Ltd"), f"sqlite:///{folder / 'console.db'}",
                  operators=people, audit=settings or AuditSettings())


def write(database: Database, count: int, at: datetime = NOON, action: str = "alert.acknowledged") -> None:
    """So many entries more."""
    with database.write() as tx:
        for number in range(count):
            audit.append(tx, at=at, actor="maria", action=action, object="claims-triage", detail={"number": number})


def sealed_log(settings: Config, hours: int = 3, entries: int = 4) -> Database:
    """A database whose log has so many entries an hour, and a checkpoint after each hour."""
    database = Database.create(settings.database_url)
    for hour in range(hours):
        write(database, entries, NOON + hour * HOUR)
        assert sealing.seal(settings, database, NOON + hour * HOUR + timedelta(minutes=59, seconds=59)) is not None
    return database


def signed(database: Database) -> list[Checkpoint]:
    with database.read() as tx:
        return [of_row(row) for row in checkpoints.after(tx, 0)]


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and a SQLite shell could do: drop the guards, then write."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def rewrite(path: Path, first: int) -> None:
    """The patient forger: change an entry, and recompute every hash after it, so that the chain holds again."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        rows = connection.execute("SELECT seq, body, previous_hash FROM audit_entry WHERE seq >= ? ORDER BY seq",
                                  (first,)).fetchall()
        previous = rows[0][2]
        for seq, body, _ in rows:
            if seq == first:
                entry = json.loads(body)
                entry["detail"] = {"number": "forged"}
                body = audit.canonical(entry)
            head = audit.chained(body, previous)
            connection.execute("UPDATE audit_entry SET body = ?, previous_hash = ?, hash = ? WHERE seq = ?",
                               (body, previous, head, seq))
            previous = head
    connection.close()
