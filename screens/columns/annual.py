"""A year as rows of a table: its spend, the measures of the operating model, the text, predictions, patterns. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from console import wording
from console.cadences.annual import Annual, Measure, PatternYear, PredictionLine, StatementLine
from console.money import MicroUsd, display
from screens.ages import age
from screens.columns import cadence
from screens.columns.bars import bars, spark
from screens.columns.cadence import Figure
from screens.columns.column import Cell, Column, Tone
from screens.columns.daily import briefer
from screens.columns.page import BLANK, PageLine, Times, heading, labelled, line, name, paragraphs, wrapped
from screens.columns.periods import progress, short_month

LABEL = 13
VERDICT_TONES: dict[str, Tone] = {"holding": "good", "falsified": "alarm"}


@dataclass(frozen=True, slots=True)
class Spend:
    """The year's money as a row."""

    spent: MicroUsd | None
    """Of the months in which it is known."""
    planned: MicroUsd | None
    """Of the same months, so that the two can be compared."""
    known: int
    """How many months that are."""
    months: tuple[tuple[str, MicroUsd | None, MicroUsd | None], ...]
    """From the first of which anything is known."""


@dataclass(frozen=True, slots=True)
class Words:
    """The year's text as a row, written or not."""

    statement: StatementLine | None


Row = Spend | Measure | Words | PredictionLine | PatternYear
_KINDS: dict[type, tuple[int, str]] = {
    Spend: (0, "year"),
    Measure: (1, "measure"),
    Words: (2, "statement"),
    PredictionLine: (3, "prediction"),
    PatternYear: (4, "pattern"),
}


def group(row: Row) -> int:
    """What keeps its place however the table is sorted."""
    return _KINDS[type(row)][0]


def kind(row: Row) -> str:
    return _KINDS[type(row)][1]


def identity(row: Row) -> str:
    if isinstance(row, Measure):
        return f"measure:{row.name}"
    if isinstance(row, PredictionLine):
        return f"prediction:{row.number}"
    return f"pattern:{row.kind}" if isinstance(row, PatternYear) else kind(row)


def words(row: Row) -> str:
    """What a filter looks in."""
    return f"{kind(row)} {_what(row).text} {_this_year(row).text} {_how(row)}"


def rows(annual: Annual) -> list[Row]:
    """Everything of the year that one can select."""
    patterns = sorted(annual.patterns, key=lambda pattern: (-pattern.opened, pattern.kind))
    found: list[Row] = [_spend(annual), *annual.measures, Words(annual.statement), *annual.predictions, *patterns]
    return found if any((annual.months, annual.measures, annual.predictions, annual.patterns)) else []


def columns() -> tuple[Column[Row], ...]:
    """The table's columns."""
    return (
        Column(
            "MEASURE", 27, _what, 1, most=72, about="What is measured; below it the text, predictions and patterns."
        ),
        Column("THIS YEAR", 22, _this_year, 1, most=34, about="The figure; ? or not known where nothing was measured."),
        Column(
            "YEAR BEFORE",
            11,
            _before,
            2,
            right=True,
            about="The same figure of the year before; worse where it was better then.",
        ),
        Column("CHANGE", 6, _change, 2, about="Whether that is better or worse than the year before."),
        Column("CASES", 5, _cases, 3, right=True, descending=True, about="From how many cases it was computed."),
        Column(
            "HOW",
            24,
            lambda row: Cell(_how(row), "dim", None),
            9,
            most=90,
            about="What was counted, where there is room for it; else the selected row says so in full.",
        ),
    )


def head(annual: Annual, width: int, times_of: Times) -> list[PageLine]:
    """Which year, whether it still runs, whether its text is signed; then its money."""
    runs = progress(annual.at, annual.start, annual.end) if annual.partial else "closed"
    said, tone = _standing(annual.statement)
    spend = _spend(annual)
    figures: list[Figure] = [
        ("spent", display(spend.spent, 0), f" of {display(spend.planned, 0)} planned{_in_months(spend)}", "strong"),
        ("predictions", _verdicts(annual), "", ""),
    ]
    return [
        line(" ", Cell(annual.year, "strong"), Cell(f"  {runs}", "dim"), Cell(f"  text {said}", tone)),
        cadence.figures(figures, width),
    ]


