"""Findings as rows of a table, and one written out with its evidence. Pure functions.

A row is what a detector found, what it cannot tell of a workload for want of data, or a workload's Orchestration
Multiplier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from console.antipatterns.finding import Finding
from console.cadences.findings.value import FindingLine, Findings, Lack
from console.cadences.orchestration import Multiplier, in_words
from console.money import MicroUsd, display
from screens.columns import cadence
from screens.columns.bars import across
from screens.columns.column import Cell, Column, Tone
from screens.columns.page import BLANK, PageLine, Times, heading, labelled, line, name, wrapped

Row: TypeAlias = FindingLine | Lack | Multiplier

FOUND, LACKS, MULTIPLIER = "found", "not enough data", "Orchestration Multiplier"
WAYS = (FOUND, LACKS, MULTIPLIER)
_LABEL = 14
_SURE: dict[str, Tone] = {"high": "", "medium": "", "low": "dim"}
MEANINGS = (
    ("WORKLOAD", "Whose it is."),
    ("ANTI-PATTERN", "The playbook's name for it, and which of several it is."),
    ("A MONTH $", "What the fix would save in a month, most likely; ? where that cannot be told."),
    ("IN THAT TIME $", "What was wasted within the time looked at; ? where that cannot be told."),
    ("SURE", "How sure the detector is: high, medium or low."),
    ("EXCEPTION", "Its number in the Weekly, and what was decided on it."),
    ("WHAT IS SO", "One sentence, or what is missing so that nothing can be said."),
)


def columns() -> tuple[Column[Row], ...]:
    """The table's columns."""
    about = dict(MEANINGS)
    return (
        Column("WORKLOAD", 12, lambda row: Cell(name(workload(row), 60), "strong"), 1, most=24,
               about=about["WORKLOAD"]),
        Column("ANTI-PATTERN", 16, lambda row: Cell(name(pattern(row), 80)), 2, most=34, about=about["ANTI-PATTERN"]),
        Column("A MONTH $", 10, _month, 3, right=True, descending=True, most=13, about=about["A MONTH $"]),
        Column("IN THAT TIME $", 14, _excess, 6, right=True, descending=True, most=14, about=about["IN THAT TIME $"]),
        Column("SURE", 6, _sure, 7, most=6, about=about["SURE"]),
        Column("EXCEPTION", 11, _exception, 5, most=20, about=about["EXCEPTION"]),
        Column("WHAT IS SO", 20, lambda row: Cell(name(says(row), 300)), 4, most=160, about=about["WHAT IS SO"]),
    )


def rows(found: Findings, way: str) -> Sequence[Row]:
    """The rows of one way."""
    if way == MULTIPLIER:
        return found.orchestration.workloads if found.orchestration is not None else ()
    return found.lines if way == FOUND else found.lacks


def identity(row: Row) -> str:
    subject = row.finding.subject if isinstance(row, FindingLine) else ""
    return f"{workload(row)}\0{_detector(row)}\0{subject}"


def workload(row: Row) -> str:
    return row.finding.workload if isinstance(row, FindingLine) else row.workload


def pattern(row: Row) -> str:
    """The anti-pattern, and which of several it is."""
    subject = row.finding.subject if isinstance(row, FindingLine) else ""
    return f"{_detector(row)}: {subject}" if subject else _detector(row)


def says(row: Row) -> str:
    if isinstance(row, Multiplier):
        return f"{in_words(row)}; {row.measured:,} of {row.actions:,} user actions measured"
    return row.finding.summary if isinstance(row, FindingLine) else row.missing


def words(row: Row) -> str:
    """What a filter looks in."""
    return f"{workload(row)} {pattern(row)} {says(row)}"


def head(found: Findings, way: str, width: int, times_of: Times) -> list[PageLine]:
    """What was looked at, and what it comes to."""
    if way == MULTIPLIER and found.orchestration is not None:
        return [*_together(found.orchestration.together, width)]
    known = [line.finding.stake.likely for line in found.lines if line.finding.stake is not None]
    waiting = sum(line.decided is None or line.decided.verdict is None for line in found.lines)
    unknown = len(found.lines) - len(known)
    lines = [
        line(" ", Cell(way.capitalize(), "strong"),
             Cell(f"  since {times_of(found.start)}", "dim")),
        cadence.figures([
            ("a month", display(sum(known)), f" and {unknown} unknown" if unknown else "", "warn" if known else ""),
            ("findings", f"{len(found.lines):,}", f", {waiting:,} wait for a verdict", ""),
            ("workloads", f"{found.workloads:,}", "", ""),
            ("not enough data", f"{len(found.lacks):,}", "", "")], width),
    ]
    if found.failed:
        lines.append(line(" ", Cell(f"Not whole: {name(found.failed[0], 200)}", "warn")))
    return lines


