"""The calendar of the cadences from the month up: months, quarters and fiscal years.

Quarters and years are made of whole UTC months because that is what providers bill by: what a quarter spent is then the
sum of three bills. A fiscal year is named by the calendar year in which it ends, so with `fiscal_year_month = 1` it is
the calendar's own. Every period is [start, end).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from console.errors import UsageError

FIRST_YEAR, LAST_YEAR = 1971, 2999
"""Years that may be asked for."""

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")
_NAME = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>0[1-9]|1[0-2])|-[Qq](?P<quarter>[1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year, with the name that people type."""

    name: str
    """`2026-10`, `2026-Q4`, `2026`."""
    start: datetime
    end: datetime

    @property
    def months(self) -> tuple[Period, ...]:
        """The UTC months that it is made of, oldest first."""
        return tuple(_month(number) for number in range(_number(self.start), _number(self.end)))


def month_of(at: datetime) -> Period:
    """The UTC month that holds an instant."""
    return _month(_number(at))


def quarter_of(at: datetime, first_month: int) -> Period:
    """The quarter that holds an instant; `first_month`: in which the fiscal year begins."""
    since = _number(at) - _year_start(1, first_month)
    return _quarter(since // 12 + 1, since % 12 // 3 + 1, first_month)


def year_of(at: datetime, first_month: int) -> Period:
    """The fiscal year that holds an instant."""
    return _year((_number(at) - _year_start(1, first_month)) // 12 + 1, first_month)


def month(text: str) -> Period:
    """The month that a person typed. Raises UsageError."""
    found = _typed(text, "month")
    if found is None:
        raise UsageError(f"{text[:40]!r} is no month. Write it like 2026-10.")
    return _month(int(found["year"]) * 12 + int(found["month"]) - 1)


def quarter(text: str, first_month: int) -> Period:
    """The quarter that a person typed. Raises UsageError."""
    found = _typed(text, "quarter")
    if found is None:
        raise UsageError(f"{text[:40]!r} is no quarter. Write it like 2026-Q4.{_named(first_month)}")
    return _quarter(int(found["year"]), int(found["quarter"]), first_month)


def year(text: str, first_month: int) -> Period:
    """The fiscal year that a person typed. Raises UsageError."""
    found = _typed(text, "year")
    if found is None:
        raise UsageError(f"{text[:40]!r} is no year. Write it like 2026.{_named(first_month)}")
    return _year(int(found["year"]), first_month)


def shifted(name: str, by: int) -> str:
    """The name of the period so many before (negative) or after one: a month, a quarter or a year. Raises UsageError
    where the calendar ends."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise UsageError(f"{name[:40]!r} is no period. Write 2026-10, 2026-Q4 or 2026.")
    stated = int(found["year"])
    if found["month"]:
        moved, part = divmod(stated * 12 + int(found["month"]) - 1 + by, 12)
        shown = f"{moved:04}-{part + 1:02}"
    elif found["quarter"]:
        moved, part = divmod(stated * 4 + int(found["quarter"]) - 1 + by, 4)
        shown = f"{moved:04}-Q{part + 1}"
    else:
        moved, shown = stated + by, f"{stated + by:04}"
    if not FIRST_YEAR <= moved <= LAST_YEAR:
        raise UsageError(f"There is no period {by:+} from {name}: the calendar here goes from {FIRST_YEAR} to "
                         f"{LAST_YEAR}.")
    return shown


def _typed(text: str, kind: str) -> re.Match[str] | None:
    """What was typed, where it is a name of that kind in a year that may be asked for."""
    found = _NAME.fullmatch(text.strip())
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    said = "month" if found["month"] else "quarter" if found["quarter"] else "year"
    return found if said == kind else None


def _named(first_month: int) -> str:
    if first_month == 1:
        return ""
    return (f" The fiscal year begins in {_MONTHS[first_month - 1]} and has the name of the calendar year in which it "
            "ends.")


def _number(at: datetime) -> int:
    """Months since the year 0 of the UTC month that holds an instant."""
    utc = at.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def _start(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _month(number: int) -> Period:
    start = _start(number)
    return Period(f"{start:%Y-%m}", start, _start(number + 1))


def _year_start(named: int, first_month: int) -> int:
    """The month in which the fiscal year of a name begins."""
    return (named if first_month == 1 else named - 1) * 12 + first_month - 1


def _quarter(named: int, which: int, first_month: int) -> Period:
    start = _year_start(named, first_month) + 3 * (which - 1)
    return Period(f"{named}-Q{which}", _start(start), _start(start + 3))


def _year(named: int, first_month: int) -> Period:
    start = _year_start(named, first_month)
    return Period(str(named), _start(start), _start(start + 12))
