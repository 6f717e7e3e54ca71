"""Rules on element five, the kill criteria: each must be measurable, and act where it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from console.charters.document import KillCriterion
from console.charters.durations import seconds
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.money import MICRO, display

METRICS = {"month_usd": "month", "day_usd": "day", "spend_usd": None}
"""What the console measures itself, and the window each goes with; None: any duration."""
KNOWN = {
    "quality": ("accuracy", "error_rate", "rework_rate", "override_rate", "complaint_rate", "escalation_rate",
                "misroute_rate", "review_backlog"),
    "strategic": ("alpha_net_per_dollar", "outcomes", "outcome_cost_usd", "adoption_share", "review_age_days"),
}
"""What is measured outside and understood by name; another metric says in `measured_by` who measures it."""
BAD = {"accuracy": "below", "adoption_share": "below", "alpha_net_per_dollar": "below", "outcomes": "below"}
"""The side on which a metric is bad; of all others it is `above`."""
SHARES = ("accuracy", "error_rate", "rework_rate", "override_rate", "complaint_rate", "escalation_rate",
          "misroute_rate", "adoption_share")
"""What lies between 0 and 1."""
MINUTES_UNTIL = 6 * 3600
"""Spend is kept by the minute for windows up to here, by the hour beyond."""
LONGEST = 31 * 86400
MONTH = 30 * 86400


def judge(reading: Reading) -> Iterator[Problem]:
    for position, criterion in enumerate(reading.kill_criteria):
        found = _economic if criterion.kind == "economic" else _other
        yield from found(reading, position, criterion)
        if criterion.automatic and criterion.action != "pause":
            yield _problem(reading, position, "action", "irreversible",
                           f'action = "{criterion.action}" may not be automatic: a person decides what is not undone',
                           'write action = "pause", or automatic = false')


def _economic(reading: Reading, position: int, criterion: KillCriterion) -> Iterator[Problem]:
    if criterion.metric not in METRICS:
        yield _problem(reading, position, "metric", "measurable",
                       f"metric = {criterion.metric[:60]!r} is not measured", f"write one of: {', '.join(METRICS)}")
        return
    window = METRICS[criterion.metric]
    if window is not None and criterion.window != window:
        yield _problem(reading, position, "window", "measurable",
                       f"window = {criterion.window!r} does not go with {criterion.metric}",
                       f'write window = "{window}"')
        return
    if window is None and not _measured(criterion.window):
        yield _problem(reading, position, "window", "measurable",
                       f"window = {criterion.window!r} is not a window that spend is kept for",
                       'write minutes up to "360m", whole hours or days beyond, "31d" at most')
    yield from _would_kill_the_plan(reading, position, criterion)


def _would_kill_the_plan(reading: Reading, position: int, criterion: KillCriterion) -> Iterator[Problem]:
    """A criterion below what the expected scenario itself spends in the window, or above all that runaway spends."""
    if reading.expected is None:
        return
    if reading.runaway and criterion.value * MICRO > (most := int(reading.expected.monthly * reading.runaway.multiple)):
        yield _problem(reading, position, "above", "measurable",
                       f"above = {criterion.value:f} is more than the runaway scenario spends in a month "
                       f"({display(most)} USD): nothing comes to it", "lower it", "warning")
    period = {"month": MONTH, "day": 86400}.get(criterion.window, seconds(criterion.window))
    if period is None:
        return
    planned = int(Decimal(reading.expected.monthly) * period / MONTH)
    if criterion.value * MICRO < planned:
        yield _problem(reading, position, "above", "kills-the-plan",
                       f"above = {criterion.value:f} is less than the expected scenario spends in the window "
                       f"({display(planned)} USD)", "raise it", "warning")


def _other(reading: Reading, position: int, criterion: KillCriterion) -> Iterator[Problem]:
    known = (*METRICS, *KNOWN[criterion.kind])
    if criterion.metric not in known and not criterion.measured_by:
        yield _problem(reading, position, "metric", "measurable",
                       f"metric = {criterion.metric[:60]!r} is not known, and nobody says who measures it",
                       f'write measured_by = "weekly audit of 200 outputs", or one of: {", ".join(known)}')
    yield from _never_or_always(reading, position, criterion)
    if criterion.automatic:
        yield _problem(reading, position, "automatic", "automatic",
                       f"a {criterion.kind} criterion may not be automatic: the console does not measure it",
                       "write automatic = false; the console escalates and a person decides")


def _never_or_always(reading: Reading, position: int, criterion: KillCriterion) -> Iterator[Problem]:
    """A share that cannot come to the value, or a measure that stops the workload while it does well."""
    if criterion.metric not in KNOWN[criterion.kind] or criterion.measured_by:
        return
    bad, value, key = BAD.get(criterion.metric, "above"), criterion.value, criterion.comparison
    if criterion.metric in SHARES and value > 1:
        yield _problem(reading, position, key, "measurable",
                       f"{key} = {value:f}: {criterion.metric} is a share from 0 to 1",
                       f"write {key} = {value / 100:f}" if value <= 100 else f"write {key} = 0.05", "warning")
    elif key != bad:
        yield _problem(reading, position, key, "measurable",
                       f"{key} = {value:f} stops the workload while its {criterion.metric} is good",
                       f"write {bad} = {value:f}", "warning")


def _measured(window: str) -> bool:
    fixed = seconds(window)
    return fixed is not None and fixed <= LONGEST and (fixed <= MINUTES_UNTIL or fixed % 3600 == 0)


def _problem(reading: Reading, position: int, key: str, rule: str, message: str, remedy: str,
             severity: str = "error") -> Problem:
    line = reading.line("kill_criteria", position, key)
    return Problem(rule, line, f"[[kill_criteria]] {position + 1} {message}", remedy, severity)
