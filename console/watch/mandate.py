"""Whether a Charter still orders the kill that was decided on, asked in the transaction that writes it down (CB-32).

Between the judgement and that moment the provider is read, and a person may sign, import, disarm or retire meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Any

from sqlmodel import Session

from console.cadences import registered, stages
from console.cadences.trip_sheet import PlannedTarget
from console.charters import signing
from console.charters.document import from_canonical
from console.charters.terms import Terms
from console.watch import planning
from console.watch.planning import Wired
from store import incidents, registry
from store.tables import Charter, Intent


def lapsed(tx: Session, workload: str, terms: Terms, targets: Iterable[PlannedTarget], at: datetime) -> str | None:
    """Why these targets may no longer be killed automatically under these terms; None where they may."""
    if _disarmed(tx, workload, at):
        return f"automatic kills of {workload} were disarmed meanwhile"
    charter = registry.charter_in_force(tx, workload)
    if charter is None or not _is_signed(tx, charter) or registered.understood(charter) != terms:
        return f"the Charter of {workload} that it was decided on is no longer the one in force"
    row = registry.workload(tx, workload)
    planned = {Wired(item.switch, item.source, item.target) for item in targets}
    if row is None or row.status == "retired" or not _is_as_planned(row.entry, planned):
        return f"the MBOM entry of {workload} changed meanwhile"
    return None


def withdrawn(tx: Session, intent: Intent, at: datetime) -> str | None:
    """Why an automatic kill that was left before anything was sent is not to be carried on; None where it is."""
    if _disarmed(tx, intent.workload, at):
        return "automatic kills were disarmed meanwhile"
    charter = registry.charter_in_force(tx, intent.workload)
    version = intent.evidence.get("charter_version")
    if charter is None or charter.version != version or not _is_signed(tx, charter):
        return "its Charter is no longer in force"
    return None


def _is_as_planned(entry: Mapping[str, Any], planned: Set[Wired]) -> bool:
    """Whether the first stage's switches are still the ones that were planned for."""
    first = {min((line.stage for line in stages.lines(entry)), default=1)}
    return {wish.wired for wish in planning.to_stop(entry, first)} == planned


def _disarmed(tx: Session, workload: str, at: datetime) -> bool:
    return any(disarm.workload in (None, workload) for disarm in incidents.disarms(tx, at))


def _is_signed(tx: Session, charter: Charter) -> bool:
    """Whether every role that the Charter takes has a signature that holds, over exactly this content."""
    roles = [signature.role for signature in registry.signatures(tx, charter.workload, charter.version)
             if signature.content_hash == charter.content_hash]
    return registered.understood(charter) is not None and not signing.missing_roles(
        from_canonical(charter.document).charter.domain, roles)
