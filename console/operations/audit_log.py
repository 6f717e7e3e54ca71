"""The audit log as a whole: verify it, export it, sign it, and let go of what is older than it must be kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from console.audit import checkpoint as checkpoints
from console.audit import exports, verification
from console.audit.checkpoint import Checkpoint
from console.audit.exports import Head
from console.audit.keys import signing_key
from console.audit.verification import Log, Report
from console.audit.walk import IntentFacts
from console.errors import CannotWrite, NotPermitted
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.watch import anchoring, sealing
from store import audit
from store import checkpoints as store
from store.errors import StoreError
from store.tables import Intent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exported:
    """One export, as it was written."""

    path: Path
    count: int
    first: int
    last: int
    hash: str
    """Of the newest entry."""
    sha256: str
    """Of the file."""


async def verify_log(desk: Desk, actor: Actor, *, against: Sequence[Checkpoint] = (),
                     keys: Sequence[str] = ()) -> Report:
    """Everything that can be checked, and an entry that it was. Raises CannotCheck."""

    def check() -> Report:
        with desk.database.read() as tx:
            return verification.verify(_log(tx), against, keys)

    report = await asyncio.to_thread(check)
    if not desk.read_only:
        with contextlib.suppress(StoreError):  # what cannot be written can still be checked
            await gate.write(desk, lambda tx: audit.append(
                tx, at=desk.clock.now(), actor=actor.user, action="audit.verified", object="audit log",
                detail={"entries": report.entries, "first_bad": report.first_bad, "compared": report.compared}))
    return report


async def export_log(desk: Desk, actor: Actor, *, path: Path) -> Exported:
    """Write the whole log to a new file. Raises CannotWrite where it exists, NotPermitted."""
    await gate.required(desk, actor, "export_audit", "audit log", "an export")

    def write() -> Exported:
        if path.exists() or path.is_symlink():
            raise CannotWrite(f"{path} exists already; nothing was exported. Name a new file.")
        with desk.database.read() as tx:
            return exported(tx, desk, path, audit.head(tx)[0])

    done = await asyncio.to_thread(write)
    await gate.write(desk, lambda tx: audit.append(
        tx, at=desk.clock.now(), actor=actor.user, action="audit.exported", object="audit log",
        detail={"file": path.name, "first": done.first, "last": done.last, "sha256": done.sha256}))
    return done


async def public_key(desk: Desk, actor: Actor) -> str:
    """The public half of the signing key, as hexadecimal."""
    if desk.read_only:
        last = await gate.read(desk, store.last)
        if last is None:
            raise NotPermitted("Nothing was signed yet, and a read-only console makes no key.")
        return checkpoints.of_row(last).key
    return (await asyncio.to_thread(signing_key, desk.config.audit_key, desk.config.base)).public


async def seal(desk: Desk) -> None:
    """Sign what was just done, and tell the places outside. A failure is logged: the engine tries again, and alerts."""

    def work() -> None:
        sealing.seal(desk.config, desk.database, desk.clock.now())
        anchoring.tell(desk.config, desk.database, desk.clock.now())

    try:
        await asyncio.to_thread(work)
    except Exception:
        log.exception("the audit log could not be sealed")


def exported(tx: Session, desk: Desk, path: Path, last: int) -> Exported:
    """Write every entry up to one to a file, with the checkpoints that were signed by then."""
    after = audit.beginning(tx)
    query = audit.query(after[0], last)
    said = Head(audit.identifier(tx), desk.clock.now(), query, after, (last, audit.hash_at(tx, last) or after[1]),
                last - after[0])
    signed = (each for each in _checkpoints(tx) if each.seq <= last)
    digest = exports.write(path, said, signed, tx.connection().exec_driver_sql(query))
    return Exported(path, said.count, after[0] + 1, last, said.last[1], digest)


def _log(tx: Session) -> Log:
    return Log(audit.identifier(tx), audit.beginning(tx), audit.rows(tx), list(_checkpoints(tx)), _intents(tx))


def _checkpoints(tx: Session) -> Iterator[Checkpoint]:
    return (checkpoints.of_row(row) for row in store.after(tx, 0))


def _intents(tx: Session) -> dict[str, IntentFacts]:
    found = tx.exec(select(Intent.id, Intent.requested_at, Intent.state))
    return {name: IntentFacts(round(at.timestamp() * 1_000_000), state) for name, at, state in found}