def _verdicts(annual: Annual) -> str:
    """`2 open, 1 falsified`: how many predictions have each verdict."""
    found = Counter(each.verdict for each in annual.predictions)
    return ", ".join(f"{many} {verdict}" for verdict, many in found.items()) or "none"


def counts(annual: Annual) -> str:
    """`9 measures, 3 predictions, 4 patterns`."""
    return f"{len(annual.measures)} measures, {len(annual.predictions)} predictions, {len(annual.patterns)} patterns"


def detail(annual: Annual, row: Row, width: int, times_of: Times) -> list[PageLine]:
    """The selected row in full."""
    if isinstance(row, Spend):
        return _spend_lines(row)
    if isinstance(row, Measure):
        return _measure(row, width)
    if isinstance(row, PredictionLine):
        return _prediction(row, width, times_of)
    return _statement(row.statement, width, times_of) if isinstance(row, Words) else _pattern(annual, row, width)


def figure(value: float | None, unit: str) -> str:
    """A measure's figure as people read it: a share, a length of time, a number, dollars."""
    if value is None:
        return "?"
    if unit == "share":
        return f"{value * 100:.0f} %"
    if unit == "seconds":
        return age(value)
    return f"{value:,.2f}" if unit == "usd" else f"{value:,.0f}"


# The row.


def _spend(annual: Annual) -> Spend:
    months = annual.months
    while months and months[0][1] is None and months[0][2] is None:  # before anything was watched
        months = months[1:]
    spent = [amount for _, amount, _ in months if amount is not None]
    planned = [plan for _, amount, plan in months if plan is not None and (amount is not None or not spent)]
    return Spend(sum(spent) if spent else None, sum(planned) if planned else None, len(spent), months)


def _in_months(spend: Spend) -> str:
    """Of how many months both sums are, where not of all."""
    known, count = spend.known, len(spend.months)
    return "" if known in (0, count) else f" (in the {known} of {count} months known)"


def _what(row: Row) -> Cell:
    if isinstance(row, Measure):
        return Cell(row.name, "", row.name)
    if isinstance(row, PredictionLine):
        said = f"prediction {row.number}: {row.text}"
        return Cell(said, "", said)
    if isinstance(row, PatternYear):
        return Cell(f"pattern {row.kind}", "", row.kind)
    return Cell("spend of the year, USD" if isinstance(row, Spend) else "text of the year", "strong", "")


def _this_year(row: Row) -> Cell:
    if isinstance(row, Spend):
        dollars, millions = zip(briefer(row.spent), briefer(row.planned), strict=True)
        return Cell(" of ".join(dollars), "", row.spent, (" of ".join(millions),))
    if isinstance(row, Measure):
        return Cell(row.value, "dim" if row.figure is None else "", row.figure)
    if isinstance(row, PredictionLine):
        return Cell(row.verdict, VERDICT_TONES.get(row.verdict, ""))
    if isinstance(row, PatternYear):
        return Cell(f"{row.opened:>4} opened {spark(row.months)}", "", row.opened)
    said, tone = _standing(row.statement)
    return Cell(said, tone)


def _standing(statement: StatementLine | None) -> tuple[str, Tone]:
    if statement is None:
        return "not written", "warn"
    return ("written, not signed", "warn") if statement.signed_by is None else ("signed", "good")


def _before(row: Row) -> Cell:
    if not isinstance(row, Measure):
        return Cell("")
    return Cell(figure(row.before, row.unit), "dim" if row.before is None else "", row.before)


def _change(row: Row) -> Cell:
    said = _against_before(row) if isinstance(row, Measure) else ""
    return Cell(said, "good" if said == "better" else "warn" if said == "worse" else "", said or None)


def _against_before(row: Measure) -> str:
    if row.figure is None or row.before is None:
        return ""
    if row.figure == row.before:
        return "same"
    return "better" if (row.figure < row.before) == (row.better == "lower") else "worse"


def _cases(row: Row) -> Cell:
    if isinstance(row, Measure):
        return Cell(f"{row.cases:,}", "", row.cases)
    if isinstance(row, PredictionLine):
        return Cell(str(len(row.evidence)) if row.evidence else "", "", len(row.evidence))
    return Cell(f"{row.opened:,}", "", row.opened) if isinstance(row, PatternYear) else Cell("")


