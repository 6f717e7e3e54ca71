"""A quarter's reviews as rows of a table, and one workload's review written out. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from console.cadences.quarterly import DECISIONS, NoteLine, QuarterLine, Quarterly
from console.figures import change, number, ratio
from console.money import display
from console.wording import number_of, role, roles
from screens.columns import cadence
from screens.columns.cadence import Figure
from screens.columns.column import Cell, Column, Tone
from screens.columns.page import (
    BLANK,
    INDENT,
    PageLine,
    Times,
    heading,
    labelled,
    line,
    name,
    paragraphs,
    wrapped,
)
from screens.columns.periods import in_words, progress, short_month

LABEL = 13
MONTH_DAYS = 30.44
SOON_DAYS = 30
_EXCEPTION = re.compile(r"exception ([0-9]+): ")
"""How a question begins that an exception asks."""
_RANKS = {"overdue": 0, "due": 1, "": 2, "ended": 3}


def identity(item: QuarterLine) -> str:
    return item.slug


def words(item: QuarterLine) -> str:
    """What a filter looks in."""
    said = (
        item.slug,
        item.name,
        item.owner,
        item.platform_lead,
        item.status,
        item.half_life,
        standing(item),
        item.cell,
    )
    return " ".join(filter(None, (*said, "over" if item.half_life_over else "", *item.attention)))


def standing(item: QuarterLine) -> str:
    """Where its review stands: overdue, due, ended, or nothing where none is due yet."""
    if item.decision is not None:
        return "ended"
    return "overdue" if item.overdue else "due" if item.review_due is not None else ""


def listed(quarter: Quarterly) -> list[QuarterLine]:
    """What needs attention first, the ended reviews last, each by spend."""

    def urgency(item: QuarterLine) -> tuple[int, bool, int, str]:
        return _RANKS[standing(item)], not item.attention, -(item.spent or 0), item.slug

    return sorted(quarter.lines, key=urgency)


def counts(quarter: Quarterly) -> str:
    """`2 overdue, 3 ended, 4 need attention`."""
    found = Counter(standing(item) for item in quarter.lines)
    attention = sum(bool(item.attention) for item in quarter.lines)
    said = [f"{found[what]} {what}" for what in ("overdue", "ended") if found[what]]
    said += [f"{attention} need{'s' if attention == 1 else ''} attention"] if attention else []
    return ", ".join(said)


def columns(now: Callable[[], datetime]) -> tuple[Column[QuarterLine], ...]:
    """The table's columns; `now` gives the instant that what is left of a time is counted from."""
    return (
        Column(
            "WORKLOAD", 14, lambda item: Cell(item.slug, "strong", item.slug), most=32, about="Its slug in the MBOM."
        ),
        Column(
            "PLANNED $",
            9,
            lambda item: Cell("") if item.planned is None else cadence.money(item.planned, 14),
            4,
            right=True,
            descending=True,
            most=14,
            about="The Charter's expected months, over the part of the quarter that has gone by.",
        ),
        Column(
            "SPENT $",
            9,
            lambda item: cadence.money(item.spent, 14, _over_plan(item)),
            1,
            right=True,
            descending=True,
            most=14,
            about="What it spent in the quarter.",
        ),
        Column(
            "ALPHA-NET $",
            11,
            lambda item: cadence.money(item.alpha_net, 14, "alarm" if (item.alpha_net or 0) < 0 else ""),
            2,
            right=True,
            descending=True,
            most=14,
            about="Value of its outcomes less baseline, inference, review and rework; ? where a part is not known.",
        ),
        Column(
            "PER $",
            6,
            lambda item: cadence.per_dollar(item.per_dollar, item.spent),
            3,
            right=True,
            descending=True,
            most=8,
            about="Alpha-net for a dollar of inference.",
        ),
        Column(
            "HALF-LIFE",
            9,
            lambda item: _half_life(item, now()),
            2,
            about="How long the edge that its Charter states still lasts by its class; OVER where it has run out.",
        ),
        Column(
            "REVIEW",
            8,
            lambda item: _review(item, now()),
            1,
            about="When its review is due, OVERDUE, or how it ended: reaffirm, revise, retire.",
        ),
        Column(
            "ASKS",
            4,
            lambda item: Cell(str(len(item.questions)) if item.questions else "", "warn", len(item.questions)),
            3,
            right=True,
            descending=True,
            about="How many questions the quarter puts to its Charter.",
        ),
        Column(
            "OWED", 5, lambda item: cadence.owed(item.owed), 9, about="Who has not recommended yet: owner, lead, both."
        ),
        Column("CELL", 15, lambda item: Cell(item.cell, "dim", item.cell), 11, about="Its TRAM cell."),
        Column(
            "TRIPS", 5, _trips, 10, right=True, descending=True, about="How often its breaker tripped in the quarter."
        ),
        Column(
            "OWNER",
            12,
            lambda item: Cell(item.owner or "nobody", "" if item.owner else "warn", item.owner),
            12,
            most=20,
            about="The business owner.",
        ),
    )


