"""What the cadences draw alike: sums in a line, amounts in a table, what is owed, bars against plan. Pure functions.

How a share or a return is written is `console.figures`, the same as in a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from console.figures import ratio
from console.money import MicroUsd, display
from console.text import pad
from screens.columns.bars import across
from screens.columns.column import Cell, Tone
from screens.columns.daily import briefer, fitted
from screens.columns.page import PageLine, heading, line, name

Figure = tuple[str, str, str, Tone]
"""Label, figure, what follows it, tone."""
Compared = tuple[str, MicroUsd | None, MicroUsd | None]
"""Slug, spent, planned."""
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
    return Cell("?", "warn") if amount is None else Cell(fitted(amount, width), tone, amount, briefer(amount))


def whole_percent(share: Decimal | None) -> str:
    """A variance in a narrow column, without its mark: `+34`, `-2`, `0`."""
    if share is None:
        return ""
    percent = round(share * 100)
    return f"{percent:+,}" if percent else "0"


def per_dollar(earned: Decimal | None, spent: MicroUsd | None) -> Cell:
    """What a dollar earned; nothing where none was spent, `?` where it is not known. No digit of it is cut away: where
    there is no room it has fewer places."""
    if earned is None:
        return Cell("" if spent == 0 else "?", "warn", None)
    shorter = (ratio(earned, 0), f"{earned / 1000:,.0f}k")
    return Cell(ratio(earned), "alarm" if earned < 0 else "", earned, shorter)


def owed(roles: Sequence[str]) -> Cell:
    """Who still owes their words: `owner`, `lead`, `both`."""
    if not roles:
        return Cell("", "", 0)
    said = "both" if len(roles) == 2 else _SHORT.get(roles[0], roles[0])
    return Cell(said, "warn", len(roles))


def against_plan(rows: Sequence[Compared], width: int, height: int) -> list[PageLine]:
    """The dearest workloads as bars: what was spent, and a mark where the plan stands."""
    shown = sorted(rows, key=lambda row: -max(row[1] or 0, row[2] or 0))[: max(0, height - 1)]
    most = max((max(spent or 0, planned or 0) for _, spent, planned in shown), default=0)
    label = min(24, max((len(name(slug, 24)) for slug, _, _ in shown), default=0))
    room = max(8, width - label - 30)
    lines = [heading("SPENT AGAINST PLAN, USD", "| is the plan")]
    for slug, spent, planned in shown:
        bar = across(spent or 0, most, room)
        at = None if planned is None or not most else min(room - 1, round(planned * room / most))
        lines.append(
            line(
                "  ",
                pad(slug, label),
                f"{display(spent):>14}  ",
                *_marked(bar, at, room),
                Cell(f" {_of_plan(spent, planned)}", "dim"),
            )
        )
    return lines


def _marked(bar: str, at: int | None, room: int) -> list[Cell]:
    """A bar in its room with the plan's mark over it: seen within the bar as well as beyond it."""
    if at is None:
        return [Cell(bar, "bar"), Cell(" " * (room - len(bar)))]
    before, after = bar[:at], bar[at + 1 :]
    gap = " " * (at - len(before))
    return [
        Cell(before, "bar"),
        Cell(f"{gap}|", "strong"),
        Cell(after, "bar"),
        Cell(" " * (room - at - 1 - len(after))),
    ]


def _of_plan(spent: MicroUsd | None, planned: MicroUsd | None) -> str:
    return f"{spent * 100 // planned:>6,} %" if spent is not None and planned else ""


def day(at: datetime | None) -> str:
    """A day far off, with its year: `1 Jun 2027`."""
    return "?" if at is None else f"{at.day} {at:%b %Y}"
