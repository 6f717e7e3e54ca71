"""Rules on element one, purpose and alpha position, and on element six, the transparency cadence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from console.charters.document import Purpose, Transparency
from console.charters.naming import says_nothing
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.money import display

HALF_LIFE_MONTHS = {"structural": (24, 600), "operational": (9, 18), "commodity": (1, 5)}
_SAID = {"structural": "24 months or more", "operational": "9 to 18 months", "commodity": "under 6 months"}
_SCHEDULE = re.compile(
    r"hour|dai|day|week|fortnight|month|quarter|year|annual|ennial|sprint|release|continuous|real.time|"
    r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(\b|uary|ruary|ch|il|ust|ember|tember|ober)", re.I)
_SELDOM = re.compile(
    r"\W*((once|twice) )?(every |each |a |per )?(((half|semi|bi)[- ]?)?year(ly)?|((semi|bi)[- ]?)?annual(ly)?|"
    r"(bi|tri)ennial(ly)?|(two|three|[2-9]) years|(four|five|six|nine|twelve|eighteen|[4-9]|1[0-9]|24) months)\b", re.I)


def judge(reading: Reading) -> Iterator[Problem]:
    """The half-life class and its months, what an outcome earns, and a schedule that somebody can miss."""
    if reading.purpose:
        yield from _half_life(reading, reading.purpose)
        yield from _alpha(reading, reading.purpose)
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


def _alpha(reading: Reading, purpose: Purpose) -> Iterator[Problem]:
    """What an outcome earns is stated, is more than the baseline's, and pays for what producing it costs."""
    if purpose.half_life == "expired":
        return
    value, baseline = purpose.outcome_value, purpose.baseline_value
    line = reading.line("purpose", "outcome_value_usd")
    if value is None:
        yield Problem("alpha-position", line, "[purpose] outcome_value_usd is missing: what an outcome earns cannot be "
                      "computed", 'write outcome_value_usd = "1.20"', "warning")
    elif value <= (baseline or 0):
        yield Problem("alpha-position", line,
                      "[purpose] outcome_value_usd is no more than the baseline earned: no alpha is left, though "
                      f'half_life is "{purpose.half_life}"', 'write what it is worth, or half_life = "expired"',
                      "warning")
    elif reading.expected and purpose.outcomes_per_month is not None and baseline is not None:
        month = reading.expected
        earned = int(purpose.outcomes_per_month * (value - baseline))
        cost = month.monthly + (month.review_cost or 0) + (month.rework_cost or 0)
        if earned <= cost:
            yield Problem("alpha-position", line,
                          f"[purpose] the expected month earns {display(earned)} USD over the baseline and costs "
                          f"{display(cost)} USD: the projected Alpha-net is not above nothing",
                          "correct outcomes_per_month, the values or the costs", "warning")


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
