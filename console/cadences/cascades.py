"""Whether a cascade pays against running everything on its workhorse (playbook section 7). Pure.

    E[C] = C_1 + P(2) C_2 + P(2) P(3 given 2) C_3 + misroute share x rework

with C_n what a call costs on step n, P(n) the share of calls that are handed on to it, and the second step the
workhorse. It pays while E[C] < C_2. Costs are in micro-dollars, not rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """How a cascade behaves, as its MBOM entry says."""

    escalated: Decimal
    """Share of the calls that the first step hands on."""
    top: Decimal | None
    """Share of these that the second step hands on; None where nobody says."""
    misrouted: Decimal
    """Share of the calls that the first step should have handed on, and whose work is done again."""
    rework: Decimal | None
    """What that costs each time; None: at least the same call on the workhorse."""


def expected_cost(costs: Sequence[Decimal], rates: Rates) -> Decimal | None:
    """What a call costs with the cascade of these steps; None where a third step's share is not known."""
    first, workhorse = costs[0], costs[1]
    total = first + rates.escalated * workhorse
    if len(costs) > 2:
        if rates.top is None:
            return None
        total += rates.escalated * rates.top * costs[2]
    return total + rates.misrouted * (workhorse if rates.rework is None else rates.rework)


def pays(costs: Sequence[Decimal], rates: Rates) -> bool | None:
    """Whether it is cheaper than the workhorse alone; None where that cannot be told."""
    cost = expected_cost(costs, rates)
    return None if cost is None else cost < costs[1]
