"""The Orchestration Multiplier as it is measured (playbook section 7): each workload's, and that of all together.

It is all tokens of a user action over those of one well-prompted call that does the same; what stands for that call is
said in `console/antipatterns/digest/run.py`. Several actions, or workloads, together have the ratio of their sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from console.economics.orchestration import excess_tokens, multiplier
from console.money import MicroUsd

TYPICAL = (Fraction(4), Fraction(6))
"""What the playbook has for a portfolio as it is, and what it says can be achieved."""
ACHIEVABLE = (Fraction(3, 2), Fraction(2))
_BANDS = ((Fraction(5, 2), "a single call"), (Fraction(6), "two agents"), (Fraction(200), "three tiers"))


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Of one workload, or of several together."""

    workload: str
    """Empty: of several."""
    calls: int
    """All call records of the time."""
    actions: int
    """User actions that they name, and those of them that could be measured."""
    measured: int
    tokens: int
    """Of the measured actions; so is the cost, in micro-dollars."""
    single: int
    """Tokens of one call for each of them."""
    cost: MicroUsd

    @property
    def value(self) -> Fraction | None:
        """The multiplier; None: no action could be measured."""
        return multiplier(Fraction(self.tokens), Fraction(self.single))

    @property
    def like(self) -> str | None:
        """What the playbook has for such a value."""
        if self.value is None:
            return None
        return next((name for below, name in _BANDS if self.value < below), "a runaway")

    @property
    def recoverable(self) -> MicroUsd:
        """Micro-dollars of the measured actions beyond the upper end of what can be achieved, at what a token costs."""
        if not self.tokens:
            return 0
        beyond = excess_tokens(Fraction(self.tokens), Fraction(self.single), ACHIEVABLE[1])
        return round(self.cost * beyond / self.tokens)

    @property
    def lacks(self) -> str | None:
        """Why there is no value."""
        if self.value is not None:
            return None
        if not self.calls:
            return "call records"
        return "call records with user actions" if not self.actions else "call records with the agent that called"


def in_words(one: Multiplier) -> str:
    """`3.20, like three tiers`, or what it lacks."""
    return f"not known for want of {one.lacks}" if one.value is None else f"{float(one.value):,.2f}, like {one.like}"


@dataclass(frozen=True, slots=True)
class Orchestration:
    """Every workload with call records in [start, end)."""

    start: datetime
    end: datetime
    workloads: tuple[Multiplier, ...]
    """Those measured first, what can be recovered most before less."""
    together: Multiplier


def orchestration(start: datetime, end: datetime, found: Iterable[Multiplier]) -> Orchestration:
    """The portfolio's, of those of its workloads."""
    ordered = sorted(found, key=lambda each: (each.value is None, -each.recoverable, -each.cost, each.workload))
    return Orchestration(start, end, tuple(ordered), together(ordered))


def together(found: Sequence[Multiplier]) -> Multiplier:
    """The multiplier of several workloads, each weighing as much as what one call for each of its actions takes."""
    return Multiplier("", *(sum(each) for each in zip(*(
        (one.calls, one.actions, one.measured, one.tokens, one.single, one.cost) for one in found), strict=True))
    ) if found else Multiplier("", 0, 0, 0, 0, 0, 0)
