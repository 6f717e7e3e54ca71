"""Whether the next stage of a kill is due: spend runs on, a switch reads as not switched, or nobody knows.

What is unknown is never taken for stopped. Only what was seen lets the engine act; of the rest a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences import stage_lines, stages
from console.cadences.facts import Facts
from console.clock import epoch
from console.config import Config
from console.money import MicroUsd, display
from console.watch import breaker as machine
from console.watch import outcomes, settling
from console.watch.intents import Notify
from store import incidents, registry, windows
from store.tables import Breaker, Intent, Workload

MINUTE = 60
RESUMING = frozenset({"approved", "executing", "verifying"})
"""States of a resume that is under way: what it does is not to be undone meanwhile."""
NOT_DONE = frozenset({"refused", "failed", "unknown"})


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
    until: datetime | None
    """The usage is known up to there; None where none was ever read."""
    spent: MicroUsd
    """Since then, with calls that had begun before."""
    why: str
    known: bool
    """False: nobody knows whether spend has stopped."""
    expired: int = 0
    """How often the stage was written before, and nothing came of it."""

    @property
    def reason(self) -> str:
        """Which stage, and why."""
        return f"Stage {self.stage}: {self.why}"


def due(tx: Session, config: Config, row: Breaker, facts: Facts, now: datetime) -> Iterator[Due]:
    """The stage whose time has come, if any."""
    if row.state not in (machine.TRIPPED, machine.HELD) or row.intent is None:
        return
    whole, entry = incidents.thread(tx, row.intent), registry.workload(tx, row.workload)
    thread = [each for each in whole if each.state != stage_lines.EXPIRED and not in_doubt(each)]
    if not thread or thread[0] is not whole[0] or entry is None or entry.status == "retired" \
            or thread[-1].state not in stage_lines.ENDED \
            or any(intent.settled_at is not None for intent in thread) or _resuming(tx, row.workload):
        return
    last = thread[-1]
    since = stage_lines.since(tx, last)
    beyond = stages.after(stages.lines(entry.entry), incidents.stage_of(tx, last.id))
    if not beyond or since is None:
        return
    until = facts.data_until
    spent = [] if until is None else settling.spent_since(tx, row.workload, epoch(since), epoch(until))
    why, known = _why(tx, config, entry, _Looked(last, beyond[0], since, facts, spent, now))
    if known or (why and not any(map(in_doubt, whole))):
        before = sum(each not in thread and incidents.stage_of(tx, each.id) == beyond[0] for each in whole)
        yield Due(row.workload, thread[0], last, beyond[0], since, until, _arrived(tx, row.workload, since, until), why,
                  known, before)


def _arrived(tx: Session, workload: str, since: datetime, until: datetime | None) -> MicroUsd:
    if until is None:
        return 0
    return sum(bucket.cost for bucket in windows.bucket_spend(tx, workload, epoch(since), epoch(until))
               if bucket.start >= epoch(since))


def in_doubt(intent: Intent) -> bool:
    """It waits for a person, because nobody knew whether spend had stopped."""
    return intent.state == "awaiting_approval" and intent.evidence.get("known") is False


def withdraw(tx: Session, kill: Intent, notify: Notify, now: datetime, why: str) -> None:
    """Let go what was proposed in doubt, now that it is known."""
    for each in filter(in_doubt, incidents.thread(tx, kill.id)):
        outcomes.needless(tx, each, now, notify, why)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is known of the time since the stage before ended."""

    last: Intent
    stage: int
    since: datetime
    facts: Facts
    spent: Sequence[windows.BucketSpend]
    """As `settling.spent_since` has it."""
    now: datetime


def _why(tx: Session, config: Config, entry: Workload, seen: _Looked) -> tuple[str, bool]:
    """In words why the stage is due, and whether that is known; empty and False where it is not due."""
    if seen.last.spend_stopped_at is not None and not _runs_on(tx, config, entry, seen):
        return "", False
    denied = _not_switched(tx, seen.last)
    if denied:
        return f"the stage before ended {seen.last.state}, and {denied}", True
    if _runs_on(tx, config, entry, seen):
        assert seen.facts.data_until is not None
        minutes = round((seen.facts.data_until - seen.since).total_seconds() / 60)
        spent = sum(bucket.cost for bucket in seen.spent if bucket.start >= epoch(seen.since))
        return f"${display(spent)} was spent in the {minutes} min since {_was(seen.last)}", True
    if _unknown(tx, config, entry, seen):
        until = seen.facts.data_until
        known = "no usage was ever read" if until is None else f"usage is known up to {until:%Y-%m-%d %H:%MZ} only"
        hours = ", and told by the hour" if stages.bucket_s(config, entry.entry) > MINUTE else ""
        return f"it is not known whether spend has stopped since {_was(seen.last)}: {known}{hours}", False
    return "", False


def _runs_on(tx: Session, config: Config, entry: Workload, seen: _Looked) -> bool:
    """Fresh data show usage after the time that the stage before was given, and lately."""
    facts = seen.facts
    if not facts.fresh or facts.data_until is None:
        return False
    over, lately = epoch(_over(tx, config, entry, seen)), epoch(facts.data_until) - 2 * _fresh(tx, config, entry)
    return any(bucket.cost > 0 and bucket.start >= over and bucket.start + bucket.width > lately
               for bucket in seen.spent)


def _unknown(tx: Session, config: Config, entry: Workload, seen: _Looked) -> bool:
    """The time is over, and so is that in which a source in order would have told what was used after it."""
    over, until = _over(tx, config, entry, seen), seen.facts.data_until
    if seen.now < over + timedelta(seconds=stages.seen_after_s(tx, config, entry.entry)):
        return False
    bucket = timedelta(seconds=stages.bucket_s(config, entry.entry))
    return not seen.facts.fresh or until is None or until < over + bucket


def _not_switched(tx: Session, last: Intent) -> str:
    """The targets of the stage before that were read back as still on; empty where there are none."""
    return " and ".join(f"{step.target} was read back as {step.after}" for step in incidents.steps(tx, last.id)
                        if step.state in NOT_DONE and step.after is not None)


def _over(tx: Session, config: Config, entry: Workload, seen: _Looked) -> datetime:
    """When the time is over that the stage before was given."""
    return seen.since + timedelta(seconds=stages.patience_s(
        stages.lines(entry.entry), seen.stage, _fresh(tx, config, entry)))


def _fresh(tx: Session, config: Config, entry: Workload) -> float:
    return stages.freshness_s(tx, config, entry.entry)


def _was(last: Intent) -> str:
    """What became of the stage before."""
    return "the stage before " + {"done": "was confirmed", "unknown": "was left unknown"}.get(
        last.state, f"ended {last.state}")


def _resuming(tx: Session, workload: str) -> bool:
    return any(intent.verb == "resume" and intent.state in RESUMING for intent in incidents.intents(tx, workload, 50))
