"""Round numbers near a number: ends and steps of an axis, and how far one key press moves an input."""

from __future__ import annotations

from fractions import Fraction

_ROUND = (1, 2, 5, 10)


def power_of_ten(value: Fraction) -> Fraction:
    """The greatest power of ten that is not above a positive number."""
    power = Fraction(10) ** (len(str(value.numerator)) - len(str(value.denominator)))
    return power / 10 if power > value else power


def rounded_up(value: Fraction) -> Fraction:
    """The least of 1, 2, 5, 10, 20, 50, ... and their tenths that is not below a positive number."""
    unit = power_of_ten(value)
    return next(unit * figure for figure in _ROUND if unit * figure >= value)


def rounded_down(value: Fraction) -> Fraction:
    """The greatest of the same that is not above it."""
    unit = power_of_ten(value)
    return max(unit * figure for figure in _ROUND if unit * figure <= value)
