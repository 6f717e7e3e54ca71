"""Charters: import, signatures, and which version is in force. Each step is audited in its own transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.charters import signing
from console.charters.document import CharterDocument, canonical, from_canonical
from console.charters.problem import refuse
from console.charters.reading import NAME
from console.charters.rules import Verdict
from console.clock import rfc3339
from console.errors import InputError, NotPermitted, UsageError
from console.money import MicroUsd
from console.operations.actor import Actor
from console.operations.charter_check import judge
from console.operations.desk import Desk
from console.operations.permissions import require
from console.operations.registry_mbom import existing, redraw
from console.text import clean
from store import audit
from store import registry as store
from store.tables import Charter, CharterSignature


@dataclass(frozen=True, slots=True)
class SignatureLine:
    role: str
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class CharterView:
    """One version of a workload's Charter, with who signed it and who has not."""

    workload: str
    version: int
    state: str
    content_hash: str
    document: CharterDocument
    text: str
    """The file as it was imported. Outside text: clean it before it is shown."""
    signatures: tuple[SignatureLine, ...]
    missing_roles: tuple[str, ...]
    derived_monthly: MicroUsd | None
    """What the stated traffic costs at today's prices; None where a model has no known price."""
    imported_by: str
    imported_at: datetime
    signed_at: datetime | None
    versions: tuple[tuple[int, str], ...]
    """Every version with its state, oldest first."""


@dataclass(frozen=True, slots=True)
class CharterImported:
    workload: str
    version: int
    state: str
    content_hash: str
    outcome: str
    """new, unchanged, changed."""
    voided: tuple[str, ...]
    """Roles whose signatures the change voided."""
    was_in_force: bool
    """The version was in force until now: the workload has no Charter until it is signed again."""
    warnings: tuple[str, ...]
    derived_monthly: MicroUsd | None


@dataclass(frozen=True, slots=True)
class Signed:
    workload: str
    version: int
    role: str
    state: str
    missing_roles: tuple[str, ...]
    superseded: tuple[int, ...]
    """Versions that this one replaced on becoming complete."""


async def import_charter(desk: Desk, actor: Actor, *, text: str, name: str) -> CharterImported:
    """Store a Charter file as a draft. Refused with every error; warnings are kept for the reader.

    The same version with other content loses its signatures, and with them its force.
    """
    _may_import(desk, actor)
    now, name = desk.clock.now(), clean(name, NAME)
    reading, verdict = await asyncio.to_thread(judge, text, name, desk.config, now)
    refuse(verdict.problems, name)
    document = reading.document
    assert document is not None, "a reading without errors is whole"
    done = await asyncio.to_thread(_import, desk, actor, document, text, name, verdict)
    await redraw(desk)
    return done


async def sign(desk: Desk, actor: Actor, *, workload: str, role: str, version: int | None = None,
               content_hash: str | None = None) -> Signed:
    """Sign a Charter (the newest, or one version) in one role. The last signature puts it in force.

    `content_hash`: what the signer read; a Charter that says something else by now is not signed.
    """
    require(actor, "sign_charter")
    _not_read_only(desk)
    if role not in actor.roles:
        raise NotPermitted(f"{actor.user} may not sign as {role}: [[operators]] of the configuration gives "
                           f"{', '.join(actor.roles)}.")
    done = await asyncio.to_thread(_sign, desk, actor, workload, role, version, content_hash)
    await redraw(desk)
    return done


async def show_charter(desk: Desk, actor: Actor, *, workload: str, version: int | None = None) -> CharterView:
    """The newest version, or the one asked for. Raises UsageError where there is none."""

    def read() -> CharterView:
        with desk.database.read() as tx:
            return _view(tx, _charter(tx, workload, version), desk)

    return await asyncio.to_thread(read)


async def charters(desk: Desk, actor: Actor) -> list[tuple[str, int, str]]:
    """(workload, version, state) of every Charter, by workload and version."""

    def read() -> list[tuple[str, int, str]]:
        with desk.database.read() as tx:
            return sorted((row.workload, row.version, row.state) for row in store.charters(tx, None))

    return await asyncio.to_thread(read)


async def charter_document_for(desk: Desk, actor: Actor, *, workload: str) -> CharterDocument | None:
    """The Charter that the workload is held to; None while none is signed."""

    def read() -> CharterDocument | None:
        with desk.database.read() as tx:
            return document_in_force(tx, workload)

    return await asyncio.to_thread(read)


def document_in_force(tx: Session, workload: str) -> CharterDocument | None:
    """As `charter_document_for`. Content that is not what was signed is in force for nobody."""
    row = store.charter_in_force(tx, workload)
    if row is None:
        return None
    document = from_canonical(row.document)
    return document if signing.content_hash(document) == row.content_hash else None


def _may_import(desk: Desk, actor: Actor) -> None:
    require(actor, "import_charter")
    _not_read_only(desk)


def _not_read_only(desk: Desk) -> None:
    if desk.read_only:
        raise NotPermitted("This console is read-only, so Charters stay as they are. Start it without --read-only.")


