"""Where each source's reading stands, what the provider calls its identifiers, and what it billed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlmodel import Session, col, delete, insert, select

from store.tables import BilledDay, ProviderName, Stream

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


def billed_days(tx: Session, start: int, end: int) -> dict[int, int]:
    """Micro-dollars billed by day (UTC midnight, seconds since 1970) in [start, end), over all sources."""
    rows = tx.connection().exec_driver_sql(
        "SELECT day, SUM(amount_microusd) FROM billed_day WHERE day >= ? AND day < ? GROUP BY day", (start, end))
    return {int(day): int(amount) for day, amount in rows}


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
