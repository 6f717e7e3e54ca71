"""What a signed Charter commits to, as the rules need it."""

from __future__ import annotations

from dataclasses import dataclass

from console.money import MicroUsd


@dataclass(frozen=True, slots=True)
class Criterion:
    """An economic kill criterion of the Charter: spend over a window above a sum."""

    label: str
    """The Charter's own line: `kill_criteria[1]: spend_usd above 150 over 10m`."""
    window: str
    """`month`, `day`, or a duration such as `10m`, `1h`."""
    above: MicroUsd
    automatic: bool
    action: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a signed Charter commits to, as the rules need it."""

    version: int
    expected: MicroUsd
    """The expected month."""
    stretch_multiple: float
    runaway_multiple: float
    kill_threshold: MicroUsd
    automatic: bool
    """Whether crossing the kill threshold kills without asking."""
    criteria: tuple[Criterion, ...] = ()
    mode: str = "enforce"
    """`observe` writes down what it would have done, and stops."""
