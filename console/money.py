"""Exact dollars: whole micro-dollars inside, decimal strings at the edges, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

MICRO = 1_000_000

MicroUsd = int
"""An amount in millionths of a dollar."""


def usd(amount: MicroUsd) -> str:
    """Dollars as contracts print them: a decimal string with six places, such as `"9300.000000"`."""
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), MICRO)
    return f"{sign}{whole}.{part:06d}"


def usd_or_none(amount: MicroUsd | None) -> str | None:
    """`usd`, where unknown stays unknown."""
    return None if amount is None else usd(amount)


def from_usd(text: str) -> MicroUsd:
    """Micro-dollars from a decimal string of dollars, rounded half-even. Raises ValueError for anything else."""
    return _micro(text, Decimal(MICRO))


def from_cents(text: str) -> MicroUsd:
    """Micro-dollars from a decimal string of cents, the unit of Anthropic's cost endpoints."""
    return _micro(text, Decimal(MICRO // 100))


def display(amount: MicroUsd | None, places: int = 2) -> str:
    """Dollars for people: thousands separated, fixed places, `?` where the amount is unknown."""
    if amount is None:
        return "?"
    value = (Decimal(amount) / MICRO).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{value:,}"


def _micro(text: str, factor: Decimal) -> MicroUsd:
    try:
        value = Decimal(text)
    except (InvalidOperation, TypeError) as error:
        raise ValueError(f"{text!r} is not a decimal amount") from error
    if not value.is_finite() or abs(value) > Decimal(10) ** 12:
        raise ValueError(f"{text!r} is not a plausible amount")
    return int((value * factor).to_integral_value(ROUND_HALF_EVEN))