def _import(desk: Desk, actor: Actor, document: CharterDocument, text: str, name: str,
            verdict: Verdict) -> CharterImported:
    header = document.charter
    now = desk.clock.now()
    content = signing.content_hash(document)
    with desk.database.write() as tx:
        existing(tx, header.workload)
        stored = {row.version: row for row in store.charters(tx, header.workload)}
        before = stored.get(header.version)
        _refuse_the_past(header.workload, header.version, before, content, list(stored.values()))
        previous = before.content_hash if before is not None else None
        was_in_force = before is not None and before.state == signing.SIGNED and previous != content
        if before is None or previous != content:
            outcome = "new" if before is None else "changed"
            voided = _void(tx, header.workload, header.version, now) if before else ()
            state = signing.DRAFT
        else:
            outcome, voided, state = "unchanged", (), before.state
        if before is None or before.text != text:
            store.put_charter(tx, Charter(
                workload=header.workload, version=header.version, state=state, content_hash=content, text=text,
                document=canonical(document), imported_at=now, imported_by=actor.user,
                signed_at=before.signed_at if before and outcome == "unchanged" else None,
            ))
            audit.append(tx, at=now, actor=actor.user, action="charter.imported", object=header.workload, detail={
                "version": header.version, "file": name, "content_hash": content, "outcome": outcome,
                "before": previous, "voided": list(voided),
                "was_in_force": was_in_force})
    return CharterImported(
        header.workload, header.version, state, content, outcome, voided, was_in_force,
        tuple(problem.text(name) for problem in verdict.problems), verdict.derived_monthly,
    )


def _refuse_the_past(workload: str, version: int, before: Charter | None, content: str, stored: list[Charter]) -> None:
    """A version that was superseded, or that is older than the one in force, stays what it was."""
    newest = max((row.version for row in stored), default=0)
    ended = before is not None and before.state in (signing.SUPERSEDED, signing.RETIRED)
    if (ended and before is not None and before.content_hash != content) or (before is None and version < newest):
        raise InputError(f"Version {version} of the Charter of {workload} is in the past: version {newest} came after "
                         f"it. Write version = {newest + 1} in [charter].")


def _void(tx: Session, workload: str, version: int, now: datetime) -> tuple[str, ...]:
    roles = tuple(sorted(row.role for row in store.signatures(tx, workload, version)))
    if roles:
        store.void_signatures(tx, workload, version, now)
    return roles


def _sign(desk: Desk, actor: Actor, workload: str, role: str, version: int | None, seen: str | None) -> Signed:
    now = desk.clock.now()
    with desk.database.write() as tx:
        row = _charter(tx, workload, version)
        document = _signable(desk, row, seen, now)
        signatures = store.signatures(tx, workload, row.version)
        _refuse_signature(desk, actor, role, row, document, signatures)
        store.add_signature(tx, CharterSignature(workload=workload, version=row.version, role=role, signed_at=now,
                                                 content_hash=row.content_hash, signed_by=actor.user))
        roles = [*(signature.role for signature in signatures), role]
        row.state = signing.state_of(document.charter.domain, roles)
        audit.append(tx, at=now, actor=actor.user, action="charter.signed", object=workload, detail={
            "version": row.version, "role": role, "content_hash": row.content_hash, "state": row.state})
        superseded: tuple[int, ...] = ()
        if row.state == signing.SIGNED:
            row.signed_at = now
            superseded = _supersede(tx, actor, row, now)
            audit.append(tx, at=now, actor=actor.user, action="charter.in_force", object=workload, detail={
                "version": row.version, "content_hash": row.content_hash, "superseded": list(superseded)})
        store.put_charter(tx, row)
        missing = signing.missing_roles(document.charter.domain, roles)
        return Signed(workload, row.version, role, row.state, missing, superseded)


def _signable(desk: Desk, row: Charter, seen: str | None, now: datetime) -> CharterDocument:
    """The document of a version that may be signed now. Raises with what stands in the way."""
    called = f"Version {row.version} of the Charter of {row.workload}"
    if row.state not in (signing.DRAFT, signing.IN_REVIEW):
        raise UsageError(f"{called} is {row.state}; only a draft or one in review is signed.")
    if seen is not None and seen != row.content_hash:
        raise InputError(f"{called} was changed after you read it, so it is not signed. Read it again and sign that.")
    _, verdict = judge(row.text, f"{row.workload} version {row.version}", desk.config, now)
    refuse(verdict.problems, f"{row.workload} version {row.version}")
    document = from_canonical(row.document)
    if signing.content_hash(document) != row.content_hash:
        raise InputError(f"{called} is stored with other content than was imported, so it is not signed. Run: "
                         "token-console audit verify")
    return document


def _refuse_signature(desk: Desk, actor: Actor, role: str, row: Charter, document: CharterDocument,
                      signatures: list[CharterSignature]) -> None:
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


def _charter(tx: Session, workload: str, version: int | None) -> Charter:
    existing(tx, workload)
    rows = sorted(store.charters(tx, workload), key=lambda row: row.version)
    found = rows[-1:] if version is None else [row for row in rows if row.version == version]
    if not found:
        have = ", ".join(str(row.version) for row in rows) or "none"
        raise UsageError(f"{workload} has no Charter{'' if version is None else f' of version {version}'} "
                         f"(versions: {have}). To begin one: token-console charter new {workload}")
    return found[0]


def _view(tx: Session, row: Charter, desk: Desk) -> CharterView:
    signatures = sorted(store.signatures(tx, row.workload, row.version), key=lambda item: item.signed_at)
    document = from_canonical(row.document)
    _, verdict = judge(row.text, row.workload, desk.config, desk.clock.now())
    return CharterView(
        workload=row.workload, version=row.version, state=row.state, content_hash=row.content_hash, document=document,
        text=row.text, signatures=tuple(SignatureLine(item.role, item.signed_by, item.signed_at)
                                        for item in signatures),
        missing_roles=signing.missing_roles(document.charter.domain, [item.role for item in signatures]),
        derived_monthly=verdict.derived_monthly, imported_by=row.imported_by, imported_at=row.imported_at,
        signed_at=row.signed_at,
        versions=tuple(sorted((other.version, other.state) for other in store.charters(tx, row.workload))),
    )


