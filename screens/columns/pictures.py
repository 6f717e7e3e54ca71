"""Which charts a workload and a trip sheet have: read models to pictures, pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.cadences.annual import Annual
from console.cadences.trip_sheet import TripSheet
from console.cadences.workload import WorkloadView
from console.clock import month_bounds
from console.money import MicroUsd, display
from screens.columns.page import compact
from screens.columns.periods import short_month
from screens.widgets.chart import Level, Mark, Picture, Series

SPEND = Mark("█", "primary")
EXPECTED = Mark("─", "success")
KILL = Mark("━", "error")
OWN = Mark("•", "secondary")
ALERT = Mark("×", "warning")
KILL_ALONE = Mark("▲", "error")
"""Each has an ASCII twin of its own too (`screens/plain.py`)."""
CLASS_MARKS = {
    "output": Mark("█", "primary"),
    "uncached input": Mark("▓", "warning"),
    "cache write": Mark("▒", "error"),
    "cache read": Mark("░", "secondary"),
}
"""From the dearest class at the bottom to the cheapest on top."""


def of_workload(view: WorkloadView) -> tuple[Picture, ...]:
    """Recent spend against its lines, spend by hour, tokens by class, spend by day."""
    return recent_spend(view), spend_by_hour(view), tokens_by_hour(view), spend_by_day(view)


def recent_spend(view: WorkloadView) -> Picture:
    """Eight hours by three minutes, the span of the runaway pace, with what is expected of them (the plan of the
    working week, the most of the own seven days) and the lines that alert and kill."""
    first = view.recent_from.replace(minute=0) + timedelta(hours=1)
    hours = [first + timedelta(hours=number) for number in range(8)]
    plan = max(view.recent_plan, default=0)
    return Picture(
        "SPEND IN 3 MINUTES, USD, last 8 h (UTC), log scale",
        (Series("spend", view.recent_spend, SPEND),),
        _lines(view),
        tuple(((hour - view.recent_from).total_seconds() / 180, f"{hour:%H:%M}") for hour in hours[::2]),
        _dollars,
        (Series(f"plan up to {display(plan)}", view.recent_plan, EXPECTED),) if plan else (),
        logarithmic=True,
    )


def _lines(view: WorkloadView) -> tuple[Level, ...]:
    signs = view.line.signs
    if signs is None:
        return ()
    levels = [Level(f"own most in 7 days {display(signs.most)}", signs.most, OWN)] if signs.most else []
    if signs.alert:
        levels.append(Level(f"alerts: burn {display(signs.alert)}", signs.alert, ALERT))
    levels.append(Level(f"kills with another sign {display(signs.pace)}", signs.pace, KILL))
    if signs.surge is not None:
        alone = signs.surge * 3 // 10
        levels.append(Level(f"kills alone {display(alone)} ({display(signs.surge, 0)} in 10 min)", alone, KILL_ALONE))
    return tuple(levels)


def spend_by_hour(view: WorkloadView) -> Picture:
    """48 hours, with what the Charter expects of an hour and the pace that would reach the kill threshold."""
    start, end = month_bounds(view.at)
    hours = round((end - start).total_seconds() / 3600)
    return Picture(
        "SPEND BY HOUR, USD, last 48 h (UTC)",
        (Series("spend", view.spend_by_hour, SPEND),),
        _levels(view, hours, "an hour"),
        _hours(view.hours_from, len(view.spend_by_hour)),
        _dollars,
    )


def tokens_by_hour(view: WorkloadView) -> Picture:
    """48 hours by class of token, with the total of each class in the legend."""
    series = tuple(
        Series(
            f"{kind.removeprefix('uncached ')} {compact(sum(view.tokens_by_hour[kind]))}",
            view.tokens_by_hour[kind],
            mark,
        )
        for kind, mark in CLASS_MARKS.items()
        if kind in view.tokens_by_hour
    )
    count = len(series[0].values) if series else 0
    return Picture("TOKENS BY HOUR AND CLASS, last 48 h (UTC)", series, (), _hours(view.hours_from, count), compact)


def spend_by_day(view: WorkloadView) -> Picture:
    """35 days, with what the Charter expects of a day and the pace that would reach the kill threshold."""
    start, end = month_bounds(view.at)
    labels = tuple((at, f"{view.days_from + timedelta(days=at):%d %b}") for at in range(0, len(view.spend_by_day), 7))
    return Picture(
        "SPEND BY DAY, USD, last 35 days (UTC)",
        (Series("spend", view.spend_by_day, SPEND),),
        _levels(view, (end - start).days, "a day"),
        labels,
        _dollars,
    )


def spend_of_year(annual: Annual) -> Picture:
    """The months that have begun, with what the Charters planned of each. One that is not known is a gap, and says so
    beneath: `Mar ?`."""
    known = [month for month in annual.months if month[1] is not None or month[2] is not None]
    spent = tuple(amount for _, amount, _ in known)
    planned = tuple(amount for _, _, amount in known)
    return Picture(
        "SPEND BY MONTH, USD (UTC)",
        (Series("spent", spent, SPEND),),
        (),
        tuple(
            (float(at), f"{short_month(month)}{' ?' if amount is None else ''}")
            for at, (month, amount, _) in enumerate(known)
        ),
        _dollars,
        (Series("planned", planned, EXPECTED),) if any(planned) else (),
    )


def around_the_act(sheet: TripSheet) -> Picture | None:
    """The minutes before and after the act; None where there are none."""
    if sheet.minutes_from is None or not sheet.minutes:
        return None
    start, count = sheet.minutes_from, len(sheet.minutes)
    step = 15 if count <= 120 else 60
    first = -start.minute % step
    labels = [(float(at), f"{start + timedelta(minutes=at):%H:%M}") for at in range(first, count, step)]
    acted = (sheet.at - start).total_seconds() / 60
    if 0 <= acted < count:
        labels = [(at, text) for at, text in labels if abs(at - acted) > count / 12] + [(acted, f"{sheet.verb}!")]
    return Picture(
        f"SPEND BY MINUTE around the {sheet.verb}, USD (UTC)",
        (Series("spend", sheet.minutes, SPEND),),
        (),
        tuple(sorted(labels)),
        _dollars,
    )


def _levels(view: WorkloadView, parts: int, each: str) -> tuple[Level, ...]:
    if view.charter is None or view.charter.state != "signed":
        return ()
    expected, kill = view.charter.expected // parts, view.charter.kill_threshold // parts
    return (
        Level(f"expected {display(expected)} {each}", expected, EXPECTED),
        Level(f"kill pace {display(kill)}", kill, KILL),
    )


def _hours(start: datetime, count: int) -> tuple[tuple[float, str], ...]:
    at = [(index, start + timedelta(hours=index)) for index in range(count)]
    return tuple(
        (float(index), f"{hour:%a %H:%M}" if hour.hour == 0 else f"{hour:%H:%M}")
        for index, hour in at
        if hour.hour % 12 == 0
    )


def _dollars(amount: MicroUsd) -> str:
    return display(amount)
