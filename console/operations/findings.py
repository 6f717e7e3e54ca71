"""The question of what the anti-pattern detectors find, over any span that the store still knows."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlmodel import Session

from console.cadences.findings import call_days, looking
from console.cadences.findings.reading import Span, telemetries
from console.cadences.findings.value import Decided, FindingLine, Findings
from console.cadences.orchestration_reading import read_orchestration
from console.cadences.registered import Registered
from console.cadences.week.reading import exception_lines
from console.cadences.weekly import ExceptionLine
from console.clock import epoch, rfc3339
from console.errors import UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.text import clean
from console.watch import catching_up, finding_keeping
from store import call_days as stored_days
from store import ledger, registry


async def findings(desk: Desk, actor: Actor, *, since: datetime | None = None,
                   workload: str | None = None) -> Findings:
    """Look now, from the midnight of `since` (None: a week ago) on. Raises UsageError for a time to come."""
    now = desk.clock.now()
    if since is not None and since >= now:
        raise UsageError(f"{rfc3339(since)} is not in the past: look at a time that is.")
    if not desk.read_only:
        await asyncio.to_thread(catching_up.catch_up, desk.database)
    return await gate.read(desk, lambda tx: _findings(tx, desk, Span.of(now, since), workload))


def _findings(tx: Session, desk: Desk, span: Span, workload: str | None) -> Findings:
    charters = Registered().charters(tx)
    if workload is not None and registry.workload(tx, workload) is None:
        raise UsageError(f"No workload is called {clean(workload, 80)!r}; `token-console mbom list` names them.")
    calls = call_days.sums(tx, epoch(span.start), epoch(span.end), workload)
    looked = looking.look(telemetries(tx, desk.config, PriceBook(desk.config.prices), span, charters, calls, workload))
    behind = len(stored_days.stale(tx))
    notes = [f"the calls of {behind:,} days have changed since they were last added up"] if behind else []
    standing = {(line.workload, line.kind, line.subject): line
                for line in exception_lines(tx, span.end, span.end)}
    return Findings(
        span.end, desk.config.organisation.name, span.start, span.end, looked.workloads,
        tuple(FindingLine(each, _decided(standing.get(finding_keeping.identity(each))))
              for each in finding_keeping.beside_fixes(looked.findings, ledger.fixes(tx))),
        tuple(looked.lacks), (*looked.failed, *notes), desk.config.simulated,
        read_orchestration(tx, span.start, span.end, workload))


def _decided(line: ExceptionLine | None) -> Decided | None:
    if line is None:
        return None
    if line.decision is None:
        return Decided(line.id, line.state)
    decision = line.decision
    return Decided(line.id, line.state, decision.verdict, decision.rationale, decision.by, decision.ends_at)
