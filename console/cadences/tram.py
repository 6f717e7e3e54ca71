"""The organisation's Token Risk Appetite Matrix with the portfolio in its cells.

Values only (standard library). Money is whole micro-dollars of the UTC month so far; None is unknown, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class TramWorkload:
    """One entry of the MBOM that is not retired, where it stands in the matrix."""

    slug: str
    name: str
    owner: str | None
    state: str
    """planned, live, paused; tripped, held or probation where its breaker is."""
    charter_version: int | None
    """Of the Charter in force, whose cell it stands in; None: it stands where the MBOM has it."""
    spent: MicroUsd
    estimated: bool
    """Whether some of it is priced by an estimate."""
    mismatch: str = ""
    """What the MBOM says of its cell, where that is not what the Charter says."""
    beyond: tuple[str, ...] = ()
    """What its Charter commits to and the cell does not permit: the matrix may have changed since it was signed."""
    why: str = ""
    """Of one without a cell: why it has none."""


@dataclass(frozen=True, slots=True)
class TramCell:
    """What one cell permits, and who stands in it."""

    cost_variance: str
    output_variance: str
    models: tuple[str, ...]
    """Tiers, model names, or patterns with `*`."""
    thinking: bool
    depth_cap: int
    fan_out_cap: int
    review_what: str
    """The least that a Charter of this cell may promise; so are the next two."""
    review_when: str
    review_authority: str
    workloads: tuple[TramWorkload, ...] = ()
    """By spend, the most first."""
    spent: MicroUsd = 0


@dataclass(frozen=True, slots=True)
class TramView:
    at: datetime
    organisation: str
    month: str
    """The UTC month that the money is of: `2026-11`."""
    rows: tuple[str, ...]
    """Tolerances of cost variance, as the configuration orders them."""
    columns: tuple[str, ...]
    """Tolerances of output variance."""
    cells: tuple[TramCell, ...]
    """Row by row. A matrix of one's own may leave some out."""
    elsewhere: tuple[TramWorkload, ...] = ()
    """Those without a cell."""
    tiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What each tier's models are called."""
    simulated: bool = False

    def cell(self, cost_variance: str, output_variance: str) -> TramCell | None:
        """The cell of this place; None where the matrix has none."""
        for cell in self.cells:
            if (cell.cost_variance, cell.output_variance) == (cost_variance, output_variance):
                return cell
        return None

    @property
    def workloads(self) -> tuple[TramWorkload, ...]:
        """All of them."""
        return (*(one for cell in self.cells for one in cell.workloads), *self.elsewhere)
