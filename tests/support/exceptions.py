"""Exceptions as somebody saw them, and a desk that has some."""

from __future__ import annotations

from datetime import datetime

from console.operations.desk import Desk
from console.watch.exceptions import Seen, open_or_refresh
from store import audit
from store import exceptions as store
from store.tables import CharterException
from tests.support.desks import NOON

OPUS = Seen("claims-triage", "drift", "drift: model", "claude-opus-4-6 runs; the Charter commits to claude-sonnet-4-6",
            subject="claude-opus-4-6", advice="Take it away.",
            charter_line="Charter v1, tram.models: claude-sonnet-4-6", stake=120_000_000,
            evidence={"model": "claude-opus-4-6"}, degree=1)


def opened(desk: Desk, *seen: Seen, at: datetime = NOON) -> list[int]:
    """Let each be seen; returns the exceptions' numbers."""
    with desk.database.write() as tx:
        return [open_or_refresh(tx, each, at).id or 0 for each in seen]


def row(desk: Desk, number: int) -> CharterException:
    with desk.database.read() as tx:
        return store.by_ids(tx, [number])[number]


def said(desk: Desk) -> list[str]:
    """The actions of the audit log, oldest first."""
    with desk.database.read() as tx:
        return [entry.action for entry in reversed(audit.entries(tx))]


