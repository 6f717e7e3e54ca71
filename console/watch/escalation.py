"""A kill that did not stop the spend goes on to its next stage: by itself where a Charter ordered it, else proposed.

Asked at each turn of the engine (`stage_due`). A stage is written down once (its row's key is the kill's and the
stage's), before anything is sent; what is written is carried out and recovered like any other kill. One that expired
without anything being sent comes again where spend still runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from console.cadences.facts import Facts
from console.clock import epoch, rfc3339
from console.config import Config
from console.watch import drafting, evidence, intents, leadership, mandate, planning, settling
from console.watch.alarm import Alarm
from console.watch.drafting import Draft
from console.watch.execution import Executor, Held
from console.watch.intents import Request
from console.watch.stage_due import Due, due, withdraw
from store import incidents, pushed, registry
from store.errors import CannotStore
from store.tables import Intent

log = logging.getLogger(__name__)

RULE = "escalation"


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
                    for found in due(tx, self.config, row, known, now)]

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
            still = [] if row is None else [one.stage for one in due(tx, self.config, row, known, now)]
            if still != [each.stage] or entry is None or not _is_planned(entry.entry, each.stage, draft):
                return None
            withdraw(tx, each.first, self.executor.notify, now, "it is known by now that the kill must go further")
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
        if not each.known:
            return "It is not known whether spend has stopped, so a person decides on what comes next"
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


def _is_planned(entry: Mapping[str, Any], stage: int, draft: Draft) -> bool:
    planned = {planning.Wired(item.switch, item.source, item.target) for item in draft.targets}
    return {wish.wired for wish in planning.to_stop(entry, {stage})} == planned


def _evidence(each: Due, draft: Draft, now: datetime) -> dict[str, Any]:
    ordered, start = each.first.evidence, -(-epoch(each.since) // settling.MINUTE) * settling.MINUTE
    return {
        "rule": RULE, "window": f"stage {each.stage}", "summary": each.reason,
        "charter_line": ordered.get("charter_line"), "charter_version": ordered.get("charter_version"),
        "figures": {"spent_microusd": str(each.spent)}, "known": each.known,
        "data_until": None if each.until is None else rfc3339(each.until),
        "data_age_s": None if each.until is None else round((now - each.until).total_seconds()),
        "window_start": start, "window_end": max(start, epoch(each.until or each.since)),
        "by_hand": list(draft.by_hand), "shared": {item.target: list(item.shared_with) for item in draft.targets},
    }
