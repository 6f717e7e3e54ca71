"""The lab at a desk: what is known of a workload, and what was worked out kept in a draft of its Charter."""

from __future__ import annotations

from console.cadences.measured import Measurements
from console.cadences.measured_reading import read_measurements
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_mbom import existing


async def measurements(desk: Desk, actor: Actor, *, workload: str) -> Measurements:
    """What a topic of the lab may start from. Raises UsageError for a workload that the MBOM does not have."""
    return await gate.read(
        desk, lambda tx: read_measurements(tx, desk.config, existing(tx, workload), desk.clock.now()))
