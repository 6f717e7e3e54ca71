"""The Annual as a document: the operating model measured, patterns, the predictions, and the signed statement."""

from __future__ import annotations

from console.cadences.annual import Annual, Measure, PatternYear, PredictionLine, StatementLine
from console.reports.document import (
    Block,
    Chart,
    Column,
    Document,
    Heading,
    Items,
    Paragraph,
    Quote,
    Section,
    Series,
    Table,
    Value,
)
from console.wording import counted, dates, day, role

_MEASURES = (
    Column("Measure", width=2.2), Column("This year", width=2), Column("Cases", "number"),
    Column("Better when", width=1.4), Column("The year before", width=2), Column("What was counted", width=4),
)
_PATTERNS = (Column("Pattern", width=2), Column("Opened", "number"), Column("Closed", "number"),
             Column("At stake USD", "money"))
_MONTHS = (Column("Month"), Column("Spent USD", "money"), Column("Planned USD", "money"))
_LINES = (
    Column("Measure", key="measure"), Column("Value", key="value"), Column("Figure", "number", "figure"),
    Column("Unit", key="unit"), Column("Cases", "number", "cases"), Column("Better", key="better"),
    Column("Before", "number", "before"), Column("How", key="how"),
)


def document_of(value: Annual) -> Document:
    """What the Annual says, as a report."""
    return Document(
        cadence="annual", period=value.year, title=f"Annual report · {value.year}", organisation=value.organisation,
        covers=f"{dates(value.start, value.end, value.time_zone)}: how the operating model itself worked",
        at=value.at, time_zone=value.time_zone, simulated=value.simulated,
        partial="The year still runs." if value.partial else "",
        sections=(
            Section("The statement of the Token Architect", _statement(value.statement, value.time_zone)),
            Section("Spend", _spend(value)),
            Section("The playbook's predictions", _predictions(value)),
            Section("The operating model, measured", (
                Table(_MEASURES, tuple(map(_measure, value.measures)), "Nothing was measured."),), wide=True),
            Section("Exceptions by pattern", (
                Table((*_PATTERNS, *(Column(name[5:], "number") for name, _, _ in value.months)),
                      tuple(_pattern(pattern, len(value.months)) for pattern in value.patterns),
                      "No exception opened in the year."),), wide=True),
        ),
        lines=Table(_LINES, tuple(map(_line, value.measures))),
    )


def _statement(statement: StatementLine | None, zone: str) -> tuple[Block, ...]:
    if statement is None:
        return (Paragraph("Nothing has been written yet."),)
    written = Quote(statement.text, f"{statement.by}, {day(statement.at, zone)}")
    if statement.signed_by is None or statement.signed_at is None:
        return (written, Paragraph("It is not signed.", "warning"))
    return (written, Paragraph(f"Signed by {statement.signed_by}, {role(statement.signed_role or '')}, "
                               f"{day(statement.signed_at, zone)}, over SHA-256 {statement.content_hash}."))


def _spend(value: Annual) -> tuple[Block, ...]:
    if not value.months:
        return (Paragraph("No month of the year has begun."),)
    labels = tuple(name for name, _, _ in value.months)
    chart = Chart("Spent and planned by month", labels, (
        Series("Spent", tuple(spent for _, spent, _ in value.months)),
        Series("Planned", tuple(planned for _, _, planned in value.months))), upright=True)
    return chart, Table(_MONTHS, value.months)


def _measure(measure: Measure) -> tuple[Value, ...]:
    return (measure.name, measure.value, measure.cases, measure.better, _before(measure), measure.how)


def _before(measure: Measure) -> str:
    """The year before, in the measure's own unit."""
    figure = measure.before
    if figure is None:
        return "not known"
    match measure.unit:
        case "share":
            return f"{figure:.0%}".replace("%", " %")
        case "seconds":
            return _duration(figure)
        case "usd":
            return f"{figure:,.2f} USD"
    return f"{figure:,.0f}" if figure == int(figure) else f"{figure:,.1f}"


def _duration(seconds: float) -> str:
    for size, mark in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:,.0f} {mark}"
    return f"{seconds:,.0f} s"


def _pattern(pattern: PatternYear, months: int) -> tuple[Value, ...]:
    return (pattern.kind, pattern.opened, pattern.closed, pattern.stake, *pattern.months[:months])


def _predictions(value: Annual) -> tuple[Block, ...]:
    found: list[Block] = []
    for line in value.predictions:
        found += _prediction(line, value.time_zone)
    return tuple(found) or (Paragraph("None is followed."),)


def _prediction(line: PredictionLine, zone: str) -> list[Block]:
    evidence = [Quote(f"{verdict}: {words}", f"{who}, {day(at, zone)}") for at, who, verdict, words in line.evidence]
    judged = f" ({counted(len(evidence), 'judgement')})" if evidence else ""
    return [
        Heading(f"{line.number}. {line.verdict.capitalize()}{judged}"), Paragraph(line.text),
        Items((f"Criterion: {line.criterion}", f"Deadline: {day(line.deadline, zone)}",
               f"The portfolio today: {line.computed}")), *evidence,
    ]


def _line(measure: Measure) -> tuple[Value, ...]:
    return (measure.name, measure.value, measure.figure, measure.unit, measure.cases, measure.better, measure.before,
            measure.how)
