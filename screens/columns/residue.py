"""The residue as rows of a table, and one row written out. Pure functions.

A row is what no workload claims of a key, or what was metered and billed of a source, a day, a model or a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from console.cadences.residue.value import SEVERAL, Residue, ResidueLine, UnclaimedLine
from console.figures import percent
from console.money import MicroUsd, display
from screens.columns import cadence
from screens.columns.bars import across
from screens.columns.column import Cell, Column, Tone
from screens.columns.page import BLANK, PageLine, Times, heading, labelled, line, name, wrapped
from screens.columns.periods import in_words, progress

Row: TypeAlias = UnclaimedLine | ResidueLine

UNCLAIMED = "unclaimed"
WAYS = (UNCLAIMED, "key", "model", "day", "source")
"""What the list shows, in the order in which a key steps through it."""
_SAYS = {UNCLAIMED: "what no workload claims", "key": "by key", "model": "by model", "day": "by day",
         "source": "by source"}
_LABEL = 14
_MUCH = Decimal("0.01")
_EVEN = "Billed and metered are the same."
_MORE = "More was billed than metered: usage that the reading secret does not see, or a price that is too low."
_LESS = "Less was billed than metered: a discount that [[prices]] does not know, or a bill that is not whole yet."
MEANINGS = (
    ("SOURCE", "The source that told of the usage, or of the bill."),
    ("WHAT", "The key, model or day; none: the usage does not say."),
    ("NAME", "What the provider calls the key."),
    ("CLAIMED BY", "The workload whose usage rules claim it; several; or nobody."),
    ("METERED $", "What the console measured, at its prices; ~ where a part of them is an estimate."),
    ("BILLED $", "What the provider's own cost report says, on days that are closed; ? where it does not tell."),
    ("GAP $", "Billed less metered, on the same days."),
)


def columns() -> tuple[Column[Row], ...]:
    """The table's columns."""
    about = dict(MEANINGS)
    return (
        Column("SOURCE", 9, lambda row: Cell(name(row.source)), 4, most=18, about=about["SOURCE"]),
        Column("WHAT", 16, lambda row: Cell(name(what(row), 80) or "none", "strong"), 1, most=44, about=about["WHAT"]),
        Column("NAME", 8, lambda row: Cell(name(row.name, 60)), 7, most=28, about=about["NAME"]),
        Column("CLAIMED BY", 10, _claimant, 3, most=24, about=about["CLAIMED BY"]),
        Column("METERED $", 11, _metered, 2, right=True, descending=True, most=14, about=about["METERED $"]),
        Column("BILLED $", 11, lambda row: _amount(row, "billed"), 5, right=True, descending=True, most=14,
               about=about["BILLED $"]),
        Column("GAP $", 10, _gap, 6, right=True, descending=True, most=14, about=about["GAP $"]),
    )


def rows(found: Residue, way: str) -> Sequence[Row]:
    """The rows of one way."""
    return found.unclaimed_lines if way == UNCLAIMED else found.by(way)


def identity(row: Row) -> str:
    return f"{row.source}\0{what(row)}"


def what(row: Row) -> str:
    return row.key if isinstance(row, UnclaimedLine) else row.what


def words(row: Row) -> str:
    """What a filter looks in."""
    more = " ".join(row.models) if isinstance(row, UnclaimedLine) else row.claimed_by or "nobody"
    return f"{row.source} {what(row)} {row.name} {more}"


def head(found: Residue, way: str, width: int, times_of: Times) -> list[PageLine]:
    """The month in figures, then what keeps them from being whole."""
    state = progress(found.at, found.start, found.end) if found.partial else "closed"
    share = Decimal(found.unclaimed) / found.metered if found.metered else Decimal(0)
    tone: Tone = "warn" if share > _MUCH else ""
    lines = [
        line(" ", Cell(in_words(found.month).capitalize(), "strong"), Cell(f"  {state}  ", "dim"), _SAYS[way]),
        cadence.figures([("metered", display(found.metered), "", ""),
                         ("nobody's", display(found.unclaimed), f" ({percent(share)})", tone),
                         ("billed", _or(found.billed), f" of days closed before {times_of(found.closed_until)}", "")],
                        width),
    ]
    if found.unknown:
        lines.append(line(" ", Cell(f"Not whole: {found.unknown[0]}", "warn"),
                          Cell(f" and {len(found.unknown) - 1} more" if len(found.unknown) > 1 else "", "warn")))
    return lines


