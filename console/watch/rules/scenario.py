"""Which of the Charter's scenarios the workload is in: expected, stretch or runaway."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.burn import floor
from console.watch.rules.rule import Facts, Signal

NAME = "scenario"
SPAN = 3 * pace.DAY


def near(facts: Facts, settings: RuleSettings) -> bool:
    terms = facts.terms
    if terms is None:
        return False
    least = min(terms.stretch_multiple, terms.runaway_multiple)  # a draft may have them the wrong way round
    return facts.month >= terms.expected * least or (pace.burn(facts, SPAN) or 0.0) >= least


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """Three days at the scenario's multiple of the plan, or the month's spend past it: a hot day is no scenario."""
    if facts.terms is None or facts.terms.expected <= 0:
        return
    yield _signal(facts, settings, "stretch", facts.terms.stretch_multiple, "warning",
                  "Make the operational changes that the Charter lists for stretch.")
    yield _signal(facts, settings, "runaway", facts.terms.runaway_multiple, "critical",
                  "Kill it (K) unless its owner says now that this is meant.")


def _signal(facts: Facts, settings: RuleSettings, name: str, multiple: float, severity: str, advice: str) -> Signal:
    assert facts.terms is not None
    terms = facts.terms
    ratio = pace.burn(facts, SPAN) or 0.0
    by_pace = ratio >= multiple and facts.windows.get(SPAN, 0) >= floor(facts, settings)
    by_month = facts.month >= terms.expected * multiple
    near = ratio >= multiple * settings.resolve_share
    return Signal(
        rule=NAME, window=name, severity=severity, active=by_pace or by_month,
        clears=not (by_month or near or by_pace),
        summary=f"in {name}: {ratio:.1f}x plan over {SPAN // pace.DAY} days, "
                f"${display(facts.month)} this month ({name} is {multiple:g}x)",
        charter_line=f"Charter v{terms.version}, scenarios.{name}: {multiple:g}x of ${display(terms.expected)} a month",
        advice=advice,
        figures={"pace": f"{ratio:.3f}", "multiple": f"{multiple:g}", "month_microusd": str(facts.month)},
        hold_s=600.0,
    )
