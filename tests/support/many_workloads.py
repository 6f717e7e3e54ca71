"""A database with very many workloads, each with a signed Charter: days and hours behind them, and the last minutes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from console.charters.document import canonical, from_canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from console.clock import epoch
from store import streams, usage
from store.database import Database
from store.rollups import DAY, HOUR
from store.tables import UsageChange
from store.tables.types import canonical_json
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.long_history import NOW, roll_up_months

MINUTE = 60
_TOKENS = "uncached_input, cache_write_5m, cache_write_1h, cache_read, output, web_searches, requests"
_COST = "(20 + (at / 60 * 31 + number.id * 17) % 60)"
"""Micro-dollars of a minute, below the plan of 0.0446 dollars a minute."""


def slug(number: int) -> str:
    return f"workload-{number:05}"


def build(path: Path, workloads: int, *, days: int, minutes: int = 180, hour_days: int = 3) -> Database:
    """A new database, read by the minute up to five minutes before NOW; hours of the last days, days and months
    before."""
    database = Database.create(f"sqlite:///{path}")
    end = epoch(NOW) // MINUTE * MINUTE - 300
    with database.write() as tx:
        _register(tx, workloads)
        keys = {json.dumps({"api_key_id": f"apikey_{number:05}", "model": "claude-sonnet-4-6"}, sort_keys=True,
                           separators=(",", ":")): slug(number) for number in range(workloads)}
        numbers = usage.series_ids(tx, "anthropic", keys, end - days * DAY)
        usage.set_workloads(tx, {numbers[key]: name for key, name in keys.items()})
        tx.connection().exec_driver_sql("UPDATE series SET last_bucket = ?", (end - MINUTE,))
        start = end - minutes * MINUTE
        _roll_up(tx, "usage_day", "day", DAY, end // DAY * DAY - days * DAY, end // DAY * DAY + DAY)
        _roll_up(tx, "usage_hour", "hour", HOUR, end // DAY * DAY - hour_days * DAY, end)
        roll_up_months(tx)
        state(tx, start, end)
        read_until(tx, end, start)
    return database


def state(tx: Session, start: int, end: int, more: int = 0) -> None:
    """Facts of every minute in [start, end), restated `more` tokens higher than at first."""
    tx.connection().exec_driver_sql(
        f"WITH RECURSIVE minute(at) AS (SELECT {start} UNION ALL SELECT at + 60 FROM minute WHERE at + 60 < {end}) "
        f"INSERT OR REPLACE INTO usage_fact (bucket, width, series, {_TOKENS}, cost_microusd, estimated) "
        f"SELECT at, 60, number.id, 900, 150, 0, 6000, 350 + {more}, 0, NULL, {_COST} + {more}, 0 "
        "FROM minute JOIN series number ORDER BY at, number.id")


def read_until(tx: Session, end: int, start: int | None = None) -> datetime:
    """Say that the source was read up to here, a reading of the minutes since `start`; returns when that was."""
    at = NOW + timedelta(seconds=end - (epoch(NOW) // MINUTE * MINUTE - 300))
    stream = streams.get(tx, "anthropic", "usage")
    stream.watermark = stream.read_until = end
    stream.newest_bucket = end - MINUTE
    stream.last_attempt_at = stream.last_success_at = at
    tx.add(stream)
    fetch = usage.begin_fetch(tx, source="anthropic", stream="usage", start=start or end - HOUR, end=end + 360,
                              width=60, at=at)
    fetch.complete = True
    tx.add(fetch)
    tx.add(UsageChange(fetch=fetch.id or 0, oldest=start or end - HOUR))
    return at


def _roll_up(tx: Session, table: str, column: str, width: int, start: int, end: int) -> None:
    tx.connection().exec_driver_sql(
        f"WITH RECURSIVE step(at) AS (SELECT {start} UNION ALL SELECT at + {width} FROM step "
        f"WHERE at + {width} < {end}) "
        f"INSERT INTO {table} ({column}, series, {_TOKENS}, cost_microusd, estimated_microusd) "
        f"SELECT at, number.id, 1, 1, 0, 1, 1, 0, NULL, {_COST} * {width // 60}, 0 "
        "FROM step JOIN series number ORDER BY at, number.id")


def _register(tx: Session, count: int) -> None:
    """MBOM entries and one signed Charter each, all with the same commitments."""
    document = canonical(parse(CLAIMS_TRIAGE, "claims-triage.toml"))
    at, cursor = round(NOW.timestamp() * 1_000_000), tx.connection().connection.cursor()
    for number in range(count):
        name = slug(number)
        entry = {"slug": name, "name": name, "environment": "production", "status": "live",
                 "usage": [{"source": "anthropic", "api_key_id": f"apikey_{number:05}"}],
                 "switches": [{"kind": "anthropic-api-key", "source": "anthropic", "target": f"apikey_{number:05}"}]}
        own = {**document, "charter": {**document["charter"], "workload": name}}
        cursor.execute("INSERT INTO workload (slug, name, environment, status, entry, updated_at) "
                       "VALUES (?, ?, 'production', 'live', ?, ?)", (name, name, json.dumps(entry), at))
        cursor.execute("INSERT INTO charter (workload, version, state, content_hash, text, document, imported_at, "
                       "imported_by, signed_at) VALUES (?, 1, 'signed', ?, '', ?, ?, 'maria', ?)",
                       (name, content_hash(from_canonical(own)), canonical_json(own), at, at))
    cursor.close()
