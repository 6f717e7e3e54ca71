"""How near a workload is to a kill by signs, and what kills it, in dollars. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from console.cadences.daily import WorkloadLine
from console.cadences.sign_lines import SignLine, SignsLine
from console.text import clean, display_width, pad
from screens.columns.column import Cell, Tone
from screens.columns.page import INDENT, PageLine, heading, line, wrapped

NEAR = 0.75
"""From this share on a cell is dressed and marked."""
BAR = 10
STOPPED = ("held", "tripped")
_FILLED, _EMPTY = "█", "·"


def nearest(item: WorkloadLine) -> Cell:
    """The table's cell: `65%`, `! 90%`, `! LIT`; blank where nothing was judged or the workload stands still."""
    share = item.signs.nearest if item.signs is not None else None
    if share is None or item.breaker in STOPPED:
        return Cell("")
    if share >= 1:
        return Cell("! LIT", "alarm", share)
    return Cell(f"! {share:.0%}", "warn", share) if share >= NEAR else Cell(f"{share:.0%}", "", share)


def said(sign: SignLine) -> str:
    """`LIT`, or the share of the line."""
    return ("LIT" if sign.share < 2 else f"LIT {sign.share:.0f}x") if sign.lit else f"{sign.share:.0%}"


def strip(item: WorkloadLine | None, width: int, height: int) -> list[PageLine]:
    """The selected workload in two lines: its nearest signs, and what kills it."""
    signs = item.signs if item is not None else None
    if item is None:
        return []
    head = f" SIGNS {clean(item.slug, 24)}  "
    if signs is None:
        return [line(Cell(head, "strong"), Cell("none: without a signed Charter nothing is judged", "dim"))]
    return [
        line(Cell(head, "strong"), *_in_a_row(signs, width - display_width(head))),
        line(" ", Cell(clean(signs.brief, width - 1), "dim")),
    ][:height]


def panel(item: WorkloadLine | None, width: int, height: int) -> list[PageLine]:
    """The selected workload beside the table: each sign with its bar, the lit ones first, and what kills."""
    if item is None:
        return []
    lines = [line(Cell("SIGNS ", "strong"), Cell(clean(item.slug, width - 6), "strong")), *block(item, width, 0)]
    return lines if len(lines) <= height else [*lines[: height - 1], line(Cell("enter shows the others", "dim"))]


def page_block(item: WorkloadLine, width: int) -> list[PageLine]:
    """The same as a block of the workload's page."""
    return [heading("SIGNS OF A RUNAWAY", "each as a share of its line"), *block(item, width, INDENT)]


def block(item: WorkloadLine, width: int, indent: int) -> list[PageLine]:
    """What stands of a workload's signs: nothing without a Charter, its lines before anything was judged."""
    signs = item.signs
    if signs is None:
        return wrapped("Without a signed Charter nothing is judged, and nothing kills.", width, indent=indent)
    lines: list[PageLine] = []
    for sign in signs.signs:
        if sign.share:
            lines += _sign(sign, _tone(sign, signs), width, indent)
    if not signs.signs:
        lines += wrapped("not judged yet: the engine has not read its minutes", width, indent=indent, tone="dim")
    for each in signs.lines:
        lines += wrapped(each, width, indent=indent, most=3)
    low = ", ".join(sign.name for sign in signs.signs if not sign.share)
    for why in (*([f"under 5%: {low}"] if low else []), *signs.unjudged):
        lines += wrapped(why, width, indent=indent, tone="dim", most=3)
    return lines


def _in_a_row(signs: SignsLine, width: int) -> Sequence[Cell]:
    if not signs.signs:
        return (Cell("not judged yet", "dim"),)
    near = [sign for sign in signs.signs if sign.share]
    if not near:
        return (Cell("none is near its line", "dim"),)
    cells: list[Cell] = []
    used = 0
    for sign in near:
        text = f"{' · ' if cells else ''}{'! ' if sign.lit else ''}{sign.name} {said(sign)}"
        used += display_width(text)
        if used > width:
            break
        cells.append(Cell(text, _tone(sign, signs)))
    return cells


def _sign(sign: SignLine, tone: Tone, width: int, indent: int) -> list[PageLine]:
    """A bar, the share, the name; below it what it says, where it is near."""
    named = f" {pad(said(sign), 7, right=True)}  {sign.name}"
    head = line(" " * indent, Cell(bar(sign.share), tone or "bar"), Cell(named, tone))
    return [head, *(wrapped(sign.says, width, indent=indent + 2, most=4) if sign.says else [])]


def bar(share: float) -> str:
    """A line of `BAR` cells, full where the sign is lit."""
    full = min(BAR, int(share * BAR + 1e-9))
    return _FILLED * full + _EMPTY * (BAR - full)


def _tone(sign: SignLine, signs: SignsLine) -> Tone:
    """One lit sign is nothing yet; those that are lit when it kills are."""
    if not sign.lit:
        return ""
    return "alarm" if (signs.nearest or 0) >= 1 else "warn"
