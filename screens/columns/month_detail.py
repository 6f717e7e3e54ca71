"""One workload's month written out: the sum, the explanations, what led there, bills and savings. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from console import wording
from console.cadences.monthly import MonthLine, Monthly, OutcomeLine, SavingLine
from console.figures import change, number, ratio
from console.money import MicroUsd, display
from screens.columns.column import Cell, Tone
from screens.columns.monthly import CALM_GAPS, STATES
from screens.columns.page import (
    BLANK,
    Heading,
    PageLine,
    Times,
    beside,
    heading,
    labelled,
    line,
    name,
    paragraphs,
    table,
    wrapped,
)

SUM, LABEL = 36, 14
"""Cells of the sum, and of a label beside it."""
MOST_ROWS = 100
"""Of the ledger, before the rest is counted only."""
_HEADINGS = (
    Heading("PERIOD", 22),
    Heading("OUTCOMES", 9, right=True),
    Heading("VALUE $", 12, right=True),
    Heading("BASELINE $", 12, right=True),
    Heading("REVIEW $", 9, right=True),
    Heading("REWORK $", 9, right=True),
    Heading("FROM", 0),
)
_PARTS = (
    ("- baseline", "baseline"),
    ("- inference", "inference"),
    ("- review", "review"),
    ("- rework", "rework"),
)


def detail(
    month: Monthly, item: MonthLine, width: int, times_of: Times, behind: Sequence[PageLine] = ()
) -> list[PageLine]:
    """One workload's month: the sum written out, what was explained, its thread, and the whole month's bills. `behind`:
    what stands behind the sum."""
    lines = [_title(item), *_account(item, width)]
    lines += _explanations(month, item, width, times_of)
    lines += [*_thread(item, width), *behind]
    own = [saving for saving in month.savings if saving.workload == item.slug]
    if own:
        lines += [BLANK, heading("SAVINGS OF THIS WORKLOAD", "USD a month")]
        lines += [row for saving in own for row in _saving(saving, width, times_of)]
    return [*lines, *_bills(month, width), *_savings(month, item.slug, width, times_of)]


def ledger(rows: Sequence[OutcomeLine] | None, width: int) -> list[PageLine]:
    """The rows of the ledger behind the sums of one workload; None while they are on their way."""
    lines = [BLANK, heading("LEDGER OF OUTCOMES", "USD; dim is what the Charter says of each outcome")]
    if rows is None:
        return [*lines, line(Cell("  loading…", "dim"))]
    if not rows:
        nothing = "No row of this month: + enters one, outcomes import takes a file."
        return [*lines, *wrapped(nothing, width, tone="dim")]
    said = [_row(row) for row in rows[:MOST_ROWS]]
    lines += table(_HEADINGS, ((cells, None) for cells in said), width)
    if len(rows) > MOST_ROWS:
        lines += wrapped(f"… and {len(rows) - MOST_ROWS:,} more: token-console outcomes list", width, tone="dim")
    return lines


def _row(row: OutcomeLine) -> list[Cell | str]:
    return [
        row.period,
        number(row.outcomes),
        Cell(display(row.value), "dim" if "value" in row.by_charter else ""),
        Cell(display(row.baseline), "dim" if "baseline" in row.by_charter else ""),
        display(row.review),
        display(row.rework),
        Cell(f"{row.reference}  {row.origin} by {row.entered_by}{f': {row.note}' if row.note else ''}".strip(), "dim"),
    ]


def _title(item: MonthLine) -> PageLine:
    _, tone = STATES.get(item.state, (9, ""))
    return line(
        Cell(name(item.name, 40), "strong"),
        "  ",
        Cell(name(item.slug, 32), "dim"),
        "  ",
        Cell(item.state.upper(), tone),
    )


def _account(item: MonthLine, width: int) -> list[PageLine]:
    """The sum on the left, what was promised beside it or, where there is no room, below."""
    right = _promise(item, max(24, width - SUM - 2) if width >= 2 * SUM else width)
    left = _sum(item)
    return beside(left, right, SUM + 2) if width >= 2 * SUM else [*left, *right]


def _sum(item: MonthLine) -> list[PageLine]:
    """`value - baseline - inference - review - rework = alpha-net`, one part a line."""
    rows = [_part("value of outcomes", item.value)]
    rows += [_part(label, getattr(item, part)) for label, part in _PARTS]
    return [*rows, _part("= alpha-net", item.alpha_net, strong=True)]


def _part(label: str, amount: MicroUsd | None, *, strong: bool = False) -> PageLine:
    tone: Tone = "warn" if amount is None else "strong" if strong else ""
    return line("  ", Cell(f"{label:<18}", "" if strong else "dim"), Cell(f"{display(amount):>{SUM - 20}}", tone))


def _promise(item: MonthLine, width: int) -> list[PageLine]:
    unit = f" {item.outcome}" if item.outcome else ""
    lines = labelled("outcomes", f"{number(item.outcomes)}{unit}", width, label_width=LABEL, most=1)
    if item.charter_version is None:
        lines += labelled("Charter", "none, so nothing was promised", width, label_width=LABEL, most=2)
    else:
        lines += labelled("Charter", f"version {item.charter_version}", width, label_width=LABEL)
    if item.planned is not None:
        spend = f"{display(item.planned)} ({change(item.spend_variance)})"
        lines += labelled("planned spend", spend, width, label_width=LABEL, most=2)
    if item.planned_alpha_net is not None:
        lines += labelled("planned alpha", display(item.planned_alpha_net), width, label_width=LABEL)
    kept = ratio(item.per_dollar) if item.inference else "nothing was spent"
    promised = f" of {ratio(item.planned_per_dollar)} planned ({change(item.return_variance)})"
    lines += labelled(
        "per dollar", kept + (promised if item.planned_per_dollar is not None else ""), width, label_width=LABEL, most=2
    )
    if item.owed:
        lines += labelled("to explain", wording.roles(item.owed), width, label_width=LABEL, tone="warn", most=2)
    if item.missing:
        lines += labelled("not known", ", ".join(item.missing), width, label_width=LABEL, tone="warn", most=2)
    return lines


def _explanations(month: Monthly, item: MonthLine, width: int, times_of: Times) -> list[PageLine]:
    if not item.over and not item.explanations:
        return []
    beyond = f"both owed above {month.threshold * 100:.0f} %"
    lines = [BLANK, heading("EXPLANATIONS", beyond)]
    for said in item.explanations:
        lines.append(
            line(
                "  ",
                Cell(f"{wording.role(said.role)}", "dim"),
                f"  {name(said.by, 24)}",
                Cell(f"  {times_of(said.at)}", "dim"),
            )
        )
        lines += paragraphs(said.text, width, indent=4)
    for role in item.owed:
        lines.append(line("  ", Cell(f"{wording.role(role)} has not written one yet; X writes it", "warn")))
    return lines


def _thread(item: MonthLine, width: int) -> list[PageLine]:
    """What led here: each a place to stop at, which enter opens."""
    if not item.exceptions and not item.trips:
        return []
    lines = [BLANK, heading("WHAT LED HERE", "enter opens it")]
    lines += [line("  ", f"kill {name(trip, 40)}", stop=("intent", trip)) for trip in item.trips]
    lines += [line("  ", f"exception {number}", stop=("exception", str(number))) for number in item.exceptions]
    return lines


def _bills(month: Monthly, width: int) -> list[PageLine]:
    if not month.gaps:
        return []
    lines = [BLANK, heading("METERED AGAINST BILLED", "USD, all workloads, closed days")]
    for gap in month.gaps:
        calm = gap.kind in CALM_GAPS
        lines.append(
            line(
                "  ",
                Cell(name(gap.source, 24), "strong"),
                Cell(f"  {gap.kind}", "good" if calm else "warn"),
                Cell(f"  {change(gap.share)} over {gap.days} days" if gap.share is not None else "", "dim"),
            )
        )
        billed = f"    billed {display(gap.billed)}  metered {display(gap.metered)}  gap {_signed(gap.gap)}"
        lines.append(line(billed))
        lines += wrapped(gap.says, width, indent=4, tone="dim", most=3)
    return lines


def _savings(month: Monthly, slug: str, width: int, times_of: Times) -> list[PageLine]:
    others = [saving for saving in month.savings if saving.workload != slug]
    if not others:
        return []
    lines = [BLANK, heading("OTHER SAVINGS", "USD a month")]
    return [*lines, *(row for saving in others for row in _saving(saving, width, times_of, named=True))]


def _saving(saving: SavingLine, width: int, times_of: Times, *, named: bool = False) -> list[PageLine]:
    tone: Tone = "warn" if saving.realised is None else "alarm" if saving.realised < 0 else "good"
    whose = f"{name(saving.workload, 32)}: " if named else ""
    lines = wrapped(f"{whose}{saving.what}", width, most=2)
    lines.append(
        line(
            "    promised ",
            display(saving.promised),
            "  realised ",
            Cell(display(saving.realised), tone),
            Cell(f"  since {times_of(saving.applied_at)} by {name(saving.declared_by, 20)}", "dim"),
        )
    )
    return [*lines, *(wrapped(saving.basis, width, indent=4, tone="dim", most=2) if saving.basis else [])]


def _signed(amount: MicroUsd | None) -> str:
    return f"+{display(amount)}" if amount is not None and amount > 0 else display(amount)
