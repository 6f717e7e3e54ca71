"""Rules on element one, purpose and alpha position, and on element six, the transparency cadence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from console.charters.document import Purpose, Transparency
from console.charters.naming import says_nothing
from console.charters.parsing import Reading
from console.charters.problem import Problem

HALF_LIFE_MONTHS = {"structural": (24, 600), "operational": (9, 18), "commodity": (1, 5)}
_SAID = {"structural": "24 months or more", "operational": "9 to 18 months", "commodity": "under 6 months"}
_SCHEDULE = re.compile(r"dai|day|week|fortnight|month|quarter|year|annual|january|april|july|october|sprint", re.I)
_SELDOM = re.compile(r"\W*(once )?(every |each |a |per )?((half-)?year(ly)?|annual(ly)?|two years)\b", re.I)


def judge(reading: Reading) -> Iterator[Problem]:
    """The half-life class and its months, what an outcome earns, and a schedule that somebody can miss."""
    if reading.purpose:
        yield from _half_life(reading, reading.purpose)
    if reading.transparency:
        yield from _schedule(reading, reading.transparency)


def _half_life(reading: Reading, purpose: Purpose) -> Iterator[Problem]:
    months = purpose.half_life_months
    if purpose.half_life == "expired":
        if months:
            yield Problem("half-life", reading.line("purpose", "half_life_months"),
                          f"[purpose] half_life_months = {months} contradicts half_life = \"expired\"",
                          "take half_life_months away, or state the class that still holds")
            return
        yield Problem("half-life", reading.line("purpose", "half_life"),
                      "[purpose] half_life is expired: no alpha is left",
                      "retire the workload, or state the position it still has", "warning")
        return
    low, high = HALF_LIFE_MONTHS[purpose.half_life]
    if months is None or not low <= months <= high:
        yield Problem("half-life", reading.line("purpose", "half_life_months"),
                      f'[purpose] half_life_months = {months} does not fit half_life = "{purpose.half_life}"',
                      f"{purpose.half_life} means {_SAID[purpose.half_life]}")
    if purpose.outcome_value is None:
        yield Problem("alpha-position", reading.line("purpose"), "[purpose] outcome_value_usd is missing: "
                      "what an outcome earns cannot be computed", 'write outcome_value_usd = "1.20"', "warning")


def _schedule(reading: Reading, transparency: Transparency) -> Iterator[Problem]:
    schedule, line = transparency.schedule, reading.line("transparency", "schedule")
    if says_nothing(schedule) or schedule.startswith("<"):
        return  # said already
    if not _SCHEDULE.search(schedule):
        yield Problem("schedule", line, f"[transparency] schedule = {schedule[:60]!r} says no period",
                      'write schedule = "quarterly"')
    elif _SELDOM.match(schedule):
        yield Problem("schedule", line,
                      f"[transparency] schedule = {schedule[:60]!r} is rarer than the quarterly review",
                      'write schedule = "quarterly"', "warning")
