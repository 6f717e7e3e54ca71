"""A cascade as an MBOM entry states it: its steps, and how often work is handed on. `cascade.py` has what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from console.economics.cascade import Cascade

_MOST_STEPS = 3


@dataclass(frozen=True, slots=True)
class StatedCascade:
    """What nobody states is None, and is not zero."""

    models: tuple[str, ...]
    """The first step first; the second is the workhorse. Two or three."""
    escalate: Fraction | None
    """Share of the calls that the first step hands on."""
    escalate_frontier: Fraction | None
    """Share of these that the second step hands on."""
    misroute: Fraction | None
    """Share of the calls that the first step should have handed on, and whose work is done again."""
    rework: Fraction | None
    """Dollars that this costs each time; None: at least the same call on the workhorse."""

    @classmethod
    def of(cls, cascade: object) -> StatedCascade | None:
        """The `cascade` of an entry. None where it names fewer than two models, or is in words of their own."""
        if not isinstance(cascade, Mapping) or not isinstance(cascade.get("models"), list):
            return None
        models = tuple(map(str, cascade["models"]))[:_MOST_STEPS]
        if len(models) < 2:
            return None
        return cls(models, *(_number(cascade.get(name)) for name in (
            "escalation_share", "top_escalation_share", "misroute_share", "rework_usd")))

    def at(self, costs: Sequence[Fraction]) -> Cascade | None:
        """The cascade at these dollars a call, one for each step; None where a share that it takes is not stated."""
        third = len(costs) > 2
        if self.escalate is None or self.misroute is None or (third and self.escalate_frontier is None):
            return None
        return Cascade(costs[0], costs[1], costs[2] if third else Fraction(0), self.escalate,
                       self.escalate_frontier or Fraction(0), self.misroute,
                       costs[1] if self.rework is None else self.rework)


def _number(stated: object) -> Fraction | None:
    try:
        return None if stated is None else Fraction(str(stated))
    except (ValueError, ZeroDivisionError):
        return None
