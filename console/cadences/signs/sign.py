"""What a sign is: one figure of recent usage, held against the line at which it says that something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from console.cadences.call_track import CallSigns
from console.cadences.changes import Change
from console.cadences.track import Track
from console.charters.terms import Terms
from console.money import MicroUsd


class Kind(StrEnum):
    """Signs of one kind are not independent of each other: two that kill together are of different kinds."""

    DOLLARS = "dollars"
    MIX = "mix"
    MODEL = "model"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Case:
    """What signs are read from: one workload's minutes and its Charter, and what else is known."""

    track: Track
    terms: Terms
    dearer: Mapping[str, Track] = field(default_factory=dict)
    """Minutes on models that cost more than any the Charter permits, by model."""
    calls: CallSigns | None = None
    change: Change | None = None
    """A planned change that holds now."""
    tightness: float = 1.0
    """Share of their usual width that the lines of dollars keep: less than 1 in probation."""


@dataclass(frozen=True, slots=True)
class Sign:
    name: str
    kind: Kind
    share: float
    """The figure as a share of its line: 1 and above is lit. It stays below 1 while another condition is not met."""
    says: str
    """The figure and the line, in one clause a person can check."""
    line: MicroUsd | None = None
    """The line in micro-dollars over `minutes`, where it is one of dollars."""
    minutes: int | None = None
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def lit(self) -> bool:
        return self.share >= 1.0


def dollars(name: str, spent: MicroUsd, line: MicroUsd, minutes: int, says: str, *met: bool) -> Sign:
    """A sign of so many dollars in so many minutes, with the figures that usage rows can be added up to."""
    figures = {"spent_microusd": str(spent), "limit_microusd": str(line), "window": f"{minutes}m"}
    return Sign(name, Kind.DOLLARS, below(spent / max(1, line), *met), says, line, minutes, figures)


def below(share: float, *met: bool) -> float:
    """The share, kept under 1 unless every other condition is met too."""
    return share if share < 1 or all(met) else 0.99
