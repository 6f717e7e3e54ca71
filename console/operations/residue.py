"""The question of what is left over: metered against billed, and what no workload claims."""

from __future__ import annotations

from console.cadences.residue.reading import read_residue
from console.cadences.residue.value import Residue
from console.errors import UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk


async def residue(desk: Desk, actor: Actor, *, month: str | None = None) -> Residue:
    """The residue of a month such as 2026-10; None: of the present one. Raises UsageError."""
    try:
        return await gate.read(desk, lambda tx: read_residue(tx, desk.config, desk.clock.now(), month))
    except ValueError as error:
        raise UsageError(f"{month!r} is no month; write one like 2026-10.") from error
