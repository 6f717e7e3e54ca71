"""The Weekly as a digest: the patterns of the week, what was decided and why, and what waits for a decision."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.cadences.weekly import VERDICTS, DecisionLine, ExceptionLine, PatternLine, Weekly
from console.reports.document import (
    Block,
    Chart,
    Column,
    Document,
    Figure,
    Figures,
    Paragraph,
    Section,
    Series,
    Table,
    Value,
)
from console.wording import counted, dates, role

_PATTERNS = (
    Column("Pattern", width=1.5), Column("Open", "number"), Column("Decided", "number"), Column("Workloads", "number"),
    Column("Times", "number"), Column("Trend"), Column("At stake USD", "money"),
    Column("What, and what mends it", width=4),
)
_OPEN = (
    Column("Exception"), Column("Workload", width=1.5), Column("Owner", width=1.2),
    Column("Pattern", width=1.5), Column("What of it"), Column("Since", "day"), Column("Times", "number"),
    Column("At stake USD", "money"), Column("Summary", width=4),
)
_DECIDED = (
    Column("Exception"), Column("Workload", width=1.5), Column("Pattern", width=1.5),
    Column("Verdict", width=1.5), Column("Until", "day"), Column("By", width=1.5), Column("Rationale", width=4),
)
_CLOSED = (Column("Exception"), Column("Workload", width=1.5), Column("Pattern", width=1.5),
           Column("Closed", "time"), Column("Why", width=4))
_LINES = (
    Column("Exception", "number", "exception"), Column("Workload", key="workload"), Column("Name", key="name"),
    Column("Owner", key="owner"), Column("Origin", key="origin"), Column("Pattern", key="pattern"),
    Column("What of it", key="subject"), Column("State", key="state"), Column("Opened", "time", "opened_at"),
    Column("Last seen", "time", "last_seen_at"), Column("Times", "number", "times"),
    Column("At stake", "money", "stake_usd"), Column("Summary", key="summary"), Column("Advice", key="advice"),
    Column("Charter", key="charter_line"), Column("Verdict", key="verdict"), Column("Rationale", key="rationale"),
    Column("By", key="decided_by"), Column("Role", key="decided_as"), Column("Decided", "time", "decided_at"),
    Column("Until", "time", "until"), Column("Closed", "time", "closed_at"), Column("Why", key="closed_why"),
)


LAST = timedelta(seconds=1)
"""As of so long before its end a week is over."""


def document_of(value: Weekly) -> Document:
    """What the Weekly says, as a report."""
    first = value.week_start.astimezone(ZoneInfo(value.time_zone))
    covered = dates(value.week_start, value.week_end, value.time_zone)
    open_ = [line for line in value.exceptions if line.state == "open"]
    return Document(
        cadence="weekly", period=f"{first:%Y-%m-%d}", title=f"Weekly digest · {covered}",
        organisation=value.organisation,
        covers="The exceptions that piled up, as patterns, and what was decided on them",
        at=value.at, time_zone=value.time_zone, simulated=value.simulated,
        partial="The week still runs." if value.week_end - value.at > LAST else "",
        sections=(
            Section("The week", _week(value, open_)),
            Section("Patterns", (Table(_PATTERNS, tuple(map(_pattern, value.patterns)), "There is no pattern."),)),
            Section("Waiting for a decision", (
                Table(_OPEN, tuple(map(_open, open_)), "No exception is open."),), wide=True),
            Section("Decided, and not closed", (Table(_DECIDED, tuple(
                _decided(line, line.decision) for line in value.exceptions
                if line.state == "decided" and line.decision)),), wide=True),
            Section("Closed this week", (Table(_CLOSED, tuple(
                (str(line.id), line.workload, line.kind, line.closed_at, line.closed_why)
                for line in value.exceptions if line.state == "closed")),), wide=True),
        ),
        lines=Table(_LINES, tuple(map(_line, value.exceptions))),
    )


def _week(value: Weekly, open_: list[ExceptionLine]) -> tuple[Block, ...]:
    rising = [pattern.kind for pattern in value.patterns if pattern.trend in ("new", "rising") and pattern.open]
    lead = f"{counted(len(open_), 'exception')} waiting for a decision, in {counted(_patterns_open(value), 'pattern')}."
    found: list[Block] = [Paragraph(lead, "lead")]
    if rising:
        found.append(Paragraph(f"New or rising: {', '.join(rising)}."))
    found.append(Figures((
        Figure("Open", "number", len(open_)), Figure("Opened or reopened", "number", value.opened, "this week"),
        Figure("Decided", "number", value.decided, "this week"), Figure("Closed", "number", value.closed, "this week"),
    )))
    weeks = [sum(each) for each in zip(*(pattern.weeks for pattern in value.patterns), strict=True)]
    if any(weeks):
        labels = tuple(_week_label(value, len(weeks) - 1 - at) for at in range(len(weeks)))
        found.append(Chart("How often exceptions began, by week", labels, (Series("Began", tuple(weeks)),), "number",
                           upright=True))
    return tuple(found)


def _patterns_open(value: Weekly) -> int:
    return sum(1 for pattern in value.patterns if pattern.open)


def _week_label(value: Weekly, back: int) -> str:
    start = value.week_start.astimezone(ZoneInfo(value.time_zone)) - timedelta(weeks=back)
    return f"{start.day} {start:%b}"


def _pattern(pattern: PatternLine) -> tuple[Value, ...]:
    trend = f"{pattern.trend}, escalated" if pattern.escalated else pattern.trend
    stake: Value = pattern.stake if pattern.open else "none open"
    more = f" At stake: {counted(pattern.stake_unknown, 'exception')} not known." if pattern.stake_unknown else ""
    return (pattern.kind, pattern.open, pattern.decided, len(pattern.workloads), pattern.times, trend, stake,
            f"{pattern.what}{more}")


def _open(line: ExceptionLine) -> tuple[Value, ...]:
    again = f" Reopened: {line.reopened_why}." if line.reopened_why else ""
    return (str(line.id), line.workload, line.owner or "nobody", line.kind, line.subject, line.opened_at, line.times,
            line.stake, f"{line.summary}{again}")


def _decided(line: ExceptionLine, decision: DecisionLine) -> tuple[Value, ...]:
    return (str(line.id), line.workload, line.kind, VERDICTS.get(decision.verdict, decision.verdict),
            decision.ends_at or "no end", f"{decision.by}, {role(decision.role)}", decision.rationale)


def _line(line: ExceptionLine) -> tuple[Value, ...]:
    decision = line.decision
    made: tuple[str | datetime | None, ...] = ("", "", "", "", None, None) if decision is None else (
        decision.verdict, decision.rationale, decision.by, decision.role, decision.at, decision.ends_at)
    return (line.id, line.workload, line.name, line.owner or "", line.origin, line.kind, line.subject, line.state,
            line.opened_at, line.last_seen_at, line.times, line.stake, line.summary, line.advice,
            line.charter_line or "", *made, line.closed_at, line.closed_why)
