"""Letting go of old audit entries: a whole segment, exported, read back, closed by a signed checkpoint, then dropped.

A shorter retention than the one agreed so far is asked for by one person and agreed to by another, where two are
required.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from console.audit import exports, verification
from console.audit.checkpoint import Segment
from console.audit.keys import signing_key
from console.errors import CannotWrite, NotPermitted
from console.operations import gate
from console.operations.actor import Actor
from console.operations.audit_log import Exported, exported
from console.operations.desk import Desk
from console.settings import AuditSettings
from console.watch import anchoring, sealing
from store import audit, settings

AGREED, ASKED = "audit_retention_s", "audit_retention_asked"
"""Names of settings: seconds that were agreed; who asked for fewer, when, and for how many."""

GRANT_WITHIN = timedelta(hours=24)
DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Retained:
    """What came of it: a segment that was dropped, nothing to drop, or a request that waits for a second person."""

    dropped: Exported | None
    waits: bool = False


async def retain_audit(desk: Desk, actor: Actor, *, folder: Path, reason: str) -> Retained:
    """Export and drop what is older than the configured retention. Raises NotPermitted, CannotWrite, StoreError."""
    await gate.required(desk, actor, "retain_audit", "audit log", reason)
    now = desk.clock.now()
    if not await gate.write(desk, lambda tx: _agreed(tx, desk, actor, reason.strip(), now)):
        return Retained(None, waits=True)
    segment = await asyncio.to_thread(_export, desk, folder, now)
    if segment is not None:
        await asyncio.to_thread(_drop, desk, actor, segment, reason.strip())
    return Retained(segment)


def _agreed(tx: Session, desk: Desk, actor: Actor, reason: str, now: datetime) -> bool:
    """Whether so short a retention is agreed to, by this person's leave or already."""
    wanted, agreed = desk.config.audit.retention_s, int(settings.get(tx, AGREED) or AuditSettings().retention_s)
    if wanted == agreed:
        return True
    detail = {"from_days": agreed // DAY_S, "to_days": wanted // DAY_S, "reason": reason}
    if wanted < agreed and desk.config.approvals.two_person and not _second(tx, actor, wanted, now):
        settings.put(tx, ASKED, json.dumps({"by": actor.user, "to": wanted, "at": now.isoformat()}))
        audit.append(tx, at=now, actor=actor.user, action="retention.shortening_asked", object="audit log",
                     detail=detail)
        return False
    settings.put(tx, AGREED, str(wanted))
    audit.append(tx, at=now, actor=actor.user, object="audit log", detail=detail,
                 action="retention.shortened" if wanted < agreed else "retention.lengthened")
    return True


def _second(tx: Session, actor: Actor, wanted: int, now: datetime) -> bool:
    """Whether somebody else asked for the same within the last day. Raises NotPermitted for the same person again."""
    asked = json.loads(settings.get(tx, ASKED) or "{}")
    if asked.get("to") != wanted or now - datetime.fromisoformat(asked["at"]) > GRANT_WITHIN:
        return False
    if asked["by"] == actor.user:
        raise NotPermitted(f"{actor.user} asked for a retention of {wanted // DAY_S} days; somebody else must agree, "
                           "with the same command. Nothing was dropped.")
    return True


def _export(desk: Desk, folder: Path, now: datetime) -> Exported | None:
    """The entries that are too old, in a file that was read back and verified; None where there are none."""
    with desk.database.read() as tx:
        last = audit.newest_before(tx, now - timedelta(seconds=desk.config.audit.retention_s))
        if last is None:
            return None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"The folder {folder} cannot be made: {error.strerror}. Nothing was dropped.") from error
        segment = exported(tx, desk, folder / f"audit-{audit.beginning(tx)[0] + 1}-{last}.jsonl", last)
    with segment.path.open(encoding="utf-8") as file:
        report = verification.verify(exports.read(file, str(segment.path)))
    if report.first_bad is not None or report.entries != segment.count:
        raise CannotWrite(f"The audit log is broken at entry {report.first_bad}: {report.reason}. Nothing was dropped; "
                          f"what was exported is in {segment.path}.")
    return segment


def _drop(desk: Desk, actor: Actor, segment: Exported, reason: str) -> None:
    """Close the segment with a signed checkpoint and let its entries go, in one transaction."""
    key, now = signing_key(desk.config.audit_key, desk.config.base), desk.clock.now()
    with desk.database.write() as tx:
        audit.append(tx, at=now, actor=actor.user, action="retention.segment_closed", object="audit log", detail={
            "first": segment.first, "last": segment.last, "hash": segment.hash, "file": segment.path.name,
            "sha256": segment.sha256, "reason": reason})
        sealing.sealed(tx, desk.config, key, now, "closing",
                       Segment(segment.first, segment.last, segment.hash, segment.sha256))
        audit.drop(tx, segment.last)
    anchoring.tell(desk.config, desk.database, now)
