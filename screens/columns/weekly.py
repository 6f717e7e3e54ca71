"""The Weekly as data: patterns as rows of a table, one pattern in full, and how far the week's work is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.cadences.weekly import ExceptionLine, PatternLine, Weekly
from console.money import MicroUsd, display
from screens.columns.bars import spark
from screens.columns.column import Cell, Column, Tone
from screens.columns.daily import fitted
from screens.columns.page import PageLine, labelled, line, name, wrapped

TREND_TONES: dict[str, Tone] = {"new": "warn", "rising": "warn", "falling": "good"}
_TRENDS = {"rising": 0, "new": 1, "steady": 2, "falling": 3}
SHORT = {
    "revision": "revision",
    "time-bounded": "bounded",
    "dismissed": "not a problem",
    "escalated": "escalated",
}
"""The verdicts in a word or three, in the order of their keys."""
LABEL = 14


def identity(pattern: PatternLine) -> str:
    """What a row is, wherever it stands."""
    return pattern.kind


def words(pattern: PatternLine) -> str:
    """What a filter looks in."""
    escalated = "escalated" if pattern.escalated else ""
    return " ".join((pattern.kind, pattern.origin, pattern.what, pattern.trend, escalated, *pattern.workloads))


def _what(pattern: PatternLine) -> Cell:
    kind = pattern.kind
    tone: Tone = "strong" if pattern.open else "dim"
    said = (f"(escalated) {kind}", f"↑ {kind}", kind) if pattern.escalated else (kind,)
    return Cell(said[0], tone, kind, said[1:])


def _stake(pattern: PatternLine) -> Cell:
    if not pattern.open:
        return Cell("")
    mark = "+" if pattern.stake is not None and pattern.stake_unknown else ""
    return Cell(fitted(pattern.stake, 9) + mark, "", pattern.stake)


COLUMNS: tuple[Column[PatternLine], ...] = (
    Column(
        "WHAT",
        22,
        _what,
        most=36,
        about="What is not as the Charters have it; (escalated), in short ↑, where it was escalated as a pattern.",
    ),
    Column(
        "OPEN",
        4,
        lambda pattern: Cell(f"{pattern.open:,}", "" if pattern.open else "dim", pattern.open),
        right=True,
        descending=True,
        about="Exceptions that wait for a decision.",
    ),
    Column(
        "WORKLOADS",
        9,
        lambda pattern: Cell(f"{len(pattern.workloads):,}", "", len(pattern.workloads)),
        4,
        right=True,
        descending=True,
        about="Workloads that have one, decided or not.",
    ),
    Column(
        "STAKE $",
        10,
        _stake,
        right=True,
        descending=True,
        about="Dollars at stake in the open ones; + where that of some is not known, ? where of all.",
    ),
    Column("8 WEEKS", 8, lambda pattern: Cell(spark(pattern.weeks), "dim"), 5, about="How many began, by week."),
    Column(
        "TREND",
        7,
        lambda pattern: Cell(pattern.trend, TREND_TONES.get(pattern.trend, ""), _TRENDS.get(pattern.trend, 9)),
        3,
        about="new, rising, steady or falling.",
    ),
    Column(
        "DECIDED",
        7,
        lambda pattern: Cell(f"{pattern.decided:,}" if pattern.decided else "", "dim", pattern.decided),
        6,
        right=True,
        descending=True,
        about="Exceptions that are still so, and were decided.",
    ),
    Column(
        "BEGAN",
        5,
        lambda pattern: Cell(f"{pattern.times:,}", "", pattern.times),
        9,
        right=True,
        descending=True,
        about="How often it began in the eight weeks.",
    ),
    Column(
        "WHERE",
        24,
        lambda pattern: Cell(", ".join(pattern.workloads), "dim", None),
        7,
        most=90,
        about="The workloads by name.",
    ),
)
MEANINGS = tuple((column.title, column.about) for column in COLUMNS)


def week(weekly: Weekly, now: datetime) -> str:
    """`23 – 29 Nov 2026, day 3 of 7`, by the organisation's clock; of a week that is over, that it is."""
    zone = ZoneInfo(weekly.time_zone)
    start, last = weekly.week_start.astimezone(zone), (weekly.week_end - timedelta(seconds=1)).astimezone(zone)
    first = f"{start:%-d}" if (start.year, start.month) == (last.year, last.month) else f"{start:%-d %b}"
    said = f"{first} – {last:%-d %b %Y}"
    if now >= weekly.week_end:
        return f"{said}, as it ended"
    return f"{said}, day {(now.astimezone(zone).date() - start.date()).days + 1} of 7"


