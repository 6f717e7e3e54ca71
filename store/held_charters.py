"""Charters that were in force at some time: when each came into force and when it ended, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from store.tables.types import microseconds

UNSIGNED = ("draft", "in review")


def signed(tx: Session, before: datetime) -> Iterator[tuple[str, int, int, str, str]]:
    """(workload, version, when it came into force in microseconds since 1970, content hash, document as it is stored)
    of every Charter signed before an instant, by workload and version."""
    return _rows(tx, "SELECT workload, version, signed_at, content_hash, document FROM charter WHERE signed_at < ? "
                     "ORDER BY workload, version", microseconds(before))


def retired(tx: Session) -> dict[tuple[str, int], int]:
    """When each version that was retired was, in microseconds since 1970, by workload and version."""
    return {(workload, version): at for workload, version, at in _rows(
        tx, "SELECT workload, version, MAX(said_at) FROM charter_note WHERE kind = 'retirement' GROUP BY 1, 2")}


def documents(tx: Session, wanted: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, str, str]]:
    """(workload, version, content hash, document as it is stored) of these, by workload and version."""
    yield from _rows(tx, "SELECT c.workload, c.version, c.content_hash, c.document FROM json_each(?) w "
                         "JOIN charter c ON c.workload = w.value ->> 0 AND c.version = w.value ->> 1 "
                         "ORDER BY c.workload, c.version", json.dumps(list(wanted)))


def unsigned(tx: Session) -> dict[str, tuple[int, str]]:
    """The newest version that is not signed yet, and its state, by workload."""
    return {slug: (version, state) for slug, version, state in _rows(
        tx, "SELECT workload, MAX(version), state FROM charter WHERE state IN (?, ?) GROUP BY workload", *UNSIGNED)}


def _rows(tx: Session, statement: str, *values: Any) -> Iterator[Any]:
    """As the driver gives them: there may be thousands."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(statement, values)
    finally:
        cursor.close()
