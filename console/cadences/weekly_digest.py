"""The week as Markdown for sending: patterns first, what was decided and why, then what is open, by dollars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from console.cadences.weekly import VERDICTS, ExceptionLine, PatternLine, Weekly
from console.money import MicroUsd, display
from console.text import clean

OPEN_SHOWN = 40
"""Open exceptions that are named; the others are counted."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def digest(week: Weekly) -> str:
    """The text, safe to be shown by any reader of Markdown: what comes from outside is no markup of ours."""
    return "\n".join(_lines(week)) + "\n"


def title(week: Weekly) -> str:
    """`Weekly of Example Ltd, 23 to 29 November 2026: 4 exceptions open`."""
    zone = ZoneInfo(week.time_zone)
    first, last = week.week_start.astimezone(zone), (week.week_end - timedelta(seconds=1)).astimezone(zone)
    same = first.strftime("%B %Y") == last.strftime("%B %Y")
    begins = f"{first.day}" if same else f"{first.day} {first:%B %Y}"
    simulated = " (SIMULATED)" if week.simulated else ""
    return (f"Weekly of {clean(week.organisation, 60)}{simulated}, {begins} to {last.day} {last:%B %Y}: "
            f"{_count(len(_of(week, 'open')), 'exception')} open")


def _lines(week: Weekly) -> Iterator[str]:
    yield f"# {_plain(title(week))}"
    yield ""
    yield (f"{week.opened} opened or reopened, {week.decided} decided, {week.closed} closed this week "
           f"({week.time_zone}).")
    yield from _patterns([pattern for pattern in week.patterns if pattern.open or pattern.decided])
    decided = [line for line in week.exceptions if line.decision is not None and line.decision.at >= week.week_start]
    yield from _section("Decided this week", [_decided(line, week) for line in decided])
    shown = _of(week, "open")
    left = len(shown) - OPEN_SHOWN
    rest = [f"- and {left} more: `token-console exceptions`"] if left > 0 else []
    yield from _section("Open, by dollars at stake", [*(_open(line) for line in shown[:OPEN_SHOWN]), *rest])


def _patterns(patterns: list[PatternLine]) -> Iterator[str]:
    yield from _section("Patterns", [_pattern(pattern) for pattern in patterns])


def _section(heading: str, items: list[str]) -> Iterator[str]:
    yield ""
    yield f"## {heading}"
    yield ""
    yield from items or ["None."]


def _pattern(pattern: PatternLine) -> str:
    mark = " **Escalated.**" if pattern.escalated else ""
    stake = f"; {_stake(pattern.stake, pattern.stake_unknown)}" if pattern.open else ""
    return (f"- **{_plain(pattern.kind)}**: {pattern.open} open, {pattern.decided} decided, in "
            f"{_count(len(pattern.workloads), 'workload')}; began {_count(pattern.times, 'time')} in eight weeks, "
            f"{pattern.trend}{stake}.{mark} {_plain(pattern.what)}")


def _decided(line: ExceptionLine, week: Weekly) -> str:
    assert line.decision is not None
    until = line.decision.ends_at
    end = f" until {until.astimezone(ZoneInfo(week.time_zone)):%Y-%m-%d %H:%M}" if until else ""
    return (f"- {_named(line)}: {VERDICTS[line.decision.verdict]}{end}, by {_plain(line.decision.by)}: "
            f"{_plain(line.decision.rationale)}")


def _open(line: ExceptionLine) -> str:
    again = f"; seen {line.times} times" if line.times > 1 else ""
    why = f" Reopened: {_plain(line.reopened_why)}." if line.reopened_why else ""
    return (f"- {_named(line)}: {_plain(line.summary)} ({_stake(line.stake, 0)}{again}; exception {line.id}, owner "
            f"{_plain(line.owner or 'nobody')}).{why}")


def _named(line: ExceptionLine) -> str:
    return f"**{_plain(line.workload)}** {_plain(f'{line.kind} {line.subject}'.strip())}"


def _stake(stake: MicroUsd | None, unknown: int) -> str:
    if stake is None:
        return "dollars at stake unknown"
    more = f" and {unknown} unknown" if unknown else ""
    return f"{display(stake)} USD at stake{more}"


def _of(week: Weekly, state: str) -> list[ExceptionLine]:
    return [line for line in week.exceptions if line.state == state]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """One line that nobody's Markdown changes."""
    return _MARKUP.sub(r"\\\1", clean(text))
