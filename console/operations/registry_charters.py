"""Charters: import them, show them, and say which version is in force. `registry_signing.py` signs them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.charters import signing
from console.charters.document import CharterDocument, canonical, from_canonical
from console.charters.problem import refuse
from console.charters.reading import NAME
from console.charters.rules import Verdict
from console.errors import InputError, NotPermitted, UsageError
from console.money import MicroUsd
from console.operations.actor import Actor
from console.operations.charter.check import judge
from console.operations.desk import Desk
from console.operations.gate import permitted
from console.operations.registry_mbom import existing, redraw
from console.text import clean
from store import audit, charter_notes
from store import registry as store
from store.tables import Charter, CharterNote, CharterSignature


@dataclass(frozen=True, slots=True)
class SignatureLine:
    role: str
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A submission, a comment, a refusal or a retirement."""

    kind: str
    role: str
    said_by: str
    said_at: datetime
    text: str
    """Outside text: clean it before it is shown."""
    of_this_content: bool
    """False: the draft was changed after it was said."""


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
    notes: tuple[NoteLine, ...] = ()
    """What was said of it, oldest first."""


@dataclass(frozen=True, slots=True)
class CharterImported:
    workload: str
    version: int
    state: str
    content_hash: str
    outcome: str
    """new, unchanged, changed."""
    warnings: tuple[str, ...]
    derived_monthly: MicroUsd | None


async def import_charter(desk: Desk, actor: Actor, *, text: str, name: str) -> CharterImported:
    """Store a Charter file as a draft. Refused with every error; warnings are kept for the reader.

    A draft may be imported again as it changes. From its submission or first signature on a change needs a new version.
    """
    may_import(desk, actor)
    now, name = desk.clock.now(), clean(name, NAME)
    reading, verdict = await asyncio.to_thread(judge, text, name, desk.config, now)
    refuse(verdict.problems, name, rules=True)
    document = reading.document
    assert document is not None, "a reading without errors is whole"
    done = await asyncio.to_thread(store_draft, desk, actor, document, text, name, verdict)
    await redraw(desk)
    return done


async def show_charter(desk: Desk, actor: Actor, *, workload: str, version: int | None = None) -> CharterView:
    """The newest version, or the one asked for. Raises UsageError where there is none."""

    def read() -> CharterView:
        with desk.database.read() as tx:
            row = stored(tx, workload, version)
            signatures = store.signatures(tx, workload, row.version)
            versions = tuple((other.version, other.state) for other in store.charters(tx, workload))
            notes = charter_notes.of_version(tx, workload, row.version)
        return _view(desk, row, signatures, versions, notes)

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


def may_import(desk: Desk, actor: Actor) -> None:
    """Raises NotPermitted, written down, for who may not write Charters, and in a console that only looks."""
    permitted(desk, actor, "import_charter", "charters")
    not_read_only(desk)


def not_read_only(desk: Desk) -> None:
    """Raises NotPermitted in a console that was started to look."""
    if desk.read_only:
        raise NotPermitted("This console is read-only, so Charters stay as they are. Start it without --read-only.")


def store_draft(desk: Desk, actor: Actor, document: CharterDocument, text: str, name: str, verdict: Verdict,
                still: Callable[[Session], None] = lambda tx: None) -> CharterImported:
    """Store what was understood of a text, as the version that it says. `still` may refuse in the same transaction.

    Raises InputError for a version that is fixed or in the past.
    """
    header = document.charter
    now = desk.clock.now()
    content = signing.content_hash(document)
    with desk.database.write() as tx:
        existing(tx, header.workload)
        still(tx)
        versions = {row.version: row for row in store.charters(tx, header.workload)}
        before = versions.get(header.version)
        _refuse_the_past(header.workload, header.version, before, content, max(versions, default=0))
        changed = before is not None and before.content_hash != content
        outcome = "new" if before is None else "changed" if changed else "unchanged"
        state = before.state if before is not None else signing.DRAFT
        if before is None or before.text != text:
            store.put_charter(tx, Charter(
                workload=header.workload, version=header.version, state=state, content_hash=content, text=text,
                document=canonical(document), imported_at=now, imported_by=actor.user,
                signed_at=before.signed_at if before is not None else None,
            ))
            audit.append(tx, at=now, actor=actor.user, action="charter.imported", object=header.workload, detail={
                "version": header.version, "file": name, "content_hash": content, "outcome": outcome,
                "before": before.content_hash if before is not None else None})
    return CharterImported(
        header.workload, header.version, state, content, outcome,
        tuple(problem.text(name) for problem in verdict.problems), verdict.derived_monthly,
    )


def _refuse_the_past(workload: str, version: int, before: Charter | None, content: str, newest: int) -> None:
    """What was put before those who sign stays what it was; so does a version that is older than another."""
    fixed = before is not None and before.state != signing.DRAFT and before.content_hash != content
    if before is not None and fixed:
        raise InputError(f"Version {version} of the Charter of {workload} is {before.state}, and this file says "
                         f"something else. A change makes a new version: write version = {newest + 1} in [charter].")
    if before is None and version < newest:
        raise InputError(f"Version {version} of the Charter of {workload} is in the past: version {newest} came after "
                         f"it. Write version = {newest + 1} in [charter].")


def refuse_unsound(desk: Desk, row: Charter) -> None:
    """Raise InputError where the rules of the day find an error: the matrix may be stricter than at the import."""
    name = f"{row.workload} version {row.version}"
    _, verdict = judge(row.text, name, desk.config, desk.clock.now())
    refuse(verdict.problems, name, rules=True)


def stored(tx: Session, workload: str, version: int | None) -> Charter:
    """The newest version of a workload's Charter, or one version. Raises UsageError where there is none."""
    existing(tx, workload)
    rows = sorted(store.charters(tx, workload), key=lambda row: row.version)
    found = rows[-1:] if version is None else [row for row in rows if row.version == version]
    if not found:
        have = ", ".join(str(row.version) for row in rows) or "none"
        raise UsageError(f"{workload} has no Charter{'' if version is None else f' of version {version}'} "
                         f"(versions: {have}). To begin one: token-console charter new {workload}")
    return found[0]


def _view(desk: Desk, row: Charter, signatures: Sequence[CharterSignature],
          versions: tuple[tuple[int, str], ...], notes: Sequence[CharterNote]) -> CharterView:
    document = from_canonical(row.document)
    _, verdict = judge(row.text, row.workload, desk.config, desk.clock.now())
    return CharterView(
        workload=row.workload, version=row.version, state=row.state, content_hash=row.content_hash, document=document,
        text=row.text,
        signatures=tuple(SignatureLine(item.role, item.signed_by, item.signed_at) for item in signatures),
        missing_roles=signing.missing_roles(document.charter.domain, [item.role for item in signatures]),
        derived_monthly=verdict.derived_monthly, imported_by=row.imported_by, imported_at=row.imported_at,
        signed_at=row.signed_at, versions=versions,
        notes=tuple(NoteLine(note.kind, note.role, note.said_by, note.said_at, note.text,
                             note.content_hash == row.content_hash) for note in notes),
    )
