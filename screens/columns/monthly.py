"""A month as rows of a table, and one workload's month written out. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from console.cadences.monthly import GapLine, MonthLine, Monthly, SavingLine
from console.money import MicroUsd
from screens.columns import cadence
from screens.columns.cadence import Figure, change, dollars, percent, quantity, times
from screens.columns.column import Cell, Column, Tone
from screens.columns.page import BLANK, PageLine, Times, beside, heading, labelled, line, name, wrapped
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
SUM, LABEL = 36, 14
"""Cells of the sum, and of a label beside it."""
_PARTS = (
    ("- baseline", "baseline"),
    ("- inference", "inference"),
    ("- review", "review"),
    ("- rework", "rework"),
)


def identity(item: MonthLine) -> str:
    return item.slug


def words(item: MonthLine) -> str:
    """What a filter looks in."""
    owes = " ".join(cadence.role(one) for one in item.owed)
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
            _per_dollar,
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
            lambda item: Cell(change(item.return_variance), _dress(item), item.return_variance),
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
            lambda item: Cell(change(item.spend_variance), _dress(item), item.spend_variance),
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


def detail(month: Monthly, item: MonthLine, width: int, times_of: Times) -> list[PageLine]:
    """One workload's month: the sum written out, what was explained, its thread, and the whole month's bills."""
    lines = [_title(item), *_account(item, width)]
    lines += _explanations(month, item, width, times_of)
    lines += _thread(item, width)
    own = [saving for saving in month.savings if saving.workload == item.slug]
    if own:
        lines += [BLANK, heading("SAVINGS OF THIS WORKLOAD", "USD a month")]
        lines += [row for saving in own for row in _saving(saving, width, times_of)]
    return [*lines, *_bills(month, width), *_savings(month, item.slug, width, times_of)]


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
    spent = f" of {dollars(total.planned, 0)}" if total.planned is not None else ""
    alpha = dollars(total.alpha_net, 0) if total.alpha_net is not None else dollars(total.known_alpha_net, 0)
    rest = "" if total.alpha_net is not None else f" ({total.known_workloads} of {len(month.lines)} known)"
    gap = _worst(month.gaps)
    found: list[Figure] = [
        ("spent", dollars(total.inference, 0), spent, "strong"),
        ("alpha-net", alpha if total.known_workloads else "?", rest, "strong" if not rest else "warn"),
        ("per $", times(total.per_dollar), "", "strong"),
    ]
    if total.unattributed:
        found.append(("unclaimed", dollars(total.unattributed, 0), "", "warn"))
    if gap is not None:
        found.append(("billed", gap.kind, "", "" if gap.kind in CALM_GAPS else "warn"))
    if total.promised:
        found.append(("saved", dollars(total.realised, 0), f" of {dollars(total.promised, 0)} promised", ""))
    return found


def _worst(gaps: Sequence[GapLine]) -> GapLine | None:
    return max(gaps, key=lambda gap: (gap.kind not in CALM_GAPS, abs(gap.gap or 0)), default=None)


# The row.


def _alpha_net(item: MonthLine) -> Cell:
    tone: Tone = "alarm" if item.alpha_net is not None and item.alpha_net < 0 else ""
    return cadence.money(item.alpha_net, 14, tone)


def _per_dollar(item: MonthLine) -> Cell:
    if item.per_dollar is None:
        return Cell("" if item.inference == 0 else "?", "warn", None)
    return Cell(times(item.per_dollar), "alarm" if item.per_dollar < 0 else "", item.per_dollar)


def _plain(value: object) -> Cell:
    return Cell("") if value is None else Cell(times(value), "dim", value)  # type: ignore[arg-type]


def _spent(item: MonthLine) -> Cell:
    if item.inference is None:
        return cadence.money(None)
    mark = "~" if item.estimated else ""
    return Cell(mark + cadence.money(item.inference, 13).text, "", item.inference)


def _dress(item: MonthLine) -> Tone:
    return "warn" if item.over and item.owed else ""


def _state(item: MonthLine) -> Cell:
    rank, tone = STATES.get(item.state, (9, ""))
    return Cell(f"! {item.state}" if item.state == "open" else item.state, tone, rank)


def _outcomes(item: MonthLine) -> Cell:
    return Cell("?", "dim", None) if item.outcomes is None else Cell(quantity(item.outcomes), "", item.outcomes)


# In full.


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
    return line("  ", Cell(f"{label:<18}", "" if strong else "dim"), Cell(f"{dollars(amount):>{SUM - 20}}", tone))


def _promise(item: MonthLine, width: int) -> list[PageLine]:
    unit = f" {item.outcome}" if item.outcome else ""
    lines = labelled("outcomes", f"{quantity(item.outcomes)}{unit}", width, label_width=LABEL, most=1)
    if item.charter_version is None:
        lines += labelled("Charter", "none, so nothing was promised", width, label_width=LABEL, most=2)
    else:
        lines += labelled("Charter", f"version {item.charter_version}", width, label_width=LABEL)
    if item.planned is not None:
        spend = f"{dollars(item.planned)} ({percent(item.spend_variance)})"
        lines += labelled("planned spend", spend, width, label_width=LABEL, most=2)
    if item.planned_alpha_net is not None:
        lines += labelled("planned alpha", dollars(item.planned_alpha_net), width, label_width=LABEL)
    kept = times(item.per_dollar) if item.inference else "nothing was spent"
    promised = f" of {times(item.planned_per_dollar)} planned ({percent(item.return_variance)})"
    lines += labelled(
        "per dollar", kept + (promised if item.planned_per_dollar is not None else ""), width, label_width=LABEL, most=2
    )
    if item.owed:
        lines += labelled("to explain", cadence.roles(item.owed), width, label_width=LABEL, tone="warn", most=2)
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
                Cell(f"{cadence.role(said.role)}", "dim"),
                f"  {name(said.by, 24)}",
                Cell(f"  {times_of(said.at)}", "dim"),
            )
        )
        lines += wrapped(said.text, width, indent=4, most=8)
    for role in item.owed:
        lines.append(line("  ", Cell(f"{cadence.role(role)} has not written one yet; X writes it", "warn")))
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
                Cell(f"  {percent(gap.share)} over {gap.days} days" if gap.share is not None else "", "dim"),
            )
        )
        billed = f"    billed {dollars(gap.billed)}  metered {dollars(gap.metered)}  gap {_signed(gap.gap)}"
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
            dollars(saving.promised),
            "  realised ",
            Cell(dollars(saving.realised), tone),
            Cell(f"  since {times_of(saving.applied_at)} by {name(saving.declared_by, 20)}", "dim"),
        )
    )
    return [*lines, *(wrapped(saving.basis, width, indent=4, tone="dim", most=2) if saving.basis else [])]


def _signed(amount: MicroUsd | None) -> str:
    return f"+{dollars(amount)}" if amount is not None and amount > 0 else dollars(amount)


MEANINGS = tuple((column.title, column.about) for column in columns())
