"""Signatures on Charters: who may, over what exactly, and what the last one puts in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.charters import signing
from console.charters.document import CharterDocument, from_canonical
from console.clock import rfc3339
from console.errors import InputError, NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_charters import not_read_only, refuse_unsound, stored
from console.operations.registry_mbom import redraw
from console.text import clean
from console.watch.drift_keeping import look_again
from store import audit, charter_notes
from store import registry as store
from store.tables import Charter, CharterSignature


@dataclass(frozen=True, slots=True)
class Signed:
    workload: str
    version: int
    role: str
    state: str
    missing_roles: tuple[str, ...]
    superseded: tuple[int, ...]
    """Versions that this one replaced on becoming complete."""


async def sign(desk: Desk, actor: Actor, *, workload: str, role: str, version: int | None = None,
               content_hash: str | None = None) -> Signed:
    """Sign a Charter (the newest, or one version) in one role. The last signature puts it in force.

    `content_hash`: what the signer read; a Charter that says something else by now is not signed.
    """
    await asyncio.to_thread(gate.permitted, desk, actor, "sign_charter", workload)
    not_read_only(desk)
    if role not in actor.roles:
        await gate.refused(desk, actor, "sign_charter", workload, f"does not hold the role {role}")
        raise NotPermitted(f"{actor.user} may not sign as {role}: [[operators]] of the configuration gives "
                           f"{', '.join(actor.roles)}.")

    def write() -> Signed:
        with desk.database.read() as tx:
            row = stored(tx, workload, version)
        refuse_unsound(desk, row)
        with desk.database.write() as tx:
            return _sign(tx, desk, actor, stored(tx, workload, row.version), role, content_hash or row.content_hash)

    done = await asyncio.to_thread(write)
    await redraw(desk)
    return done


def _sign(tx: Session, desk: Desk, actor: Actor, row: Charter, role: str, seen: str) -> Signed:
    """One signature over the content that the signer saw, and what follows from it, in one transaction."""
    now = desk.clock.now()
    document = _signable(row, seen)
    _refuse_refused(tx, row)
    signatures = store.signatures(tx, row.workload, row.version)
    _refuse_signature(desk, actor, role, row, document, signatures)
    store.add_signature(tx, CharterSignature(workload=row.workload, version=row.version, role=role, signed_at=now,
                                             content_hash=row.content_hash, signed_by=actor.user))
    roles = [*(signature.role for signature in signatures), role]
    row.state = signing.state_of(document.charter.domain, roles)
    audit.append(tx, at=now, actor=actor.user, action="charter.signed", object=row.workload, detail={
        "version": row.version, "role": role, "content_hash": row.content_hash, "state": row.state})
    superseded: tuple[int, ...] = ()
    if row.state == signing.SIGNED:
        row.signed_at = now
        superseded = _supersede(tx, actor, row, now)
        audit.append(tx, at=now, actor=actor.user, action="charter.in_force", object=row.workload, detail={
            "version": row.version, "content_hash": row.content_hash, "superseded": list(superseded)})
    store.put_charter(tx, row)
    look_again(tx, desk.config, [row.workload], now)
    missing = signing.missing_roles(document.charter.domain, roles)
    return Signed(row.workload, row.version, role, row.state, missing, superseded)


def _signable(row: Charter, seen: str) -> CharterDocument:
    """The document of a version that may be signed now. Raises with what stands in the way."""
    called = f"Version {row.version} of the Charter of {row.workload}"
    if row.state not in (signing.DRAFT, signing.IN_REVIEW):
        raise UsageError(f"{called} is {row.state}; only a draft or one in review is signed.")
    if seen != row.content_hash:
        raise InputError(f"{called} was changed after you read it, so it is not signed. Read it again and sign that.")
    document = from_canonical(row.document)
    if signing.content_hash(document) != row.content_hash:
        raise InputError(f"{called} is stored with other content than was imported, so it is not signed. Run: "
                         "token-console audit verify")
    return document


def _refuse_refused(tx: Session, row: Charter) -> None:
    """What somebody sent back is signed only after it was submitted anew."""
    turns = [note for note in charter_notes.of_version(tx, row.workload, row.version)
             if note.kind in ("submission", "refusal")]
    if turns and turns[-1].kind == "refusal":
        last = turns[-1]
        raise UsageError(f"Version {row.version} of the Charter of {row.workload} was refused by {last.said_by} as "
                         f"{last.role}: {clean(last.text, 200)} Answer that, then: token-console charter submit "
                         f"{row.workload}")


def _refuse_signature(desk: Desk, actor: Actor, role: str, row: Charter, document: CharterDocument,
                      signatures: Sequence[CharterSignature]) -> None:
    required = signing.required_roles(document.charter.domain)
    if role not in required:
        raise UsageError(f"A Charter of the {document.charter.domain} domain is signed by {', '.join(required)}, "
                         f"not by {role}.")
    for signature in signatures:
        if signature.role == role:
            raise UsageError(f"{signature.signed_by} signed version {row.version} as {role} on "
                             f"{rfc3339(signature.signed_at)} already.")
        if desk.config.approvals.two_person and signature.signed_by == actor.user:
            raise NotPermitted(f"{actor.user} signed version {row.version} as {signature.role} already, and "
                               "[approvals] two_person lets each person sign in one role only.")


def _supersede(tx: Session, actor: Actor, row: Charter, now: datetime) -> tuple[int, ...]:
    """Every older version that could still act or be signed is over."""
    older = [other for other in store.charters(tx, row.workload)
             if other.version < row.version and other.state not in (signing.SUPERSEDED, signing.RETIRED)]
    for other in older:
        other.state = signing.SUPERSEDED
        store.put_charter(tx, other)
        audit.append(tx, at=now, actor=actor.user, action="charter.superseded", object=row.workload,
                     detail={"version": other.version, "by_version": row.version})
    return tuple(sorted(other.version for other in older))
