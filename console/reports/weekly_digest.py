"""The Weekly as it is sent to people: the report's facts as short lines that fit a message, where it has tables."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from console.cadences.weekly import VERDICTS, DecisionLine, ExceptionLine, PatternLine, Weekly
from console.money import MicroUsd, display
from console.reports.document import Document, Items, Paragraph, Section
from console.reports.weekly import document_of
from console.text import clean
from console.wording import dates, number_of, role

OPEN_SHOWN = 40
"""Open exceptions that are named; the others are counted."""


def digest_of(week: Weekly) -> Document:
    """To be rendered as Markdown, as the report is: what comes from outside is no markup of ours."""
    unsettled = [pattern for pattern in week.patterns if pattern.open or pattern.decided]
    decided = [(line, line.decision) for line in week.exceptions
               if line.decision is not None and line.decision.at >= week.week_start]
    open_ = [line for line in week.exceptions if line.state == "open"]
    return replace(document_of(week), title=title(week), sections=(
        Section("The week", (Paragraph(
            f"{week.opened} opened or reopened, {week.decided} decided, {week.closed} closed this week."),)),
        _section("Patterns", [_pattern(pattern) for pattern in unsettled]),
        _section("Decided this week", [_decided(line, decision, week.time_zone) for line, decision in decided]),
        _section("Open, by dollars at stake", [*map(_open, open_[:OPEN_SHOWN]), *_rest(open_)]),
    ))


def title(week: Weekly) -> str:
    """`Weekly of Example Ltd, 23 to 29 November 2026: 4 exceptions open`."""
    simulated = " (SIMULATED)" if week.simulated else ""
    open_ = sum(line.state == "open" for line in week.exceptions)
    return (f"Weekly of {clean(week.organisation, 60)}{simulated}, "
            f"{dates(week.week_start, week.week_end, week.time_zone)}: {number_of(open_, 'exception')} open")


def _section(heading: str, items: list[str]) -> Section:
    return Section(heading, (Items(tuple(items)) if items else Paragraph("None."),))


def _pattern(pattern: PatternLine) -> str:
    mark = " Escalated." if pattern.escalated else ""
    stake = f"; {_stake(pattern.stake, pattern.stake_unknown)}" if pattern.open else ""
    return (f"{pattern.kind}: {pattern.open} open, {pattern.decided} decided, in "
            f"{number_of(len(pattern.workloads), 'workload')}; began {number_of(pattern.times, 'time')} in eight "
            f"weeks, {pattern.trend}{stake}.{mark} {pattern.what}")


def _decided(line: ExceptionLine, decision: DecisionLine, time_zone: str) -> str:
    ends = decision.ends_at
    until = f" until {ends.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}" if ends else ""
    return (f"{_named(line)}: {VERDICTS[decision.verdict]}{until}, by {decision.by}, {role(decision.role)}: "
            f"{decision.rationale}")


def _open(line: ExceptionLine) -> str:
    again = f"; seen {line.times} times" if line.times > 1 else ""
    why = f" Reopened: {line.reopened_why}." if line.reopened_why else ""
    return (f"{_named(line)}: {line.summary} ({_stake(line.stake, 0)}{again}; exception {line.id}, owner "
            f"{line.owner or 'nobody'}).{why}")


def _rest(open_: list[ExceptionLine]) -> list[str]:
    left = len(open_) - OPEN_SHOWN
    return [f"and {left} more: token-console exceptions"] if left > 0 else []


def _named(line: ExceptionLine) -> str:
    return f"{line.workload}, {line.kind} {line.subject}".rstrip()


def _stake(stake: MicroUsd | None, unknown: int) -> str:
    if stake is None:
        return "dollars at stake unknown"
    more = f" and {unknown} unknown" if unknown else ""
    return f"{display(stake)} USD at stake{more}"
