"""A Charter on its way to signatures and out of force: submitted, commented on, refused with a reason, retired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from console.charters import signing
from console.charters.document import from_canonical
from console.errors import InputError, NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.permissions import require
from console.operations.registry_charters import not_read_only, refuse_unsound, stored
from console.operations.registry_mbom import redraw
from store import audit, charter_notes
from store import registry as store
from store.tables import Charter, CharterNote

LONGEST = 2000
"""Characters of a comment or a reason."""
_ENTRY = {"submission": "charter.submitted", "comment": "charter.commented", "refusal": "charter.refused",
          "retirement": "charter.retired"}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a version."""

    workload: str
    version: int
    state: str
    content_hash: str
    voided: tuple[str, ...] = ()
    """Roles whose signatures a refusal voided."""
    in_force: int | None = None
    """The version that the workload is held to now; None: it is watched and never killed."""


async def submit(desk: Desk, actor: Actor, *, workload: str, version: int | None = None, text: str = "") -> Reviewed:
    """Put a draft before those who sign. Refused where the rules find an error; its content is fixed from here on."""
    def change(tx: Session, row: Charter) -> tuple[str, ...]:
        _expect(row, (signing.DRAFT,), "submitted")
        row.state = signing.IN_REVIEW
        return ()

    def sound(row: Charter) -> None:
        refuse_unsound(desk, row)

    role = await _permitted(desk, actor, "submit_charter", workload)
    return await _carry_out(desk, actor, role, "submission", workload, version, text, change, sound)


async def comment(desk: Desk, actor: Actor, *, workload: str, text: str, version: int | None = None) -> Reviewed:
    """Say something of a version, for those who sign it. Changes nothing else."""
    role = await _permitted(desk, actor, "comment_charter", workload)
    return await _carry_out(desk, actor, role, "comment", workload, version, _said(text, "comment"), lambda *_: ())


async def refuse(desk: Desk, actor: Actor, *, workload: str, role: str, reason: str,
                 version: int | None = None) -> Reviewed:
    """Send a version in review back to its authors, in a role that signs it or as Token Architect, who reviews it.

    Its signatures are void, and it is a draft again, which nobody signs before it is submitted anew.
    """
    def change(tx: Session, row: Charter) -> tuple[str, ...]:
        _expect(row, (signing.IN_REVIEW,), "refused")
        roles = (*signing.required_roles(from_canonical(row.document).charter.domain), "token_architect")
        if role not in roles:
            raise UsageError(f"Version {row.version} of the Charter of {row.workload} is refused by one of "
                             f"{', '.join(roles)}, not by {role}.")
        voided = tuple(sorted(signature.role for signature in store.signatures(tx, row.workload, row.version)))
        store.void_signatures(tx, row.workload, row.version, desk.clock.now())
        row.state = signing.DRAFT
        return voided

    await _permitted(desk, actor, "refuse_charter", workload)
    if role not in actor.roles:
        await gate.refused(desk, actor, "refuse_charter", workload, f"does not hold the role {role}")
        raise NotPermitted(f"{actor.user} may not refuse as {role}: [[operators]] of the configuration gives "
                           f"{', '.join(actor.roles)}.")
    return await _carry_out(desk, actor, role, "refusal", workload, version, _said(reason, "refusal"), change)


async def retire(desk: Desk, actor: Actor, *, workload: str, reason: str, version: int | None = None) -> Reviewed:
    """End a version for good. Where it was in force, the workload is watched from now on and never killed."""
    def change(tx: Session, row: Charter) -> tuple[str, ...]:
        _expect(row, (signing.DRAFT, signing.IN_REVIEW, signing.SIGNED), "retired")
        row.state = signing.RETIRED
        return ()

    role = await _permitted(desk, actor, "retire_charter", workload)
    return await _carry_out(desk, actor, role, "retirement", workload, version, _said(reason, "retirement"), change)


async def _permitted(desk: Desk, actor: Actor, command: str, workload: str) -> str:
    await asyncio.to_thread(gate.permitted, desk, actor, command, workload)
    not_read_only(desk)
    return require(actor, command)


async def _carry_out(desk: Desk, actor: Actor, role: str, kind: str, workload: str, version: int | None, text: str,
                     change: Callable[[Session, Charter], tuple[str, ...]],
                     before: Callable[[Charter], None] = lambda _: None) -> Reviewed:
    """The change, the note and the audit entry, in one transaction. `change` gives the roles whose signatures it voids.

    `before` may refuse and takes long, so it looks at the version outside the transaction; if that was changed
    meanwhile, nothing is done.
    """
    def write() -> Reviewed:
        with desk.database.read() as tx:
            seen = stored(tx, workload, version)
        before(seen)
        with desk.database.write() as tx:
            row = stored(tx, workload, seen.version)
            if row.content_hash != seen.content_hash:
                raise InputError(f"Version {row.version} of the Charter of {workload} was changed meanwhile. "
                                 "Read it again.")
            voided, now = change(tx, row), desk.clock.now()
            store.put_charter(tx, row)
            charter_notes.add(tx, CharterNote(
                workload=workload, version=row.version, content_hash=row.content_hash, kind=kind, role=role,
                said_by=actor.user, said_at=now, text=text))
            audit.append(tx, at=now, actor=actor.user, action=_ENTRY[kind], object=workload, detail={
                "version": row.version, "content_hash": row.content_hash, "role": role, "state": row.state,
                "text": text, "voided": list(voided)})
            held = store.charter_in_force(tx, workload)
            return Reviewed(workload, row.version, row.state, row.content_hash, voided, held.version if held else None)

    done = await asyncio.to_thread(write)
    await redraw(desk)
    return done


def _expect(row: Charter, states: tuple[str, ...], done: str) -> None:
    if row.state not in states:
        raise UsageError(f"Version {row.version} of the Charter of {row.workload} is {row.state}; only one that is "
                         f"{' or '.join(states)} is {done}.")


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise UsageError(f"A {what} needs words: say what for, for whoever reads it later.")
    if len(said) > LONGEST:
        raise UsageError(f"A {what} has {LONGEST:,} characters at most; this one has {len(said):,}.")
    return said
