"""What the fallback journal holds becomes part of the audit log and of the incidents: once, with its original times.

Entries keep their own time and say where they come from. What a journalled kill left unfinished is then an open intent
like any other, and `recovery` reads its targets back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session

from console.clock import rfc3339
from console.switches.switch import Outcome
from console.watch import intents, journalled, outcomes, reviews
from console.watch.intents import Notice, Notify
from store import audit, incidents, settings
from store.database import Database
from store.journal import START, Journal, JournalEntry, Read
from store.tables import Intent, Step

PAST = frozenset({"observed", "expired", "rejected"})
"""States of a later intent that does not make a journalled kill history."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What it takes to store what a journal holds."""

    notify: Notify
    terms: outcomes.ResumeTerms
    at: datetime


def take_in(database: Database, journal: Journal, taking: Taking) -> int:
    """Store what the journal holds and the database does not, and what those hold that were set aside as broken.

    Returns how many entries that were. A journal that somebody acts with at this moment is left for later. Raises
    StoreError.
    """
    return sum(_take_in_file(database, each, taking) for each in (journal, *journal.set_aside()))


def _take_in_file(database: Database, journal: Journal, taking: Taking) -> int:
    read = journal.read()
    if read is None or not (read.entries or read.broken_at):
        return 0
    with database.read() as tx:
        if not _news(tx, read):
            return 0
    with database.write() as tx:
        return _take_in(tx, read, taking)


def _news(tx: Session, read: Read) -> bool:
    taken = _taken(tx, read)
    unread = any(entry.hash not in taken for entry in read.entries)
    return unread or (read.broken_at is not None and not _told_broken(tx, read))


def _take_in(tx: Session, read: Read, taking: Taking) -> int:
    taken = _taken(tx, read)
    new = [entry for entry in read.entries if entry.hash not in taken]
    for entry in new:
        audit.append(tx, at=entry.at, actor=entry.actor, action=entry.action, object=entry.about,
                     detail={**entry.detail, "taken_in": {"from": "fallback journal", "seq": entry.seq,
                                                          "hash": entry.hash, "at": rfc3339(taking.at)}})
    for about in dict.fromkeys(entry.about for entry in new):
        _incident(tx, about.removeprefix("intent:"), [entry for entry in new if entry.about == about], taking)
    settings.put(tx, f"journal {read.name}", " ".join(sorted(taken.union(entry.hash for entry in new))))
    if read.broken_at is not None and not _told_broken(tx, read):
        _tell_broken(tx, read, taking)
    return len(new)


def _taken(tx: Session, read: Read) -> frozenset[str]:
    """The hashes of what was taken: a number would hide what was written after the file was cut back, or put back."""
    said = settings.get(tx, f"journal {read.name}") or ""
    if len(said) < len(START):  # how many they are, as it was kept before
        return frozenset(entry.hash for entry in read.entries[:int(said or 0)])
    return frozenset(said.split())


def _told_broken(tx: Session, read: Read) -> bool:
    return settings.get(tx, f"journal {read.name} broken") == str(read.broken_at)


def _tell_broken(tx: Session, read: Read, taking: Taking) -> None:
    settings.put(tx, f"journal {read.name} broken", str(read.broken_at))
    audit.append(tx, at=taking.at, actor="engine", action="journal.broken", object="fallback journal",
                 detail={"journal": read.name, "broken_at": read.broken_at})
    taking.notify(tx, Notice(
        f"journal:{read.name}", read.broken_at or 0, "critical", "The fallback journal was changed by somebody",
        f"Entry {read.broken_at} does not follow from the one before it; nothing from there on was taken in. Keep the "
        "file, and look at what was done to the workloads that it names."))


def _incident(tx: Session, intent_id: str, entries: Sequence[JournalEntry], taking: Taking) -> None:
    for entry in entries:
        if entry.action == journalled.REQUESTED and incidents.intent(tx, intent_id) is None:
            _begin(tx, intent_id, entry, taking)
        elif entry.action.startswith("step."):
            _step(tx, intent_id, entry)
    intent = incidents.intent(tx, intent_id)
    if intent is None:
        return
    if intent.state == "approved" and any(step.state != "planned" for step in incidents.steps(tx, intent_id)):
        outcomes.set_intent_state(tx, intent, "executing", taking.at, taken_in=True)
    if outcomes.conclude(tx, intent, taking.at, taking.notify, taking.terms):
        intent.finished_at = entries[-1].at
        tx.add(intent)


def _begin(tx: Session, intent_id: str, entry: JournalEntry, taking: Taking) -> None:
    said = cast("Mapping[str, Any]", entry.detail)
    intent = Intent(
        id=intent_id, workload=said["workload"], verb=said["verb"], origin="manual", state="approved",
        reason=said["reason"], requested_by=entry.actor, requested_at=entry.at,
        valid_until=datetime.fromisoformat(said["valid_until"]), plan_hash=said["plan_hash"],
        evidence={"summary": "A person decided.", "by_hand": list(said["by_hand"])},
        note=f"By break-glass, from the fallback journal: {said['why']}",
    )
    planned = [
        Step(intent=intent_id, position=place, switch=item["switch"], source=item["source"], target=item["target"],
             verb=item["verb"], wanted=item["wanted"], before=item["before"], claimed_by=said["holder"],
             idempotency_key=item["idempotency_key"])
        for place, item in enumerate(said["targets"])
    ]
    later = [other for other in incidents.intents(tx, intent.workload, 50)
             if other.requested_at > intent.requested_at and other.state not in PAST and other.verb != "drill"]
    incidents.add_intent(tx, intent, planned)
    if not later:
        intents.trip_breaker(tx, intent, by=entry.actor, at=entry.at)
    reviews.open_review(tx, intent, taking.notify, by=entry.actor, reason=intent.reason, at=entry.at,
                        claimed=said["claimed"])


def _step(tx: Session, intent_id: str, entry: JournalEntry) -> None:
    """The step as the entry leaves it. What has come to an end meanwhile, by a read-back here, stays as it is."""
    said = cast("Mapping[str, Any]", entry.detail)
    step = next((each for each in incidents.steps(tx, intent_id) if each.position == said["position"]), None)
    if step is None or step.state in outcomes.FINAL:
        return
    if entry.action == journalled.EXECUTING:
        step.state, step.attempt, step.claimed_at = "executing", said["attempt"], entry.at
    elif entry.action == journalled.CALLED:
        step.requested_at, step.error = entry.at, said["error"] or None
        step.state = "verifying" if said["answer"] == Outcome.ACCEPTED.value else step.state
    else:
        step.state, step.after, step.error = entry.action.removeprefix("step."), said["after"], said["error"]
        step.confirmed_at = entry.at if step.state == "done" else None
    tx.add(step)
