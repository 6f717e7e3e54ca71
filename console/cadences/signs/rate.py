"""Dollars in minutes: the Charter's runaway pace, more than ever, and rates that healthy work never shows."""

from __future__ import annotations

from console.cadences.counts import SPENT
from console.cadences.signs import allowance
from console.cadences.signs.sign import Case, Sign, dollars
from console.money import display
from console.settings import SignSettings

PACE, RECORD, SURGE, QUARTER, ABOVE_PLAN = "runaway pace", "own record", "surge", "quarter month", "above plan"
GOING_ON, GOING_ON_MINUTES = 0.02, 5
"""A surge goes on while each of so many minutes costs so much of its line."""
PACE_MINUTES, SURGE_MINUTES, PLAN_MINUTES, QUARTER_MINUTES = 3, 10, 15, 360


def pace(case: Case, settings: SignSettings) -> Sign:
    """Spend at the Charter's runaway multiple of the plan, over three minutes."""
    spent = max(case.track.spent(PACE_MINUTES), case.calls.spent_3m if case.calls is not None else 0)
    line = max(allowance.line(case, case.terms.runaway_multiple, PACE_MINUTES), settings.least_usd_micro)
    times = spent / max(1.0, allowance.plan(case.terms, PACE_MINUTES))
    return dollars(PACE, spent, line, PACE_MINUTES,
                   f"${display(spent)} in {PACE_MINUTES} min, {times:.0f}x the plan (line ${display(line)})")


def above_plan(case: Case, settings: SignSettings) -> Sign:
    """Some times the plan for a quarter of an hour: weak alone, a second sign beside one of another kind."""
    spent = max(case.track.spent(PLAN_MINUTES), case.calls.spent_15m if case.calls is not None else 0)
    line = max(allowance.line(case, settings.above_plan, PLAN_MINUTES), settings.least_usd_micro)
    times = spent / max(1.0, allowance.plan(case.terms, PLAN_MINUTES))
    return dollars(ABOVE_PLAN, spent, line, PLAN_MINUTES,
                   f"${display(spent)} in {PLAN_MINUTES} min, {times:.1f}x the plan (line ${display(line)})")


def record(case: Case, settings: SignSettings) -> Sign | None:
    """More in ten minutes than this workload ever spent so in seven days. Only ever a sign beside others."""
    most = case.track.own.most_spent(SURGE_MINUTES)
    if not most:
        return None
    spent = case.track.spent(SURGE_MINUTES)
    return dollars(RECORD, spent, round(most * settings.record), SURGE_MINUTES,
                   f"${display(spent)} in {SURGE_MINUTES} min; the most in its seven days was ${display(most)}")


def surge(case: Case, settings: SignSettings) -> Sign | None:
    """A share of the month in ten minutes, several times the own record, and still going on.

    Only where enough history tells what is usual: work that rests for days comes back at hundreds of times its last
    hour. A batch that falls into one or two minutes is no surge either.
    """
    own = case.track.own
    if own.days < settings.known_days or own.best.hours < settings.active_share * own.days * 24:
        return None
    spent, most = case.track.spent(SURGE_MINUTES), own.most_spent(SURGE_MINUTES)
    line = max(allowance.share_of_month(case, settings.surge_share), round(most * settings.surge_record))
    return dollars(SURGE, spent, line, SURGE_MINUTES,
                   f"${display(spent)} in {SURGE_MINUTES} min; its healthy work stays under ${display(line)}, and its "
                   f"own most was ${display(most)}",
                   all(case.track.last(SPENT, 1, ago) >= line * GOING_ON for ago in range(GOING_ON_MINUTES)))


def quarter(case: Case, settings: SignSettings) -> Sign:
    """A quarter of the expected month within six hours, whatever is known of the workload."""
    spent = case.track.spent(QUARTER_MINUTES)
    line = allowance.share_of_month(case, settings.quarter_share)
    return dollars(QUARTER, spent, line, QUARTER_MINUTES,
                   f"${display(spent)} in 6 h of an expected month of ${display(case.terms.expected)} "
                   f"(line ${display(line)})")
