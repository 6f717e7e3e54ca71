"""The second look at what one person did alone by break-glass."""

from __future__ import annotations

from sqlmodel import Session

from console.errors import NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import audit, authorisations
from store.tables import Review


async def reviews(desk: Desk, actor: Actor) -> list[Review]:
    """Those that nobody has closed, oldest first."""
    return await gate.read(desk, authorisations.open_reviews)


async def close_review(desk: Desk, actor: Actor, number: int, finding: str) -> None:
    """Say, as another person, what came of looking at it. It is red until then, also after its time."""
    await gate.required(desk, actor, "review", f"review:{number}", finding)
    row = await gate.read(desk, lambda tx: _open(tx, number))
    if row.opened_by == actor.user:
        await gate.refused(desk, actor, "review", f"review:{number}", "the same person acted")
        raise NotPermitted(f"{actor.user} did this alone; somebody else must review it.")
    await gate.write(desk, lambda tx: _close(tx, desk, actor, number, finding.strip()))
    if desk.engine is not None:
        await desk.engine.redraw()


def _close(tx: Session, desk: Desk, actor: Actor, number: int, finding: str) -> None:
    row, now = _open(tx, number), desk.clock.now()
    row.closed_by, row.closed_at, row.finding = actor.user, now, finding
    tx.add(row)
    audit.append(tx, at=now, actor=actor.user, action="breakglass.reviewed", object=f"intent:{row.intent}",
                 detail={"review": number, "opened_by": row.opened_by, "late": now >= row.due_at, "finding": finding})


def _open(tx: Session, number: int) -> Review:
    row = authorisations.review(tx, number)
    if row is None or row.closed_at is not None:
        raise UsageError(f"There is no open review {number}. `token-console review` lists them.")
    return row
