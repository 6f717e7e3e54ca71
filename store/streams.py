"""Where each source's reading stands, what the provider calls its identifiers, and what it billed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlmodel import Session, col, delete, insert, select

from store.tables import BilledDay, ProviderName, Stream
from store.tables.types import microseconds

FIRST_READINGS = 500
"""More than one backfill is made of."""

NameKey = tuple[str, str, str]
"""(source, kind, identifier)."""


class Named(Protocol):
    """What a provider says of an identifier."""

    @property
    def kind(self) -> str: ...
    @property
    def identifier(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str | None: ...
    @property
    def workspace(self) -> str | None: ...


class Billed(Protocol):
    """One line of a provider's own cost."""

    @property
    def day(self) -> date: ...
    @property
    def dimensions(self) -> tuple[tuple[str, str | None], ...]: ...
    @property
    def amount_microusd(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def cost_type(self) -> str | None: ...


def get(tx: Session, source: str, stream: str) -> Stream:
    """The stream's row; a fresh one, not yet stored, where there is none."""
    return tx.get(Stream, (source, stream)) or Stream(source=source, stream=stream)


def names(tx: Session, source: str | None) -> dict[NameKey, ProviderName]:
    """Every known name, or one source's."""
    query = select(ProviderName)
    if source is not None:
        query = query.where(ProviderName.source == source)
    return {(row.source, row.kind, row.identifier): row for row in tx.exec(query)}


def put_names(tx: Session, source: str, rows: Iterable[Named], at: datetime) -> None:
    """Keep the newest name and status of each identifier; what is no longer listed keeps its last one."""
    for row in rows:
        tx.merge(ProviderName(source=source, kind=row.kind, identifier=row.identifier, name=row.name, status=row.status,
                              workspace=row.workspace, seen_at=at))


def put_billed(tx: Session, source: str, start: date, end: date, rows: Iterable[Billed]) -> None:
    """Replace the billed days of [start, end) by what the provider says now."""
    summed: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        dimensions = json.dumps(dict(row.dimensions), sort_keys=True, separators=(",", ":"))
        key = (_midnight(row.day), dimensions)
        line = summed.setdefault(key, {
            "source": source, "day": key[0], "dimensions": dimensions, "amount_microusd": 0, "currency": row.currency,
            "cost_type": row.cost_type})
        line["amount_microusd"] += row.amount_microusd
    connection = tx.connection()
    connection.execute(delete(BilledDay).where(
        col(BilledDay.source) == source, col(BilledDay.day) >= _midnight(start), col(BilledDay.day) < _midnight(end)))
    if summed:
        connection.execute(insert(BilledDay), list(summed.values()))


@dataclass(frozen=True, slots=True)
class BothDay:
    """One UTC day of one source: what its cost report states, beside what was metered of its usage."""

    source: str
    day: int
    billed: int
    other: int
    """The part of `billed` that is not for tokens."""
    metered: int
    estimated: int
    """The part of `metered` that is priced by an estimate."""
    foreign: str | None = None
    """A currency other than the dollar, in which a part is billed."""


def billed_beside_metered(tx: Session, start: int, end: int) -> list[BothDay]:
    """Every day in [start, end) that a source's cost report has, by source and day."""
    billed = tx.connection().exec_driver_sql(
        "SELECT source, day, SUM(amount_microusd), "
        "SUM(CASE WHEN COALESCE(cost_type, 'tokens') = 'tokens' THEN 0 ELSE amount_microusd END), "
        "MAX(CASE WHEN currency <> 'USD' THEN currency END) "
        "FROM billed_day WHERE day >= ? AND day < ? GROUP BY source, day ORDER BY source, day", (start, end)).all()
    metered = {source: _metered_days(tx, source, start, end) for source in {row[0] for row in billed}}
    return [BothDay(source, day, amount, other, *metered[source].get(day, (0, 0)), foreign)
            for source, day, amount, other, foreign in billed]


def _metered_days(tx: Session, source: str, start: int, end: int) -> dict[int, tuple[int, int]]:
    """(micro-dollars, the estimated part) by day, read in the order of days: by source SQLite would sort them all."""
    rows = tx.connection().exec_driver_sql(
        "SELECT d.day, SUM(d.cost_microusd), SUM(d.estimated_microusd) FROM usage_day d CROSS JOIN series s "
        "ON s.id = d.series AND s.source = ? WHERE d.day >= ? AND d.day < ? GROUP BY d.day", (source, start, end))
    return {int(day): (int(cost), int(estimated)) for day, cost, estimated in rows}


def restated_days(tx: Session, start: int, end: int, since: datetime) -> set[tuple[str, int]]:
    """(source, day) of every day in [start, end) of which usage was restated since an instant."""
    rows = tx.connection().exec_driver_sql(
        "SELECT DISTINCT s.source, r.bucket / 86400 * 86400 FROM usage_revision r JOIN series s ON s.id = r.series "
        "WHERE r.bucket >= ? AND r.bucket < ? AND r.seen_at >= ?", (start, end, microseconds(since)))
    return {(str(source), int(day)) for source, day in rows}


def spans(tx: Session, at: int) -> dict[str, tuple[int, int]]:
    """(oldest second, first second after the newest) that is known of each source's usage, in seconds since 1970; of
    what came after `at` nothing.

    Known from where its first readings began, which go back as far as any, or from its first usage where that is older.
    """
    rows = tx.connection().exec_driver_sql(
        "SELECT t.source, (SELECT MIN(window_start) FROM (SELECT f.window_start FROM fetch f WHERE f.source = t.source "
        f"AND f.stream = 'usage' AND f.complete ORDER BY f.id LIMIT {FIRST_READINGS})), "
        "(SELECT MIN(s.first_bucket) FROM series s WHERE s.source = t.source), "
        "MAX(t.watermark, COALESCE(t.newest_bucket + 60, 0)) "
        "FROM stream t WHERE t.stream = 'usage' AND t.watermark IS NOT NULL")
    known = {}
    for source, read, used, until in rows:
        starts = [start for start in (read, used) if start is not None]
        if starts and min(starts) < at:
            known[str(source)] = (min(starts), min(int(until), at))
    return known


def read_from(tx: Session, source: str) -> int | None:
    """Where the first readings of a source's usage began, in seconds since 1970; None where it was never read."""
    begin = tx.connection().exec_driver_sql(
        "SELECT MIN(window_start) FROM (SELECT window_start FROM fetch WHERE source = ? AND stream = 'usage' "
        f"AND complete ORDER BY id LIMIT {FIRST_READINGS})", (source,)).scalar()
    return None if begin is None else int(begin)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
