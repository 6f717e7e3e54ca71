"""Months, quarters and years by their names: `2026-10`, `2026-Q4`, `2026`. Pure functions."""

from __future__ import annotations

from datetime import datetime

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def in_words(period: str) -> str:
    """`October 2026`, `quarter 4 of 2026`, `2026`."""
    year, _, part = period.partition("-")
    if not part:
        return year
    return f"quarter {part[1:]} of {year}" if part.startswith("Q") else f"{MONTHS[int(part) - 1]} {year}"


def short_month(period: str) -> str:
    """`Oct` of `2026-10`."""
    return MONTHS[int(period.partition("-")[2]) - 1][:3]


def progress(at: datetime, start: datetime, end: datetime) -> str:
    """`day 23 of 30` while the period runs."""
    return f"day {(at - start).days + 1} of {round((end - start).total_seconds() / 86_400)}"