def head(quarter: Quarterly, width: int, times_of: Times) -> list[PageLine]:
    """Which quarter, whether it still runs, how many reviews are behind; then the sums."""
    total = quarter.totals
    months = (
        f"{short_month(quarter.month_names[0])}-{short_month(quarter.month_names[-1])}" if quarter.month_names else ""
    )
    runs = progress(quarter.at, quarter.start, quarter.end) if quarter.partial else "closed"
    behind = f"  {total.overdue} review{'s' if total.overdue != 1 else ''} overdue" if total.overdue else ""
    reviewed = f"  {total.reviewed} of {len(quarter.lines)} reviewed"
    title = in_words(quarter.quarter)
    return [
        line(
            " ",
            Cell(f"{title[:1].upper()}{title[1:]}", "strong"),
            Cell(f"  {months}, {runs}", "dim"),
            Cell(reviewed),
            Cell(behind, "warn"),
        ),
        cadence.figures(_sums(quarter), width),
    ]


def detail(quarter: Quarterly, item: QuarterLine, width: int, times_of: Times) -> list[PageLine]:
    """The five of the playbook: planned, spent, produced, learned, recommended; what is asked; what was decided."""
    lines = [_title(item)]
    lines += labelled("planned", _planned(item), width, label_width=LABEL, most=2)
    lines += labelled("spent", _spent(quarter, item), width, label_width=LABEL, tone=_over_plan(item), most=2)
    lines += labelled("produced", _produced(item), width, label_width=LABEL, most=2)
    lines += _notes("learned", item.learned, "nothing was written down yet; l does", width, times_of)
    lines += _notes("recommended", item.recommended, "", width, times_of)
    if item.owed:
        verb = "has" if len(item.owed) == 1 else "have"
        owing = f"{roles(item.owed)} {verb} not recommended yet; P does"
        lines += labelled(
            "" if item.recommended else "recommended", owing, width, label_width=LABEL, tone="warn", most=2
        )
    if item.decision is not None:
        lines += _notes("decided", (item.decision,), "", width, times_of, kind=True)
    lines += _questions(item, width)
    lines += [BLANK, heading("CHARTER"), *_charter(item, width)]
    return [*lines, *_attention(item, width)]


# The head.


def _sums(quarter: Quarterly) -> list[Figure]:
    total = quarter.totals
    whole = total.known_workloads == len(quarter.lines)
    known = "" if whole else f" ({total.known_workloads} of {len(quarter.lines)} known)"
    sums: list[Figure] = [
        ("spent", display(total.spent, 0), f" of {display(total.planned, 0)}", "strong"),
        ("alpha-net", display(total.alpha_net, 0), known, "strong" if not known else "warn"),
        ("per $", ratio(total.per_dollar), "", "strong"),
        ("trips", str(total.trips), "", "warn" if total.trips else ""),
    ]
    return sums + ([("unclaimed", display(total.unattributed, 0), "", "warn")] if total.unattributed else [])


# The row.


def _over_plan(item: QuarterLine) -> Tone:
    return "warn" if item.planned and item.spent is not None and item.spent > item.planned * 5 // 4 else ""


def _half_life(item: QuarterLine, at: datetime) -> Cell:
    if item.half_life_over or item.half_life == "expired":
        return Cell("! OVER", "alarm", 0)
    if item.half_life_ends is None:
        return Cell(item.half_life, "dim", None)
    days = (item.half_life_ends - at).days
    said = f"{days / MONTH_DAYS:.0f} months" if days >= 2 * MONTH_DAYS else f"{days} days"
    return Cell(said, "warn" if days < 3 * SOON_DAYS else "", days)


def _review(item: QuarterLine, at: datetime) -> Cell:
    if item.decision is not None:
        return Cell(item.decision.kind, "good", 9_999)
    if item.overdue:
        return Cell("OVERDUE", "alarm", -1)
    if item.review_due is None:
        return Cell("", "", None)
    days = max(0, (item.review_due - at).days)
    return Cell(f"due {days}d", "warn" if days < SOON_DAYS else "dim", days)


def _trips(item: QuarterLine) -> Cell:
    return Cell(str(item.trips) if item.trips else "", "warn", item.trips)