def detail(row: Row, width: int, times_of: Times) -> list[PageLine]:
    """One row in full."""
    title = line(Cell(name(pattern(row), 120), "strong"), "  ", Cell(name(workload(row), 80), "dim"))
    if isinstance(row, Multiplier):
        return [title, BLANK, *_multiplier(row, width)]
    if isinstance(row, Lack):
        return [title, BLANK, *wrapped("Nothing can be said yet. What is missing:", width, tone="dim"),
                *wrapped(name(row.missing, 400), width)]
    found = row.finding
    return [title, BLANK, *wrapped(name(found.summary, 400), width), BLANK, *_dollars(found, width),
            *_labelled("looked at", f"{times_of(found.start)} until {times_of(found.end)}", width),
            *_labelled("confidence", found.confidence, width), *_verdict(row, width),
            *(_labelled("Charter", name(found.charter_line, 200), width) if found.charter_line else ()), BLANK,
            *wrapped(f"Fix: {name(found.fix, 600)}", width), *_evidence(found, width)]


def chart(found: Findings, width: int, height: int) -> list[PageLine]:
    """Dollars a month by anti-pattern, the dearest first."""
    known: Counter[str] = Counter()
    for item in found.lines:
        if item.finding.stake is not None:
            known[item.finding.detector] += item.finding.stake.likely
    most, room = max(known.values(), default=0), max(8, width - 46)
    return [heading("USD A MONTH BY ANTI-PATTERN", "where it is known"), *(
        line("  ", detector.ljust(24), f"{display(dollars):>14}  ", Cell(across(dollars, most, room), "bar"))
        for detector, dollars in known.most_common(max(0, height - 1)))]


def _detector(row: Row) -> str:
    if isinstance(row, Multiplier):
        return MULTIPLIER
    return row.finding.detector if isinstance(row, FindingLine) else row.detector


def _together(both: Multiplier, width: int) -> list[PageLine]:
    return [
        line(" ", Cell(MULTIPLIER, "strong"), "  ", in_words(both),
             Cell("  the playbook: 4 to 6 typical, 1.5 to 2 achievable", "dim")),
        cadence.figures([("user actions", f"{both.measured:,}", f" of {both.actions:,} measured", ""),
                         ("beyond 2", _usd(both.recoverable) if both.measured else "unknown", "", "")], width),
    ]


def _multiplier(row: Multiplier, width: int) -> list[PageLine]:
    each = f"{row.tokens / row.measured:,.0f}" if row.measured else "unknown"
    return [
        *_labelled("multiplier", in_words(row), width),
        *_labelled("user actions", f"{row.actions:,}, of which {row.measured:,} could be measured", width),
        *_labelled("tokens each", each, width),
        *_labelled("beyond 2", _usd(row.recoverable) if row.measured else "unknown", width), BLANK,
        *wrapped("All tokens of a user action, over those of the agent in it that used the most: one agent with tools "
                 "is 1, agents that do the same work side by side add 1 each.", width, tone="dim"),
    ]


def _dollars(found: Finding, width: int) -> list[PageLine]:
    stake = found.stake
    month = "unknown" if stake is None else (
        f"{display(stake.likely)} USD a month, between {display(stake.low)} and {display(stake.high)}")
    return [*_labelled("at stake", month, width), *_labelled("in that time", _usd(found.excess), width)]


def _verdict(row: FindingLine, width: int) -> list[PageLine]:
    decided = row.decided
    if decided is None:
        return _labelled("exception", "none yet: the engine looks every quarter of an hour", width)
    if decided.verdict is None:
        return _labelled("exception", f"{decided.exception}, waits for a verdict (enter)", width)
    ends = f" until {decided.ends_at:%Y-%m-%d}" if decided.ends_at else ""
    said = f"{decided.verdict}{ends} by {name(decided.decided_by or '', 60)}: {name(decided.rationale or '', 300)}"
    return _labelled("exception", f"{decided.exception}, {said}", width)


def _evidence(found: Finding, width: int) -> list[PageLine]:
    lines = [BLANK, heading("EVIDENCE", "")]
    for label, value in found.figures:
        lines += wrapped(f"{name(label, 60)}: {name(value, 300)}", width)
    for row in found.rows:
        lines += wrapped("· " + ", ".join(f"{name(label, 40)} {name(value, 120)}" for label, value in row), width)
    return lines


def _labelled(label: str, text: str, width: int) -> list[PageLine]:
    return labelled(label, text, width, label_width=_LABEL)


def _usd(amount: MicroUsd | None) -> str:
    return "unknown" if amount is None else f"{display(amount)} USD"


def _month(row: Row) -> Cell:
    if not isinstance(row, FindingLine):
        return Cell("")
    return cadence.money(None if row.finding.stake is None else row.finding.stake.likely)


def _excess(row: Row) -> Cell:
    if isinstance(row, Multiplier):
        return cadence.money(row.recoverable if row.measured else None)
    return Cell("") if isinstance(row, Lack) else cadence.money(row.finding.excess)


def _sure(row: Row) -> Cell:
    return Cell(row.finding.confidence, _SURE[row.finding.confidence]) if isinstance(row, FindingLine) else Cell("")


def _exception(row: Row) -> Cell:
    if not isinstance(row, FindingLine) or row.decided is None:
        return Cell("")
    decided = row.decided
    return Cell(f"{decided.exception} {decided.verdict or decided.state}", "" if decided.verdict else "warn",
                decided.exception)
