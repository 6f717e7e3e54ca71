"""A month as rows of a table, and one workload's month written out. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from console import wording
from console.cadences.monthly import GapLine, MonthLine, Monthly
from console.figures import number, ratio
from console.money import display
from screens.columns import cadence
from screens.columns.cadence import Figure
from screens.columns.column import Cell, Column, Tone
from screens.columns.page import PageLine, Times, line
from screens.columns.periods import in_words, progress

STATES: dict[str, tuple[int, Tone]] = {
    "open": (0, "warn"),
    "off plan": (1, "warn"),
    "unknown": (2, "warn"),
    "no Charter": (3, "dim"),
    "explained": (4, ""),
    "on plan": (5, "good"),
}
"""How urgent each state is, and how it is dressed."""
CALM_GAPS = ("none", "within tolerance")


def identity(item: MonthLine) -> str:
    return item.slug


def words(item: MonthLine) -> str:
    """What a filter looks in."""
    owes = " ".join(wording.role(one) for one in item.owed)
    return " ".join(filter(None, (item.slug, item.name, item.owner, item.platform_lead, item.state, owes)))


def listed(month: Monthly) -> list[MonthLine]:
    """What waits for somebody first, then by spend."""
    return sorted(month.lines, key=lambda item: (STATES.get(item.state, (9, ""))[0], -(item.inference or 0), item.slug))


def counts(month: Monthly) -> str:
    """`3 open, 1 unknown, 9 on plan`."""
    found = Counter(item.state for item in month.lines)
    return ", ".join(f"{found[state]} {state}" for state in STATES if found[state])


def columns() -> tuple[Column[MonthLine], ...]:
    """The table's columns."""
    return (
        Column(
            "WORKLOAD", 16, lambda item: Cell(item.slug, "strong", item.slug), most=32, about="Its slug in the MBOM."
        ),
        Column(
            "ALPHA-NET $",
            11,
            _alpha_net,
            2,
            right=True,
            descending=True,
            most=14,
            about="Value of its outcomes less baseline, inference, review and rework; ? where a part is not known.",
        ),
        Column(
            "PER $",
            6,
            lambda item: cadence.per_dollar(item.per_dollar, item.inference),
            2,
            right=True,
            most=8,
            descending=True,
            about="Alpha-net for a dollar of inference; blank where nothing was spent.",
        ),
        Column(
            "PLAN PER $",
            10,
            lambda item: _plain(item.planned_per_dollar),
            9,
            right=True,
            descending=True,
            about="The same by its Charter's projection.",
        ),
        Column(
            "PER %",
            5,
            lambda item: Cell(cadence.whole_percent(item.return_variance), _dress(item), item.return_variance),
            4,
            right=True,
            about="How far PER $ is from the Charter's.",
        ),
        Column(
            "SPENT $",
            9,
            lambda item: _spent(item),
            1,
            right=True,
            descending=True,
            most=14,
            about="Inference of the month, UTC; ~ where some of it is priced by an estimate.",
        ),
        Column(
            "PLAN $",
            9,
            lambda item: Cell("") if item.planned is None else cadence.money(item.planned, 14),
            8,
            right=True,
            descending=True,
            most=14,
            about="What the Charter expects of the month, or of the part of it that has gone by.",
        ),
        Column(
            "SPENT %",
            7,
            lambda item: Cell(cadence.whole_percent(item.spend_variance), _dress(item), item.spend_variance),
            3,
            right=True,
            descending=True,
            about="How far SPENT $ is from the plan.",
        ),
        Column(
            "STATE",
            10,
            _state,
            1,
            about="on plan; off plan: so far, while the month runs; open: a variance waits for its explanations; "
            "explained; unknown: a part of the sum is not "
            "known; no Charter: nothing was promised.",
        ),
        Column(
            "OWED",
            5,
            lambda item: cadence.owed(item.owed),
            5,
            descending=True,
            about="Whose explanation is still missing: owner, lead, or both.",
        ),
        Column(
            "OUTCOMES", 10, lambda item: _outcomes(item), 10, right=True, descending=True, about="How many it produced."
        ),
        Column(
            "OWNER",
            12,
            lambda item: Cell(item.owner or "nobody", "" if item.owner else "warn", item.owner),
            11,
            most=20,
            about="The business owner.",
        ),
    )