def _how(row: Row) -> str:
    if isinstance(row, Measure):
        return row.how
    if isinstance(row, PredictionLine):
        return row.computed
    if isinstance(row, PatternYear):
        return f"{row.closed:,} closed, {display(row.stake, 0)} USD at stake"
    return "by month, against what the Charters planned" if isinstance(row, Spend) else ""


# In full.


def _spend_lines(row: Spend) -> list[PageLine]:
    lines = [heading("SPEND BY MONTH", "USD, and what the Charters planned")]
    top = max((max(spent or 0, planned or 0) for _, spent, planned in row.months), default=0)
    for month, spent, planned in row.months:
        share = 0 if not top else (spent or 0) * 24 // top
        lines.append(
            line(
                "  ",
                Cell(short_month(month), "dim"),
                Cell(f"  {display(spent):>14}", "warn" if spent is None else ""),
                Cell(f" of {display(planned):>14}  ", "dim"),
                Cell("█" * share, "bar"),
            )
        )
    return lines


def _measure(row: Measure, width: int) -> list[PageLine]:
    change = _against_before(row)
    before = figure(row.before, row.unit) if row.before is not None else "not known"
    lines = [line(Cell(row.name, "strong"))]
    lines += labelled("this year", row.value, width, label_width=LABEL, tone="strong")
    lines += labelled("year before", f"{before}{f': {change} now' if change else ''}", width, label_width=LABEL)
    lines += labelled("from", f"{row.cases:,} cases; {row.better} is better", width, label_width=LABEL)
    return [*lines, *labelled("counted", row.how, width, label_width=LABEL, most=6)]


def _prediction(row: PredictionLine, width: int, times_of: Times) -> list[PageLine]:
    lines = [
        line(
            Cell(f"Prediction {row.number}", "strong"),
            "  ",
            Cell(row.verdict.upper(), VERDICT_TONES.get(row.verdict, "")),
            Cell(f"  until {cadence.day(row.deadline)}", "dim"),
        ),
        *wrapped(row.text, width, most=6),
        *labelled("falsified by", row.criterion, width, label_width=LABEL, most=4),
        *labelled("computed", row.computed, width, label_width=LABEL, most=4),
    ]
    if not row.evidence:
        return [*lines, *labelled("verdicts", "nobody has judged it yet; J does", width, label_width=LABEL, tone="dim")]
    for at, (when, who, verdict, said) in enumerate(row.evidence):
        text = f"{verdict}: {said} ({name(who, 24)}, {times_of(when)})"
        lines += labelled("verdicts" if at == 0 else "", text, width, label_width=LABEL, most=4)
    return lines


def _statement(statement: StatementLine | None, width: int, times_of: Times) -> list[PageLine]:
    said, tone = _standing(statement)
    lines = [line(Cell("Text of the year", "strong"), "  ", Cell(said.upper(), tone))]
    if statement is None:
        return [*lines, *wrapped("e opens an editor for it; i then signs what was written.", width, tone="dim")]
    by = f"written by {name(statement.by, 24)} {times_of(statement.at)}, hash {statement.content_hash[:12]}"
    lines += wrapped(by, width, tone="dim")
    if statement.signed_by is not None:
        role = f" as {wording.role(statement.signed_role)}" if statement.signed_role else ""
        signed = f"signed by {name(statement.signed_by, 24)}{role} {times_of(statement.signed_at)}"
        lines += wrapped(signed, width, tone="good")
    lines.append(BLANK)
    return [*lines, *paragraphs(statement.text, width, most=400)]


def _pattern(annual: Annual, row: PatternYear, width: int) -> list[PageLine]:
    lines = [
        line(Cell(f"Pattern {name(row.kind)}", "strong")),
        *labelled("opened", f"{row.opened:,} in the year, {row.closed:,} closed", width, label_width=LABEL),
        *labelled("at stake", f"{display(row.stake)} USD", width, label_width=LABEL),
        BLANK,
    ]
    lines += [line("  ", Cell(bar, "bar")) for bar in bars(row.months, 3, cells=3)]
    first = int(annual.start.month)
    names = "".join(f"{short_month(f'0-{(first - 1 + at) % 12 + 1}')[:2]} " for at in range(len(row.months)))
    return [*lines, line("  ", Cell(names, "dim"))]


MEANINGS = tuple((column.title, column.about) for column in columns())
