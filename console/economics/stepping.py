"""How one key press moves an input: to the next round value, a step being one of its second digit, or of its first."""

from __future__ import annotations

from fractions import Fraction

from console.economics.rounding import power_of_ten
from console.economics.topic import Input

_FINEST = Fraction(1, 10**6)
"""A millionth, as dollars have."""


def stepped(each: Input, value: Fraction, way: int, *, tenfold: bool = False) -> Fraction:
    """The value one step up (`way` 1) or down (-1), within what the input takes; an answer is turned round.

    From 5,000 on that is 5,100, and ten times as far 6,000. What lies between two steps goes to the next one, so that
    a measured 4.8173 becomes 4.9.
    """
    if each.kind == "yes or no":
        return 1 - value
    least, most = each.bounds
    unit = _unit(each, value, way) * (10 if tenfold else 1)
    steps = value / unit
    to = steps.__floor__() + 1 if way > 0 else steps.__ceil__() - 1
    return min(most, max(least, to * unit))


def _unit(each: Input, value: Fraction, way: int) -> Fraction:
    size = value or abs(Fraction(each.default)) or Fraction(1)
    unit = power_of_ten(size)
    if way < 0 and unit == size:
        unit /= 10  # from 10 down in steps of what is below it: 9.9
    return max(Fraction(1) if each.whole else _FINEST, unit / 10)
