"""Fractions as sentences say them."""

from __future__ import annotations

from fractions import Fraction

from console.money import MICRO, MicroUsd, usd

_LEAST_PLACES = 2
_SIZES = ((10**12, 10**12, "T"), (10**9, 10**9, "G"), (10**6, 10**6, "M"), (10**4, 10**3, "k"))
"""From where on, in what, and its letter. Below ten thousand a figure is as short without."""


def micro(amount: Fraction) -> MicroUsd:
    """Whole micro-dollars of an amount of dollars, rounded half-even."""
    return round(amount * MICRO)


def dollars(amount: Fraction) -> str:
    """`$7,008.00` or `$2.055`: to the millionth of a dollar, without the zeros that say nothing."""
    whole, _, part = usd(abs(micro(amount))).partition(".")
    kept = part.rstrip("0").ljust(_LEAST_PLACES, "0")
    return f"{'-' if micro(amount) < 0 else ''}${int(whole):,}.{kept}"


def percent(share: Fraction) -> str:
    """`31.5 %` of a share of one, to a hundredth of a percent."""
    return f"{_trimmed(share * 100, 2)} %"


def plain(value: Fraction) -> str:
    """`2,336,000,000` or `0.049025`: six places at most."""
    return _trimmed(value, 6)


def brief(kind: str, value: Fraction) -> str:
    """A figure of a kind in few characters, for an axis: `30 %`, `$1.2M`, `-400`, `15k`."""
    if kind == "share":
        return percent(value)
    size, mark = next(((size, mark) for least, size, mark in _SIZES if abs(value) >= least), (1, ""))
    sign, dollar = "-" if value < 0 else "", "$" if kind == "usd" else ""
    return f"{sign}{dollar}{_trimmed(abs(value) / size, 2 if mark else 6)}{mark}"


def said(kind: str, value: Fraction | bool | None) -> str:
    """A figure of a kind as people read it; `none` where there is none."""
    if value is None:
        return "none"
    if kind == "yes or no":
        return "yes" if value else "no"
    return {"usd": dollars, "share": percent, "number": plain}[kind](Fraction(value))


def _trimmed(value: Fraction, places: int) -> str:
    scaled = round(value * 10**places)
    whole, part = divmod(abs(scaled), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0")
    return f"{'-' if scaled < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"
