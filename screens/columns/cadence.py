"""What the cadences say alike: shares, figures in a line, roles, people's words. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from console.money import MicroUsd, display
from screens.columns.column import Cell, Tone
from screens.columns.daily import fitted
from screens.columns.page import PageLine, line

Figure = tuple[str, str, str, Tone]
"""Label, figure, what follows it, tone."""
ROLES = {"business_owner": "business owner", "platform_lead": "platform lead"}
_SHORT = {"business_owner": "owner", "platform_lead": "lead"}
MONEY = 11


def figures(items: Sequence[Figure], width: int, unit: str = "USD") -> PageLine:
    """Figures in one line, the most important first; what finds no room is left out whole."""
    pieces: list[Cell] = [Cell(unit, "dim")]
    used = len(unit) + 1
    for label, figure, rest, tone in items:
        needed = 3 + len(label) + len(figure) + len(rest)
        if used + needed > width:
            break
        used += needed
        pieces += [Cell(f"  {label} ", "dim"), Cell(figure, tone), Cell(rest, "dim")]
    return line(" ", *pieces)


def money(amount: MicroUsd | None, width: int = MONEY, tone: Tone = "") -> Cell:
    """An amount in a table; `?` where it is not known."""
    return Cell("?", "warn", None) if amount is None else Cell(fitted(amount, width), tone, amount)


def optional(read: Callable[[object], MicroUsd | None], width: int = MONEY) -> Callable[[object], Cell]:
    """A column's cell of an amount that only some rows have: blank where there is none."""

    def value(row: object) -> Cell:
        amount = read(row)
        return Cell("") if amount is None else money(amount, width)

    return value


def times(value: Decimal | None) -> str:
    """Dollars for a dollar, with two places; `?` where unknown."""
    if value is None:
        return "?"
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def change(share: Decimal | None) -> str:
    """A share as signed whole percent: `+34`, `-2`, `0`."""
    if share is None:
        return ""
    percent = round(share * 100)
    return f"{percent:+,}" if percent else "0"


def percent(share: Decimal | None) -> str:
    """A share as signed percent with its mark and one place: `+34.2 %`."""
    if share is None:
        return "?"
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_EVEN):+,} %"


def quantity(value: Decimal | None) -> str:
    """A number of outcomes: whole where it is, `?` where unknown."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def dollars(amount: MicroUsd | None, places: int = 2) -> str:
    return display(amount, places)


def owed(roles: Sequence[str]) -> Cell:
    """Who still owes their words: `owner`, `lead`, `both`."""
    if not roles:
        return Cell("", "", 0)
    said = "both" if len(roles) == 2 else _SHORT.get(roles[0], roles[0])
    return Cell(said, "warn", len(roles))


def role(said: str) -> str:
    """A role as people read it."""
    return said.replace("_", " ")


def roles(several: Sequence[str]) -> str:
    """`business owner and platform lead`."""
    return " and ".join(role(one) for one in several)
