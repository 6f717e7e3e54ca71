"""The residue as a plain value: what a screen, `--json` and the command line show. Money is whole micro-dollars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from console.money import MicroUsd

WAYS = ("source", "day", "model", "key")
"""What metered and billed are broken down by."""
SEVERAL = "several"
"""What more than one workload claims."""


@dataclass(frozen=True, slots=True)
class ResidueLine:
    """Metered and billed of one source, day, model or key. All lines of one way add up to the whole."""

    by: str
    source: str
    what: str
    """The source, the day (2026-11-20), the model, the key; empty where the usage says none."""
    name: str
    """What the provider calls the key; empty where it has no name."""
    claimed_by: str
    """The workload; `several`; empty where none claims any of it."""
    metered: MicroUsd | None
    """None: of a day of which nothing is known."""
    estimated: MicroUsd
    """The part of `metered` that is priced by an estimate."""
    compared: MicroUsd | None
    """The part of `metered` on closed days that are known whole and that the cost report has: what may be held against
    `billed`."""
    billed: MicroUsd | None
    """None: the source does not tell it by this."""
    gap: MicroUsd | None = field(init=False)
    """Billed less metered, on the same days."""

    def __post_init__(self) -> None:
        gap = None if self.billed is None or self.compared is None else self.billed - self.compared
        object.__setattr__(self, "gap", gap)


@dataclass(frozen=True, slots=True)
class UnclaimedLine:
    """Usage of one key that no rule of the MBOM claims."""

    source: str
    key: str
    name: str
    models: tuple[str, ...]
    """The dearest first."""
    spent: MicroUsd
    estimated: MicroUsd
    share: Decimal
    """Of all that was metered in the period."""
    first_day: str
    last_day: str
    rule: str
    """The usage rule that would claim it, as the MBOM writes it."""


@dataclass(frozen=True, slots=True)
class Residue:
    """One month of all sources."""

    at: datetime
    organisation: str
    time_zone: str
    month: str
    start: datetime
    end: datetime
    partial: bool
    closed_until: datetime
    """Days before this are held against what was billed."""
    metered: MicroUsd
    unclaimed: MicroUsd
    billed: MicroUsd | None
    """Of the closed days that are known whole, of the sources that tell it; None: none does."""
    unknown: tuple[str, ...]
    """Why the figures are not whole, by source: what was never read is not nothing."""
    lines: tuple[ResidueLine, ...]
    unclaimed_lines: tuple[UnclaimedLine, ...]
    """By dollars, the most first."""
    simulated: bool = False

    def by(self, way: str) -> Sequence[ResidueLine]:
        """The lines of one way of breaking it down: days in their order, all else by dollars."""
        found = [line for line in self.lines if line.by == way]
        if way == "day":
            return sorted(found, key=lambda line: (line.what, line.source))
        return sorted(found, key=lambda line: (-max(line.metered or 0, line.billed or 0), line.source, line.what))