def decided_in_week(weekly: Weekly, exceptions: Sequence[ExceptionLine]) -> Counter[str]:
    """How many of these were decided within the week, by verdict."""
    return Counter(
        one.decision.verdict
        for one in exceptions
        if one.decision is not None and weekly.week_start <= one.decision.at < weekly.week_end
    )


def at_stake(patterns: Sequence[PatternLine]) -> str:
    """`$4,310 at stake (2 unknown)`: in what is open of these patterns."""
    known = [one.stake for one in patterns if one.open and one.stake is not None]
    unknown = sum(one.stake_unknown for one in patterns)
    if not known:
        return "stake unknown"
    return f"${display(sum(known), 0)} at stake" + (f" ({unknown:,} unknown)" if unknown else "")


def progress(weekly: Weekly, exceptions: Sequence[ExceptionLine], kind: str | None = None) -> str:
    """`7 of 23 open · $4,310 at stake`: of all that the week had to decide, what is left; of one kind, or of all."""
    mine = [one for one in exceptions if kind in (None, one.kind)]
    left = sum(one.state == "open" for one in mine)
    decided = decided_in_week(weekly, mine)
    if not left:
        return f"none open · {verdicts(decided)}"
    stake = at_stake([one for one in weekly.patterns if kind in (None, one.kind)])
    return f"{left:,} of {left + decided.total():,} open · {stake}"


def verdicts(decided: Counter[str]) -> str:
    """`decided this week: 3 revision, 1 bounded`: what was decided, in the order of the keys."""
    said = [f"{decided[verdict]:,} {SHORT[verdict]}" for verdict in SHORT if decided[verdict]]
    return f"decided this week: {', '.join(said)}" if said else "nothing was decided this week"


def heading(
    weekly: Weekly, exceptions: Sequence[ExceptionLine], kind: str | None, now: datetime, notice: str
) -> PageLine:
    """Which week, how far its work is, and what is not as it should be with the reading."""
    return line(
        Cell(f"{notice}  " if notice else "", "warn"),
        Cell(f"{week(weekly, now)}  ", "dim"),
        Cell(progress(weekly, exceptions, kind), "strong"),
    )


def in_the_week(weekly: Weekly, marked: int) -> str:
    """`8 opened, 3 decided, 1 closed this week · 2 marked`."""
    said = f"{weekly.opened:,} opened, {weekly.decided:,} decided, {weekly.closed:,} closed this week"
    return f"{said} · {marked:,} marked" if marked else said


def detail(pattern: PatternLine, exceptions: Sequence[ExceptionLine], width: int, height: int) -> list[PageLine]:
    """One pattern in full: what goes wrong, what usually mends it, and where it does."""
    escalated = [Cell("  escalated", "warn")] if pattern.escalated else []
    first = line(
        Cell(name(pattern.kind), "strong"),
        Cell(f"  {pattern.trend}", TREND_TONES.get(pattern.trend, "")),
        *escalated,
        Cell(
            f"  began {pattern.times:,} times in eight weeks" if pattern.times != 1 else "  began once in eight weeks",
            "dim",
        ),
    )
    lines = [first, *wrapped(pattern.what, width, most=3)]
    mine = [one for one in exceptions if one.kind == pattern.kind and one.state == "open"]
    mine.sort(key=lambda one: -1 if one.stake is None else one.stake, reverse=True)
    if not mine:
        decided = sum(one.kind == pattern.kind and one.state == "decided" for one in exceptions)
        lines += labelled("open", f"none; {decided:,} decided and still so", width, label_width=LABEL)
        return lines
    room = max(1, height - len(lines))
    shown = mine if len(mine) <= room else mine[: room - 1]
    stakes = max(len(_dollars(one.stake)) for one in shown) if shown else 0
    for one in shown:
        lines.append(
            line(
                "  ",
                Cell(f"{_dollars(one.stake):>{stakes}}"),
                "  ",
                Cell(name(one.workload, 32), "strong"),
                Cell(f"  {one.summary}", "dim"),
            )
        )
    if len(shown) < len(mine):
        lines.append(line(Cell(f"  and {len(mine) - len(shown):,} more; enter lists them", "dim")))
    return lines


def _dollars(amount: MicroUsd | None) -> str:
    return "$?" if amount is None else f"${display(amount)}"