# In full.


def _title(item: QuarterLine) -> PageLine:
    said = f"ENDED: {item.decision.kind}" if item.decision is not None else "OVERDUE" if item.overdue else ""
    return line(
        Cell(name(item.name, 40), "strong"),
        "  ",
        Cell(name(item.slug, 32), "dim"),
        Cell(f"  {said}" if said else "", "alarm" if item.overdue and item.decision is None else "warn"),
        Cell(f"  {name(item.status, 12)}" if item.status != "live" else "", "dim"),
    )


def _planned(item: QuarterLine) -> str:
    if item.planned is None:
        return "nothing: it has no Charter in force"
    return f"{display(item.planned)} by version {item.charter_version} of its Charter, over what has gone by"


def _spent(quarter: Quarterly, item: QuarterLine) -> str:
    months = " · ".join(
        f"{short_month(month)} {display(spent)}"
        for month, spent in zip(quarter.month_names, item.months, strict=False)
        if month <= f"{quarter.at:%Y-%m}"
    )
    share = Decimal(item.spent - item.planned) / item.planned if item.planned and item.spent is not None else None
    against = f" ({change(share)})" if share is not None else ""
    return f"{display(item.spent)}{against}{f': {months}' if months else ''}"


def _produced(item: QuarterLine) -> str:
    unit = f" {item.outcome}" if item.outcome else " outcomes"
    worth = f"{number(item.outcomes)}{unit} worth {display(item.value)}"
    return f"{worth}, alpha-net {display(item.alpha_net)}, {ratio(item.per_dollar)} for a dollar"


def _notes(
    label: str, notes: Sequence[NoteLine], nothing: str, width: int, times_of: Times, *, kind: bool = False
) -> list[PageLine]:
    if not notes:
        return labelled(label, nothing, width, label_width=LABEL, tone="dim") if nothing else []
    lines: list[PageLine] = []
    for at, note in enumerate(notes):
        what = f"{DECISIONS.get(note.kind, note.kind)}. " if kind else ""
        by = f"({role(note.role)} {name(note.by, 24)}, {times_of(note.at)})"
        first, *more = f"{what}{note.text} {by}".splitlines()
        lines += labelled(label if at == 0 else "", first, width, label_width=LABEL, most=12)
        lines += paragraphs("\n".join(more), width, indent=INDENT + LABEL)
    return lines


def _questions(item: QuarterLine, width: int) -> list[PageLine]:
    """Each question; where it comes from an exception, a place to stop at, which enter opens."""
    if not item.questions:
        return []
    lines = [BLANK, heading("WHAT THE QUARTER ASKS OF ITS CHARTER", "enter opens an exception")]
    for asked in item.questions:
        found = _EXCEPTION.match(asked)
        lines += wrapped(f"? {asked}", width, most=3, stop=("exception", found[1]) if found else None)
    return lines


def _charter(item: QuarterLine, width: int) -> list[PageLine]:
    if item.charter_version is None:
        return wrapped("none: nothing was promised, and nothing kills it automatically", width, tone="warn")
    until = f", {'ran out' if item.half_life_over else 'until'} {cadence.day(item.half_life_ends)}"
    half_life = f"{item.half_life}{until if item.half_life_ends else ''}"
    lines = labelled("in force", f"version {item.charter_version}, {item.charter_state}", width, label_width=LABEL)
    if item.draft_version is not None:
        lines += labelled("draft", f"version {item.draft_version} is open", width, label_width=LABEL)
    lines += labelled("TRAM cell", item.cell, width, label_width=LABEL)
    lines += labelled("half-life", half_life, width, label_width=LABEL, tone="alarm" if item.half_life_over else "")
    last = cadence.day(item.last_review) if item.last_review else "never"
    due = f", the next due {cadence.day(item.review_due)}" if item.review_due else ""
    lines += labelled("last review", f"{last}{due}", width, label_width=LABEL, tone="alarm" if item.overdue else "")
    trips, exceptions = number_of(item.trips, "trip"), number_of(item.exceptions_open, "exception")
    behind = f"{trips} in the quarter, {exceptions} open"
    return [*lines, *labelled("behind it", behind, width, label_width=LABEL)]


def _attention(item: QuarterLine, width: int) -> list[PageLine]:
    if not item.attention:
        return []
    lines = [BLANK, heading("WHY IT NEEDS ATTENTION", "it gets a page of its own in the report")]
    return [*lines, *(row for why in item.attention for row in wrapped(f"! {why}", width, tone="warn", most=3))]


MEANINGS = tuple((column.title, column.about) for column in columns(datetime.now))
