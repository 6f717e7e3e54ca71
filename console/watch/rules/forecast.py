"""The month at its end: a projection above plan, or one that reaches the kill threshold before the month is over."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "forecast"


def near(facts: Facts, settings: RuleSettings) -> bool:
    """Above plan at the week's pace, or on the way to the kill threshold at that of three days."""
    terms, recent = facts.terms, facts.windows.get(3 * pace.DAY, 0)
    if terms is None or (facts.track is not None and not pace.knows_a_week(facts)):
        return False
    left = (facts.month_end - facts.data_until).total_seconds() if facts.data_until is not None else 0.0
    return (facts.month + recent * left / (3 * pace.DAY) >= terms.kill_threshold
            or (pace.projected_month(facts) or 0) > terms.expected * settings.forecast_over)


def _unknown(facts: Facts) -> Iterator[Signal]:
    """What stands keeps standing while nobody knows the pace: a resume is no news of the month's end."""
    if facts.data_until is None:
        return
    for window, severity in (("plan", "warning"), ("kill threshold", "error")):
        yield Signal(rule=NAME, window=window, severity=severity, active=False, clears=False,
                     summary="where the month ends is not known yet: it was resumed less than a day ago")


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """Two signals: over plan, and over the kill threshold (with the day on which it is crossed)."""
    projected = pace.projected_month(facts)
    if facts.terms is None or facts.terms.expected <= 0 or facts.month_share < 0.02:
        return
    if facts.track is not None and not pace.knows_a_week(facts):
        return
    if projected is None:
        yield from _unknown(facts)
        return
    terms = facts.terms
    recent = pace.burn(facts, 6 * pace.HOUR) or 0.0
    over = terms.expected * settings.forecast_over
    plan_line = f"Charter v{terms.version}, scenarios.expected: ${display(terms.expected)} a month"
    figures = {"projected_microusd": str(projected), "expected_microusd": str(terms.expected)}
    yield Signal(
        rule=NAME, window="plan", severity="warning",
        active=projected > over and recent > settings.forecast_over,
        clears=projected < over * settings.resolve_share,
        summary=f"on course for ${display(projected)} this month, {projected / terms.expected:.0%} of plan",
        charter_line=plan_line, advice="Ask the owner; a Charter revision takes days, so start early.",
        figures=figures, hold_s=3600.0, keep_s=3600.0,
    )
    line = pace.kill_line(facts, settings.probation_share) or terms.kill_threshold
    when = pace.crossing(facts, line)
    yield Signal(
        rule=NAME, window="kill threshold", severity="error", active=when is not None and facts.month < line,
        clears=projected < line * settings.resolve_share,
        summary=f"at this pace the kill threshold of ${display(line)} is reached on {when:%d %b %H:%M} UTC" if when
        else f"the kill threshold of ${display(line)} is not reached this month",
        charter_line=f"Charter v{terms.version}, scenarios.runaway: kill at ${display(terms.kill_threshold)}",
        advice="Cut the load or revise the Charter before that day.",
        figures=figures, hold_s=1800.0, keep_s=3600.0,
    )
