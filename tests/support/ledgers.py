"""Months that a test makes up: who spent what on which day, Charters that were in force, and how far it was read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from console.charters.document import canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from console.clock import epoch, month_bounds
from store import registry, streams, usage
from store.tables import Charter

DAY = 86_400
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (datetime(2026, month, 1, tzinfo=UTC) for month in (9, 10, 11, 12))

PROJECTION = (
    ("half_life_months = 12", 'half_life_months = 12\noutcomes_per_month = 150000\nbaseline_value_usd = "0.35"'),
    ("calls_per_month = 180000", 'calls_per_month = 180000\nreview_usd = "9000"\nrework_usd = "1200"'),
)
"""What makes of the sound Charter one that projects an Alpha-net."""


def register(tx: Session, slug: str, *, source: str = "anthropic", **fields: object) -> None:
    """An MBOM entry whose usage is that of one key."""
    registry.put_workload(tx, {"slug": slug, "name": slug, "business_owner": "A. Owner", "platform_lead": "P. Lead",
                               "usage": [{"source": source, "api_key_id": slug}], **fields},
                          by="maria", at=SEPTEMBER)


def sign(tx: Session, text: str, at: datetime = SEPTEMBER) -> None:
    """A Charter in force since `at`, without a ceremony."""
    document = parse(text, "a Charter")
    registry.put_charter(tx, Charter(
        workload=document.charter.workload, version=document.charter.version, state="signed", text=text,
        content_hash=content_hash(document), document=canonical(document), imported_at=at, imported_by="maria",
        signed_at=at))


def read(tx: Session, since: datetime, until: datetime, source: str = "anthropic") -> None:
    """Say that a source was read whole from `since` to `until`."""
    stream = streams.get(tx, source, "usage")
    stream.watermark = stream.read_until = epoch(until)
    stream.last_attempt_at = stream.last_success_at = until
    tx.add(stream)
    fetch = usage.begin_fetch(tx, source=source, stream="usage", start=epoch(since), end=epoch(until), width=3600,
                              at=until)
    fetch.complete = True
    tx.add(fetch)


def spend(tx: Session, slug: str | None, days: Mapping[datetime, int], *, source: str = "anthropic",
          requests: int | None = None, estimated: int = 0) -> None:
    """Micro-dollars by day, in the roll-ups; `requests` and `estimated` are each day's."""
    key = json.dumps({"api_key_id": slug or "nobody"}, separators=(",", ":"))
    number = usage.series_ids(tx, source, [key], epoch(min(days)))[key]
    usage.set_workloads(tx, {number: slug})
    connection = tx.connection()
    connection.exec_driver_sql("UPDATE series SET last_bucket = MAX(last_bucket, ?) WHERE id = ?",
                               (epoch(max(days)), number))
    for day, cost in days.items():
        for table, column, at in (("usage_day", "day", day), ("usage_month", "month", month_bounds(day)[0])):
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({column}, series, uncached_input, cache_write_5m, cache_write_1h, cache_read, "
                "output, web_searches, requests, cost_microusd, estimated_microusd) "
                f"VALUES (?, ?, 0, 0, 0, 0, 0, 0, ?, ?, ?) ON CONFLICT ({column}, series) DO UPDATE SET "
                "cost_microusd = cost_microusd + excluded.cost_microusd, requests = requests + excluded.requests, "
                "estimated_microusd = estimated_microusd + excluded.estimated_microusd",
                (epoch(at), number, requests, cost, estimated))


def days(start: datetime, count: int) -> Iterable[datetime]:
    """So many days, from `start` on."""
    return (start + timedelta(days=each) for each in range(count))


def a_day(start: datetime, count: int, cost: int) -> dict[datetime, int]:
    """The same micro-dollars on each of so many days."""
    return dict.fromkeys(days(start, count), cost)
