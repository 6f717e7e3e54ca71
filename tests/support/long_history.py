"""A database with months of minutes behind it, filled by SQL itself: facts, their hours and days, MBOM and Charters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from console.charters.document import canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from console.clock import epoch
from console.config import Config, Organisation, SourceSettings
from store import registry, streams, usage
from store.database import Database
from store.rollups import DAY, HOUR
from store.tables import Charter
from tests.support.charters import edited

NOW = datetime(2026, 11, 23, 14, 37, tzinfo=UTC)
MODELS = ("claude-sonnet-4-6", "claude-haiku-4-5")
UNCLAIMED = 2
"""Keys that no MBOM entry claims."""
_SUMMED = ("uncached_input, cache_write_5m, cache_write_1h, cache_read, output, web_searches, requests, "
           "cost_microusd")
_SUMS = ", ".join(f"SUM({name})" for name in _SUMMED.split(", "))


@dataclass(frozen=True, slots=True)
class History:
    """How much there is: each series is used in one minute of `every`."""

    workloads: int = 60
    days: int = 396
    every: int = 6

    @classmethod
    def of_rows(cls, rows: int) -> History:
        """About so many minute rows over thirteen months."""
        usual = cls()
        return cls(every=max(1, round(usual.days * 1440 * (usual.workloads + UNCLAIMED) * len(MODELS) / rows)))

    @property
    def start(self) -> int:
        return epoch(NOW) // DAY * DAY - self.days * DAY

    @property
    def end(self) -> int:
        return epoch(NOW)


def config(database: Database) -> Config:
    """Settings with one source, for this database."""
    return Config(path=None, organisation=Organisation("Example Ltd", "Europe/London"),
                  database_url=f"sqlite:///{database.path}",
                  sources=(SourceSettings("anthropic", "anthropic", "env:ADMIN", "env:KILL"),))


def build(path: Path, history: History) -> Database:
    """A new database at `path` with this history, read up to NOW."""
    database = Database.create(f"sqlite:///{path}")
    with database.write() as tx:
        register(tx, history.workloads)
        _series(tx, history)
        _facts(tx, history)
        _roll_up(tx, history)
        read_until(tx, NOW)
    return database


def register(tx: Session, count: int) -> None:
    """So many workloads, each with its key and a signed Charter of 1,860 dollars a month."""
    for number in range(count):
        slug = f"workload-{number:03}"
        registry.put_workload(tx, {
            "slug": slug, "name": f"Workload {number}", "environment": "production", "status": "live",
            "business_owner": "A. Owner", "usage": [{"source": "anthropic", "api_key_id": f"apikey_{number:04}"}],
            "switches": [{"kind": "anthropic-api-key", "source": "anthropic", "target": f"apikey_{number:04}"}],
        }, by="maria", at=NOW - timedelta(days=90))
        text = edited(('workload = "claims-triage"', f'workload = "{slug}"'))
        document = parse(text, slug)
        registry.put_charter(tx, Charter(
            workload=slug, version=1, state="signed", content_hash=content_hash(document), text=text,
            document=canonical(document), imported_at=NOW, imported_by="maria", signed_at=NOW))


def read_until(tx: Session, at: datetime) -> None:
    """Say that the source was read whole up to here a moment ago."""
    stream = streams.get(tx, "anthropic", "usage")
    stream.watermark = stream.read_until = epoch(at) - 300
    stream.newest_bucket = epoch(at) - 360
    stream.last_attempt_at = stream.last_success_at = at
    tx.add(stream)


def _series(tx: Session, history: History) -> None:
    keys = {
        json.dumps({"api_key_id": f"apikey_{number:04}", "model": model, "workspace_id": None}, sort_keys=True,
                   separators=(",", ":")): f"workload-{number:03}" if number < history.workloads else None
        for number in range(history.workloads + UNCLAIMED) for model in MODELS}
    numbers = usage.series_ids(tx, "anthropic", keys, history.start)
    usage.set_workloads(tx, {numbers[key]: slug for key, slug in keys.items()})
    tx.connection().exec_driver_sql("UPDATE series SET last_bucket = ?", (history.end - 360,))


def _facts(tx: Session, history: History) -> None:
    """Costs of 2 to 8 cents a minute by a fixed rule, so that every run holds the same figures."""
    tx.connection().exec_driver_sql(
        "WITH RECURSIVE minute(at) AS (SELECT ? UNION ALL SELECT at + 60 FROM minute WHERE at + 60 < ?) "
        "INSERT INTO usage_fact (bucket, width, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
        "output, web_searches, requests, cost_microusd, estimated) "
        "SELECT at, 60, id, 900 + at / 60 % 97, 150, 0, 6000, 350 + at / 60 % 31, 0, NULL, "
        "20000 + (at / 60 * 31 + id * 17) % 60000, 0 "
        "FROM minute JOIN series ON (at / 60 + id) % ? = 0 ORDER BY at, id",
        (history.start, history.end, history.every))


def _roll_up(tx: Session, history: History) -> None:
    connection = tx.connection()
    for table, step, width, source, column in (("usage_hour", "hour", HOUR, "usage_fact", "bucket"),
                                               ("usage_day", "day", DAY, "usage_hour", "hour")):
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({step}, series, {_SUMMED}, estimated_microusd) "
            f"SELECT {column} / {width} * {width} AS step, series, {_SUMS}, 0 FROM {source} GROUP BY step, series")
    roll_up_months(tx)


def roll_up_months(tx: Session) -> None:
    """Every month from the days that are there."""
    tx.connection().exec_driver_sql(
        f"INSERT INTO usage_month (month, series, {_SUMMED}, estimated_microusd) "
        f"SELECT CAST(strftime('%s', day, 'unixepoch', 'start of month') AS INTEGER), series, {_SUMS}, "
        "SUM(estimated_microusd) FROM usage_day GROUP BY 1, 2")