def head(month: Monthly, width: int, times_of: Times) -> list[PageLine]:
    """Which month, whether it still runs, what waits; then the sums; then what is missing, if anything."""
    title = in_words(month.month)
    first = line(" ", Cell(title, "strong"), Cell(f"  {_running(month)}", "dim"), *_waits(month))
    until = _until(month, times_of)
    if len(first.text()) + len(until) <= width:
        first = line(*first.pieces, Cell(until, "dim"))
    lines = [first]
    lines.append(cadence.figures(_sums(month), width))
    if month.lines and all(item.value is None for item in month.lines):
        lines.append(
            line(
                Cell(
                    " No outcomes yet: + enters those of one workload, token-console outcomes import FILE many.",
                    "warn",
                )
            )
        )
    return lines


# The head.


def _running(month: Monthly) -> str:
    return f"{progress(month.at, month.start, month.end)}, still runs" if month.partial else "closed (UTC)"


def _until(month: Monthly, times_of: Times) -> str:
    if not month.partial:
        return ""
    return f"  data until {times_of(month.data_until)}" if month.data_until else "  no data yet"


def _waits(month: Monthly) -> list[Cell]:
    count = month.totals.open
    above = f"above {month.threshold * 100:.0f} %"
    return [Cell(f"  {count} to explain ({above})", "warn")] if count else [Cell(f"  nothing {above} waits", "dim")]


def _sums(month: Monthly) -> list[Figure]:
    total = month.totals
    spent = f" of {display(total.planned, 0)}" if total.planned is not None else ""
    rest = "" if total.alpha_net is not None else f" ({total.known_workloads} of {len(month.lines)} known)"
    gap = _worst(month.gaps)
    found: list[Figure] = [
        ("spent", display(total.inference, 0), spent, "strong"),
        ("alpha-net", display(total.known_alpha_net, 0), rest, "strong" if not rest else "warn"),
        ("per $", ratio(total.per_dollar), "", "strong"),
    ]
    if total.unattributed:
        found.append(("unclaimed", display(total.unattributed, 0), "", "warn"))
    if gap is not None:
        found.append(("billed", gap.kind, "", "" if gap.kind in CALM_GAPS else "warn"))
    if total.promised:
        found.append(("saved", display(total.realised, 0), f" of {display(total.promised, 0)} promised", ""))
    return found


def _worst(gaps: Sequence[GapLine]) -> GapLine | None:
    return max(gaps, key=lambda gap: (gap.kind not in CALM_GAPS, abs(gap.gap or 0)), default=None)


# The row.


def _alpha_net(item: MonthLine) -> Cell:
    tone: Tone = "alarm" if item.alpha_net is not None and item.alpha_net < 0 else ""
    return cadence.money(item.alpha_net, 14, tone)


def _plain(value: object) -> Cell:
    return Cell("") if value is None else Cell(ratio(value), "dim", value)  # type: ignore[arg-type]


def _spent(item: MonthLine) -> Cell:
    if item.inference is None:
        return cadence.money(None)
    mark, cell = "~" if item.estimated else "", cadence.money(item.inference, 13)
    return replace(cell, text=mark + cell.text, shorter=tuple(mark + said for said in cell.shorter))


def _dress(item: MonthLine) -> Tone:
    return "warn" if item.over and item.owed else ""


def _state(item: MonthLine) -> Cell:
    rank, tone = STATES.get(item.state, (9, ""))
    return Cell(f"! {item.state}" if item.state == "open" else item.state, tone, rank)


def _outcomes(item: MonthLine) -> Cell:
    return Cell("?", "dim", None) if item.outcomes is None else Cell(number(item.outcomes), "", item.outcomes)


MEANINGS = tuple((column.title, column.about) for column in columns())
