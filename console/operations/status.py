"""Questions about what is running: the Daily, one workload, the audit log."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.cadences.daily import Daily, from_document
from console.cadences.reading import Reader
from console.cadences.sign_lines import SignsLine
from console.cadences.workload import WorkloadView
from console.cadences.workload_reading import read_workload
from console.errors import UsageError
from console.operations.actor import Actor
from console.operations.audit_log import verify_log
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.watch.leadership import Leadership
from store import audit as audit_store
from store import snapshots

JUDGED_LATELY = timedelta(minutes=10)
"""So old may the engine's last picture be for its signs to be those of now."""
_PROCESS = re.compile(r"(?P<host>.+):[0-9]+:[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One audit entry as a person reads it; `detail` is the canonical JSON that is hashed."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the chain holds, and up to where."""

    entries: int
    first_bad: int | None
    last_good: int | None
    reason: str
    sealed: int = 0
    """The newest entry that a signed checkpoint vouches for."""


async def daily(desk: Desk, actor: Actor, *, at: datetime | None = None) -> Daily:
    """The Daily now, or as the stored usage puts it at another instant. How near each workload is to its signs only
    the engine knows, who has its minutes in memory: that is as it last published it."""
    reader = Reader(desk.config, PriceBook(desk.config.prices))
    leader = await Leadership(desk.database, "").leader()

    def read() -> Daily:
        with desk.database.read() as tx:
            drawn = reader.daily(tx, at or desk.clock.now(), leader=leader)
        return _with_signs(desk, drawn)

    return await asyncio.to_thread(read)


def _with_signs(desk: Desk, drawn: Daily) -> Daily:
    judged = _judged_lately(desk, drawn.at)
    lines = (replace(line, signs=judged.get(line.slug, line.signs)) for line in drawn.workloads)
    return replace(drawn, workloads=tuple(lines)) if judged else drawn


def _judged_lately(desk: Desk, at: datetime) -> dict[str, SignsLine | None]:
    """Signs by workload, as the engine last published them; nothing where that is long ago or later."""
    path = desk.database.path
    row = snapshots.newest(path, "daily") if path is not None else None
    published = from_document(row[1]) if row is not None else None
    if published is None or not timedelta(0) <= at - published.at <= JUDGED_LATELY:
        return {}
    return {line.slug: line.signs for line in published.workloads}


async def workload(desk: Desk, actor: Actor, *, slug: str) -> WorkloadView:
    """One workload, whole. Raises UsageError where the MBOM has no such entry."""
    reader = Reader(desk.config, PriceBook(desk.config.prices))

    def read() -> WorkloadView:
        with desk.database.read() as tx:
            view = read_workload(tx, reader, slug, desk.clock.now())
        if view is None:
            raise UsageError(f"The MBOM has no workload {slug!r}. `token-console mbom list` shows those it has.")
        signs = _judged_lately(desk, view.at).get(slug, view.line.signs)
        return replace(view, line=replace(view.line, signs=signs))

    return await asyncio.to_thread(read)


async def audit(desk: Desk, actor: Actor, *, limit: int = 200, before: int | None = None,
                about: str | None = None) -> list[AuditLine]:
    """Entries newest first, those before `before`, those about one object."""

    def read() -> list[AuditLine]:
        with desk.database.read() as tx:
            rows = audit_store.entries(tx, limit=limit, before=before, object=about)
            return [AuditLine(row.seq, row.at, who(row.actor), row.action, row.object, row.body) for row in rows]

    return await asyncio.to_thread(read)


def who(actor: str) -> str:
    """An actor as a person reads it: a process that carried a kill out (`host:number:hex`) is the engine there."""
    process = _PROCESS.fullmatch(actor)
    return f"engine on {process['host']}" if process else actor


async def verify_audit(desk: Desk, actor: Actor) -> AuditVerdict:
    """Everything that can be checked of the log: its chain, its checkpoints, and the kills and resumes it tells of."""
    report = await verify_log(desk, actor)
    return AuditVerdict(report.entries, report.first_bad, report.last_good, report.reason, report.sealed)


async def refresh(desk: Desk, actor: Actor) -> None:
    """Poll now, where this console runs the engine; elsewhere the leader's next poll brings the news."""
    if desk.engine is not None and desk.engine.leadership.leads:
        await desk.engine.cycle(force=True)
