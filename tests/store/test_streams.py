"""Where a source's reading stands, its names, and what it billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from store import streams
from store.database import Database
from tests.support.database import fresh_database

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
DAY = 1_794_960_000  # 2026-11-18T00:00:00Z


@dataclass
class Named:
    identifier: str
    name: str
    kind: str = "api_key"
    status: str | None = "active"
    workspace: str | None = None


@dataclass
class Billed:
    day: date
    amount_microusd: int
    dimensions: tuple[tuple[str, str | None], ...] = (("workspace_id", None),)
    currency: str = "USD"
    cost_type: str | None = "tokens"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def test_a_stream_is_kept_once_it_is_saved(database: Database) -> None:
    with database.write() as tx:
        stream = streams.get(tx, "anthropic", "usage")
        assert (stream.watermark, stream.failures) == (None, 0)
        stream.watermark, stream.backoff_until = DAY, AT
        tx.add(stream)
    with database.read() as tx:
        kept = streams.get(tx, "anthropic", "usage")
        assert (kept.watermark, kept.backoff_until) == (DAY, AT)
        assert streams.get(tx, "anthropic", "cost").watermark is None


def test_names_are_replaced_and_those_no_longer_listed_stay(database: Database) -> None:
    with database.write() as tx:
        streams.put_names(tx, "a", [Named("key-1", "Claims"), Named("key-2", "Old")], AT)
        streams.put_names(tx, "a", [Named("key-1", "Claims triage", status="inactive")], AT)
        streams.put_names(tx, "b", [Named("key-1", "Another account's")], AT)
    with database.read() as tx:
        names = streams.names(tx, "a")
        assert {key: (row.name, row.status) for key, row in names.items()} == {
            ("a", "api_key", "key-1"): ("Claims triage", "inactive"), ("a", "api_key", "key-2"): ("Old", "active")}
        assert len(streams.names(tx, None)) == 3


def test_billed_days_are_replaced_whole_and_lines_of_one_kind_add_up(database: Database) -> None:
    first, second, after = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)
    with database.write() as tx:
        streams.put_billed(tx, "a", first, after, [
            Billed(first, 100), Billed(first, 50), Billed(first, 7, dimensions=(("workspace_id", "w"),)),
            Billed(second, 30)])
        assert billed_days(tx, DAY, DAY + 2 * 86_400) == {DAY: 157, DAY + 86_400: 30}
        streams.put_billed(tx, "a", first, second, [Billed(first, 200)])
        streams.put_billed(tx, "b", first, second, [Billed(first, 1)])
        assert billed_days(tx, DAY, DAY + 2 * 86_400) == {DAY: 201, DAY + 86_400: 30}
        assert billed_days(tx, DAY + 86_400, DAY + 2 * 86_400) == {DAY + 86_400: 30}


def billed_days(tx: Session, start: int, end: int) -> dict[int, int]:
    """Micro-dollars by day, over all sources."""
    found: dict[int, int] = {}
    for each in streams.billed_beside_metered(tx, start, end):
        found[each.day] = found.get(each.day, 0) + each.billed
    return found
