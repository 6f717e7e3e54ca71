"""The TRAM matrix: which cell each workload stands in, what the cell permits, and who stands in none."""

from __future__ import annotations

from console.cadences.tram import TramView
from console.cadences.tram_reading import read_tram
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk


async def matrix(desk: Desk, actor: Actor) -> TramView:
    """The organisation's matrix with the portfolio in its cells, now."""
    return await gate.read(desk, lambda tx: read_tram(tx, desk.config, desk.clock.now()))
