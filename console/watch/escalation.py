"""A kill that did not stop the spend goes on to its next stage: by itself where a Charter ordered it, else proposed.

Asked at each turn of the engine, of fresh data alone. A stage is written down once (its row's key is the kill's and the
stage's), before anything is sent; what is written is carried out and recovered like any other kill. One that expired
without anything being sent comes again where spend still runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from console.cadences import stage_lines, stages
from console.cadences.facts import Facts
from console.clock import epoch, rfc3339
from console.config import Config
from console.money import MicroUsd, display
from console.watch import breaker as machine
from console.watch import drafting, evidence, intents, leadership, mandate, planning, settling
from console.watch.alarm import Alarm
from console.watch.drafting import Draft
from console.watch.execution import Executor, Held
from console.watch.intents import Request
from store import incidents, pushed, registry, windows
from store.errors import CannotStore
from store.tables import Breaker, Intent

log = logging.getLogger(__name__)

RULE = "escalation"
RESUMING = frozenset({"approved", "executing", "verifying"})
"""States of a resume that is under way: what it does is not to be undone meanwhile."""


@dataclass(frozen=True, slots=True)
class Due:
    """A stage whose time has come."""

    workload: str
    first: Intent
    """The kill that it belongs to."""
    last: Intent
    """The stage before."""
    stage: int
    since: datetime
    """The stage before was confirmed then, or found failed or unknown."""
    until: datetime
    """The usage is known up to there."""
    spent: MicroUsd
    """Since then."""
    expired: int = 0
    """How often the stage was written before, and nobody approved it in time."""

    @property
    def reason(self) -> str:
        """Which stage, what was spent since, and what became of the one before."""
        minutes = round((self.until - self.since).total_seconds() / 60)
        was = {"done": "was confirmed", "unknown": "was left unknown"}.get(self.last.state, f"ended {self.last.state}")
        return f"Stage {self.stage}: ${display(self.spent)} was spent in the {minutes} min since the stage before {was}"


@dataclass(frozen=True, slots=True)
class Escalation:
    """One per process, beside the executor that carries out what it writes."""

    config: Config
    executor: Executor
    alarm: Alarm

    async def look(self, facts: Mapping[str, Facts], held: Held | None, settled_within: timedelta) -> tuple[str, ...]:
        """Write down every stage that is due, and begin those that need no person. Returns what was written.

        settled_within: facts older than this are judged again before anything is done on them.
        """
        written = []
        for each in await asyncio.to_thread(self._due, facts, settled_within):
            try:
                intent = await self._escalate(each, facts[each.workload], held)
            except CannotStore as error:
                self.alarm.kill_withheld(each.workload, error)
                continue
            except Exception:
                log.exception("stage %s of the kill of %s could not be planned", each.stage, each.workload)
                continue
            if intent is not None:
                written.append(intent.id)
                if intent.state == "approved":
                    self.executor.start(intent.id)
        return tuple(written)

    def _due(self, facts: Mapping[str, Facts], settled_within: timedelta) -> list[Due]:
        now = self.executor.clock.now()
        with self.executor.database.read() as tx:
            return [found for slug, row in sorted(incidents.breakers(tx).items())
                    if (known := facts.get(slug)) is not None and now - known.at <= settled_within
                    for found in due(tx, self.config, row, known)]

    async def _escalate(self, each: Due, known: Facts, held: Held | None) -> Intent | None:
        draft = await drafting.kill(self.config, self.executor.database, self.executor.switchboard, each.workload,
                                    each.stage)
        if draft.refusal is not None:
            log.warning("no stage %s of the kill of %s: %s", each.stage, each.workload, draft.refusal)
            return None
        return await asyncio.to_thread(self._record, each, known, draft, held)

    def _record(self, each: Due, known: Facts, draft: Draft, held: Held | None) -> Intent | None:
        """Written down, if it is still due: somebody may have resumed, or changed the entry, while it was planned."""
        now = self.executor.clock.now()
        with self.executor.database.write() as tx:
            leadership.check(tx, held)
            row, entry = incidents.breaker(tx, each.workload), registry.workload(tx, each.workload)
            still = [] if row is None else [one.stage for one in due(tx, self.config, row, known)]
            if still != [each.stage] or entry is None or not _is_planned(entry.entry, each.stage, draft):
                return None
            why = self._needs_person(tx, each, draft, now)
            recorded = intents.record(tx, Request(
                workload=each.workload, verb="kill", origin="automatic", reason=each.reason, requested_by="engine",
                at=now, valid_s=self.config.breaker.validity_s, plan_hash=draft.plan_hash, targets=draft.targets,
                state="approved" if why is None else "awaiting_approval", note=why or "",
                evidence=_evidence(each, draft, now), escalates=each.first.id, stage=each.stage,
                expired=each.expired,
            ), self.executor.notify)
            return recorded.intent if recorded.created else None

    def _needs_person(self, tx: Session, each: Due, draft: Draft, now: datetime) -> str | None:
        """Why a person must decide; None where the Charter that ordered the kill orders this too."""
        if each.first.origin != "automatic":
            return f"{each.first.requested_by} killed it by hand, so a person decides on what comes next"
        gone = mandate.withdrawn(tx, each.first, now)
        if gone is not None:
            return f"{gone[:1].upper()}{gone[1:]}, so a person decides on what comes next"
        unproven = evidence.unproven_sources(self.config)
        if unproven and pushed.counted(tx, each.workload, epoch(each.since) // settling.MINUTE * settling.MINUTE,
                                       unproven):
            return "What ran on was told by senders that prove nothing, so a person decides on what comes next"
        thread = {intent.id for intent in incidents.thread(tx, each.first.id)}
        return intents.needs_person(tx, draft.targets, self.config.breaker, now, thread)


def due(tx: Session, config: Config, row: Breaker, facts: Facts) -> Iterator[Due]:
    """The stage whose time has come, if any: on fresh data, spend still runs past what the stage before was given."""
    if row.state not in (machine.TRIPPED, machine.HELD) or row.intent is None or not facts.fresh \
            or facts.data_until is None:
        return
    whole, entry = incidents.thread(tx, row.intent), registry.workload(tx, row.workload)
    thread = [each for each in whole if each.state != stage_lines.EXPIRED]
    if not thread or thread[0] is not whole[0] or entry is None or entry.status == "retired" \
            or thread[-1].state not in stage_lines.ENDED \
            or any(intent.settled_at is not None for intent in thread) or _resuming(tx, row.workload):
        return
    switches, last = stages.lines(entry.entry), thread[-1]
    beyond, since = stages.after(switches, incidents.stage_of(tx, last.id)), stage_lines.since(tx, last)
    if not beyond or since is None:
        return
    fresh = stages.freshness_s(tx, config, entry.entry)
    over = epoch(since) + stages.patience_s(switches, beyond[0], fresh)
    until = epoch(facts.data_until)
    spent = windows.minute_spend(tx, row.workload, epoch(since), until)
    if any(cost > 0 and minute >= over and minute + settling.MINUTE > until - 2 * fresh
           for minute, cost in spent.items()):
        expired = sum(each.state == stage_lines.EXPIRED and incidents.stage_of(tx, each.id) == beyond[0]
                      for each in whole)
        yield Due(row.workload, thread[0], last, beyond[0], since, facts.data_until, sum(spent.values()), expired)


def _resuming(tx: Session, workload: str) -> bool:
    return any(intent.verb == "resume" and intent.state in RESUMING for intent in incidents.intents(tx, workload, 50))


def _is_planned(entry: Mapping[str, Any], stage: int, draft: Draft) -> bool:
    planned = {planning.Wired(item.switch, item.source, item.target) for item in draft.targets}
    return {wish.wired for wish in planning.to_stop(entry, {stage})} == planned


def _evidence(each: Due, draft: Draft, now: datetime) -> dict[str, Any]:
    ordered = each.first.evidence
    return {
        "rule": RULE, "window": f"stage {each.stage}", "summary": each.reason,
        "charter_line": ordered.get("charter_line"), "charter_version": ordered.get("charter_version"),
        "figures": {"spent_microusd": str(each.spent)}, "data_until": rfc3339(each.until),
        "data_age_s": round((now - each.until).total_seconds()),
        "window_start": -(-epoch(each.since) // settling.MINUTE) * settling.MINUTE, "window_end": epoch(each.until),
        "by_hand": list(draft.by_hand), "shared": {item.target: list(item.shared_with) for item in draft.targets},
    }
