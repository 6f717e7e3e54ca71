"""Rows of outcomes as somebody else writes them, in a file or as a query gives them: understood whole, or refused with
every fault, each with its line and its column. Pure.

An empty cell is unknown, never zero. Days and months are UTC, as the Monthly is. A period that is given as days
includes its last one; one that is given as instants ends before the second. A row lies within one month.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, TypeVar

from console.charters.problem import Problem
from console.clock import day_start, month_bounds, parse_month, parse_rfc3339, rfc3339
from console.money import MicroUsd, from_usd
from store.ledger import NewOutcome

COLUMNS = ("workload", "period", "from", "to", "outcomes", "value_usd", "baseline_usd", "review_usd", "rework_usd",
           "currency", "reference", "note")
DOLLARS = ("value_usd", "baseline_usd", "review_usd", "rework_usd")
LONGEST = {"reference": 200, "note": 2000}
MOST = 10**12
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_SIGNED = re.compile(r"-\s*[0-9.,]+|\([0-9.,]+\)|[0-9.,]+\s*-")
_SEPARATED = re.compile(r"[0-9]{1,3}([,.'’ \u00a0\u202f][0-9]{3})+([.,][0-9]+)?")
_COMMA = re.compile(r"[0-9]+,[0-9]{1,6}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MARKED = ("=", "+", "-", "@", "\t")
"""What a spreadsheet would run; where it was kept from that by an apostrophe, the apostrophe is no part of the text."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as it came: the cells that hold something, by column, and where each stands."""

    line: int | None
    cells: Mapping[str, str]
    places: Mapping[str, int] = field(default_factory=dict)
    """The column's number, from 1; of what was not written in columns there is none."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a row is held to."""

    slugs: Collection[str]
    now: datetime
    month: tuple[datetime, datetime] | None = None
    """The only month that is asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sound row, and its line."""

    line: int | None
    outcome: NewOutcome


T = TypeVar("T")


class _Wrong(Exception):
    """What is wrong with a cell, and what to write."""

    def __init__(self, column: str, fault: str, remedy: str) -> None:
        self.column, self.fault, self.remedy = column, fault, remedy


def understood(rows: Iterable[Cells], terms: Terms, *, origin: str, by: str) -> tuple[list[Row], list[Problem]]:
    """Every sound row as it is stored, and every fault."""
    found, problems = [], []
    for row in rows:
        reader = _Reader(row, terms)
        outcome = reader.outcome(origin, by)
        if not reader.problems and outcome is not None:
            found.append(Row(row.line, outcome))
        problems += reader.problems
    return found, [*problems, *_clashes(found)]


