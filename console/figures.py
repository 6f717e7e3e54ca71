"""Shares, ratios and counts as people read them, the same on screens, in reports and in commands.

Dollars are `console.money.display`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

PLACES = 6
"""Of a share or ratio as a machine reads it."""
UNKNOWN = "?"
"""In a table; a sentence says `not known`."""


def percent(share: Decimal | None, places: int = 1) -> str:
    """`25.0 %` of a share of one."""
    return UNKNOWN if share is None else f"{_rounded(share * 100, places):,} %"


def change(share: Decimal | None, places: int = 1) -> str:
    """`+25.0 %`: a variance, with its sign."""
    if share is None:
        return UNKNOWN
    rounded = _rounded(share * 100, places)
    return f"{rounded if rounded else abs(rounded):+,} %"


def ratio(value: Decimal | None, places: int = 2) -> str:
    """`3.21`: a return for each dollar."""
    return UNKNOWN if value is None else f"{_rounded(value, places):,}"


def number(value: Decimal | int | None) -> str:
    """`12,345` or `12,345.5`: as many places as it has."""
    if value is None:
        return UNKNOWN
    if isinstance(value, int):
        return f"{value:,}"
    whole = value.to_integral_value()
    return f"{int(whole):,}" if whole == value else f"{value.normalize():,f}"


def decimal_text(value: Decimal) -> str:
    """A plain decimal for machines: no exponent, no thousands, no zeros at the end."""
    return f"{value.normalize():f}" if value else "0"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
