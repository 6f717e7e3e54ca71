"""What a rule is: a pure function from the facts of one workload to the signals it sees. One file here a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from console.cadences.facts import Facts
from console.charters.terms import Criterion, Terms
from console.config import RuleSettings

__all__ = ["Criterion", "Facts", "Rule", "Signal", "Terms"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule's view of one window: is its condition true now, by how much, and what follows."""

    rule: str
    window: str
    severity: str
    active: bool
    """The condition is true on this evaluation."""
    clears: bool
    """Below the resolve threshold (0.9 of the firing one, by default). Neither: between the two lines."""
    summary: str
    charter_line: str | None = None
    advice: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    hold_s: float = 0.0
    """`for`: how long the condition must hold before it fires."""
    keep_s: float = 900.0
    """`keep_firing_for`: how long it must stay clear before it resolves."""
    trips: bool = False
    """The Charter says: kill now, without asking."""
    observes: bool = False
    """The Charter only watches this: that it would have killed is written down, and nothing is sent."""
    veto_s: float = 0.0
    """How long its alert must have stood first: time for a person to say no."""
    once_a_month: bool = False
    """A month-to-date step: resolves on restatement, fires again only 2 % above."""


class Rule(Protocol):
    """Implementations are modules with these two names."""

    NAME: str

    def near(self, facts: Facts, settings: RuleSettings) -> bool:
        """Quick. False only where no signal of this rule can be active: then it is not asked, unless one stands."""

    def judge(self, facts: Facts, settings: RuleSettings) -> Iterable[Signal]:
        """Signals of this rule for these facts, one a window, active or not. Pure."""