class Counted(Protocol):
    """What a row of the ledger counts: whose, when, under which reference."""

    @property
    def workload(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def reference(self) -> str: ...


def overlapping(row: Counted, other: Counted) -> bool:
    """Whether two rows of one workload and reference would count some time twice."""
    return (row.workload, row.reference) == (other.workload, other.reference) and \
        row.starts_at < other.ends_at and other.starts_at < row.ends_at


def period(row: Counted) -> str:
    """A row's period as people write it."""
    if month_bounds(row.starts_at) == (row.starts_at, row.ends_at):
        return f"{row.starts_at:%Y-%m}"
    if row.starts_at == day_start(row.starts_at) and row.ends_at == row.starts_at + timedelta(days=1):
        return f"{row.starts_at:%Y-%m-%d}"
    if (row.starts_at, row.ends_at) == (day_start(row.starts_at), day_start(row.ends_at)):
        return f"{row.starts_at:%Y-%m-%d} to {row.ends_at - timedelta(days=1):%Y-%m-%d}"
    return f"{rfc3339(row.starts_at)} to {rfc3339(row.ends_at)}"


def bounds(text: str) -> tuple[datetime, datetime]:
    """The period of `2026-10` or `2026-10-14`. Raises ValueError."""
    if _DAY.fullmatch(text):
        start = _midnight(text)
        return start, start + timedelta(days=1)
    return parse_month(text)


class _Reader:
    """One row, cell by cell; what is wrong is kept, so that all of it is told at once."""

    def __init__(self, row: Cells, terms: Terms) -> None:
        self.row, self.terms = row, terms
        self.problems: list[Problem] = []

    def outcome(self, origin: str, by: str) -> NewOutcome | None:
        """The row as it is stored; None where its workload or its period cannot be told."""
        slug, span = self._noted(self._workload), self._noted(self._period)
        outcomes = self._noted(self._outcomes)
        value, baseline, review, rework = (self._noted(self._dollars, column) for column in DOLLARS)
        reference, note = (self._noted(self._text, column) or "" for column in LONGEST)
        self._noted(self._currency)
        self._noted(self._something)
        if slug is None or span is None:
            return None
        return NewOutcome(
            workload=slug, starts_at=span[0], ends_at=span[1], reference=reference, note=note, outcomes=outcomes,
            value_microusd=value, baseline_microusd=baseline, review_microusd=review, rework_microusd=rework,
            origin=origin, entered_by=by, entered_at=self.terms.now)

    def _noted(self, read: Callable[..., T], *given: str) -> T | None:
        try:
            return read(*given)
        except _Wrong as wrong:
            place = self.row.places.get(wrong.column)
            column = f"column {place} ({wrong.column})" if place else wrong.column
            self.problems.append(Problem("outcomes", self.row.line, f"{column}: {wrong.fault}", wrong.remedy))
            return None

    def _workload(self) -> str:
        slug = self.row.cells.get("workload", "")
        if not slug:
            raise _Wrong("workload", "is empty", "write the slug of a workload in the MBOM")
        if slug not in self.terms.slugs:
            near = difflib.get_close_matches(slug.lower().replace(" ", "-")[:64], self.terms.slugs, 1)
            raise _Wrong("workload", f"the MBOM has no workload {slug[:64]!r}",
                         f"did you mean {near[0]}?" if near else "`token-console mbom list` shows those it has")
        return slug

    def _period(self) -> tuple[datetime, datetime]:
        start, end = self._span()
        now, column = self.terms.now, "period" if "period" in self.row.cells else "from"
        if start < EARLIEST:
            raise _Wrong(column, f"{self.row.cells[column]} lies before {EARLIEST.year}", "check the year")
        if start >= now:
            raise _Wrong(column, f"{self.row.cells[column]} lies in the future", "enter it when it has been")
        if column == "from" and end > day_start(now) + timedelta(days=1):
            raise _Wrong("to", f"{self.row.cells['to']} lies in the future", f"write {now:%Y-%m-%d} at the latest")
        if end > month_bounds(start)[1]:
            raise _Wrong("to", "the row spans two months", "write a row for each month: the Monthly splits none")
        if self.terms.month and not (self.terms.month[0] <= start and end <= self.terms.month[1]):
            raise _Wrong(column, f"{self.row.cells[column]} lies outside {self.terms.month[0]:%Y-%m}, the month asked "
                         "for", "take the row out, or import that month by itself")
        return start, end

    def _span(self) -> tuple[datetime, datetime]:
        cells = self.row.cells
        if "period" in cells:
            for column in ("from", "to"):
                if column in cells:
                    raise _Wrong(column, "period is given too", "keep one of the two")
            try:
                return bounds(cells["period"])
            except ValueError:
                raise _Wrong("period", f"{cells['period'][:40]!r} is neither a month nor a day",
                             "write 2026-10 or 2026-10-14") from None
        for column in ("from", "to"):
            if column not in cells:
                raise _Wrong("period" if "from" not in cells and "to" not in cells else column, "is empty",
                             "write period as 2026-10 or 2026-10-14, or from and to")
        (start, _), (_, end) = self._ends("from"), self._ends("to")
        if end <= start:
            raise _Wrong("to", f"{cells['to'][:40]} lies before {cells['from'][:40]}", "write the later one in to")
        return start, end

    def _ends(self, column: str) -> tuple[datetime, datetime]:
        """Both ends of a day; twice the same of an instant."""
        text = self.row.cells[column]
        try:
            return bounds(text) if _DAY.fullmatch(text) else (parse_rfc3339(text),) * 2
        except ValueError:
            raise _Wrong(column, f"{text[:40]!r} is no day and no instant",
                         "write 2026-10-14, or 2026-10-14T08:00:00Z") from None

    def _outcomes(self) -> str | None:
        text = self.row.cells.get("outcomes")
        return None if text is None else f"{Decimal(self._number('outcomes', text)).normalize():f}"

    def _dollars(self, column: str) -> MicroUsd | None:
        text = self.row.cells.get(column)
        return None if text is None else from_usd(self._number(column, text))

    def _number(self, column: str, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            raise _Wrong(column, *_no_number(text))
        if Decimal(text) > MOST:
            raise _Wrong(column, f"{text} is more than {MOST:,}", "check the unit")
        return text

    def _currency(self) -> None:
        text = self.row.cells.get("currency", "USD")
        if text.upper() != "USD":
            raise _Wrong("currency", f"{text[:20]!r} is not USD", "convert the amounts at the rate of your books, and "
                         "write USD")

    def _text(self, column: str) -> str:
        text = self.row.cells.get(column, "")
        text = text[1:] if text.startswith("'") and text[1:].startswith(_MARKED) else text
        if len(text) > LONGEST[column]:
            raise _Wrong(column, f"has {len(text):,} characters", f"shorten it to {LONGEST[column]:,}")
        return text

    def _something(self) -> None:
        if not any(column in self.row.cells for column in ("outcomes", *DOLLARS)):
            raise _Wrong("outcomes", "the row says nothing", "give outcomes, value_usd or a cost")


def _no_number(text: str) -> tuple[str, str]:
    """Why a text is no amount, and what to write."""
    shown = repr(text[:40])
    if _SIGNED.fullmatch(text):
        return f"{shown} is negative", "write what was counted, from 0 on; a correction withdraws the row it corrects"
    if _SEPARATED.fullmatch(text):
        return f"{shown} has a separator of thousands", "write 1250.50"
    if _COMMA.fullmatch(text):
        return f"{shown} has a decimal comma", "write 1250.50"
    if text.startswith(("$", "US$", "USD", "€", "£", "EUR", "GBP")) or text[-1:] in "$€£":
        return f"{shown} has a currency sign", "write the number alone, in dollars: 1250.50"
    if text.startswith(_MARKED):
        return f"{shown} is a formula or a text", "write the number that it comes to: 1250.50"
    if re.fullmatch(r"[0-9]+\.[0-9]{7,}", text):
        return f"{shown} has more than six decimals", "round it to 1250.500000"
    return f"{shown} is no number", "write 1250.50, or leave the cell empty where it is unknown"


def _clashes(rows: list[Row]) -> Iterator[Problem]:
    """Rows of one file that say the same, or whose periods overlap."""
    before: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda each: (each.outcome.starts_at, each.line or 0)):
        mine = row.outcome
        last = before.get((mine.workload, mine.reference))
        if last is not None and overlapping(mine, last.outcome):
            yield clash(row.line, mine, last.outcome, f"line {last.line}")
        if last is None or mine.ends_at > last.outcome.ends_at:
            before[mine.workload, mine.reference] = row


def clash(line: int | None, row: Counted, other: Counted, where: str) -> Problem:
    """A row that another one, which stands `where`, says already."""
    named = f"{row.workload}, {period(row)}, " + (f"reference {row.reference!r}" if row.reference else "no reference")
    if (row.starts_at, row.ends_at) == (other.starts_at, other.ends_at):
        return Problem("duplicate", line, f"{named}: the same as {where}",
                       "take one of them out, or give each a reference of its own")
    return Problem("overlap", line, f"{named}: overlaps {period(other)} of {where}",
                   "count no time twice: take one of them out, or give each a reference of its own")


def _midnight(text: str) -> datetime:
    day = date.fromisoformat(text)
    if day == date.max:
        raise ValueError(f"{text} has no end in the calendar")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