def detail(found: Residue, row: Row, width: int) -> list[PageLine]:
    """One row in full, and what to do about it."""
    title = line(Cell(name(what(row), 120) or "none", "strong"), "  ", Cell(name(row.source), "dim"),
                 f"  {name(row.name, 60)}" if row.name else "")
    if isinstance(row, UnclaimedLine):
        return [title, BLANK, *_unclaimed(found, row, width)]
    return [title, BLANK, *_compared(row, width)]


def chart(found: Residue, width: int, height: int) -> list[PageLine]:
    """What no workload claims as bars, the dearest first."""
    shown = found.unclaimed_lines[: max(0, height - 1)]
    most = max((item.spent for item in shown), default=0)
    label = min(40, max((len(name(what(item), 40)) for item in shown), default=0))
    room = max(8, width - label - 20)
    return [heading("WHAT NO WORKLOAD CLAIMS, USD", ""), *(
        line("  ", name(what(item) or "none", label).ljust(label), f"{display(item.spent):>14}  ",
             Cell(across(item.spent, most, room), "bar")) for item in shown)]


def _unclaimed(found: Residue, row: UnclaimedLine, width: int) -> list[PageLine]:
    days = row.first_day if row.first_day == row.last_day else f"{row.first_day} to {row.last_day}"
    return [
        *_labelled("spent", f"{_guessed(row.spent, row.estimated)}, {percent(row.share)} of the month", width),
        *_labelled("used", days, width),
        *wrapped(f"models: {', '.join(name(model, 60) for model in row.models)}", width),
        BLANK,
        *wrapped("To claim it, give a workload this usage rule in the MBOM; n on the Daily begins a new one:", width,
                 tone="dim"),
        *wrapped(f"usage = [{name(row.rule, 400)}]", width),
    ]


def _compared(row: ResidueLine, width: int) -> list[PageLine]:
    lines = [
        *_labelled("metered", _guessed(row.metered, row.estimated), width),
        *_labelled("billed", f"{_or(row.billed)} USD for {_or(row.compared)} metered on the same days", width),
        *_labelled("claimed by", name(row.claimed_by or "nobody"), width),
    ]
    if row.gap is None:
        why = ("The day is not known whole, so it is not compared." if row.billed is not None else
               f"The source does not tell what it bills {_SAYS[row.by]}.")
        return [*lines, BLANK, *wrapped(why, width, tone="dim")]
    says = _EVEN if row.gap == 0 else _MORE if row.gap > 0 else _LESS
    return [*lines, *_labelled("gap", f"{display(row.gap)} USD", width), BLANK, *wrapped(says, width, tone="dim")]


def _labelled(label: str, text: str, width: int) -> list[PageLine]:
    return labelled(label, text, width, label_width=_LABEL)


def _claimant(row: Row) -> Cell:
    who = "" if isinstance(row, UnclaimedLine) else row.claimed_by
    return Cell(name(who, 40), "dim" if who == SEVERAL else "") if who else Cell("nobody", "warn")


def _metered(row: Row) -> Cell:
    spent = row.spent if isinstance(row, UnclaimedLine) else row.metered
    cell = cadence.money(spent)
    return Cell(f"{cell.text}~", cell.tone, spent, cell.shorter) if row.estimated else cell


def _amount(row: Row, part: str) -> Cell:
    return Cell("") if isinstance(row, UnclaimedLine) else cadence.money(getattr(row, part))


def _gap(row: Row) -> Cell:
    if isinstance(row, UnclaimedLine) or row.gap is None:
        return Cell("")
    return cadence.money(row.gap, 10, "warn" if abs(row.gap) > max(1_000_000, (row.billed or 0) // 100) else "")


def _guessed(amount: MicroUsd | None, estimated: MicroUsd) -> str:
    return f"{display(amount)} USD{f' (~ {display(estimated)} of it at estimated prices)' if estimated else ''}"


def _or(amount: MicroUsd | None) -> str:
    return "?" if amount is None else display(amount)
