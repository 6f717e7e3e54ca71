"""Which of the Charter's scenarios the workload is in: expected, stretch or runaway."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.burn import floor
from console.watch.rules.rule import Facts, Signal

NAME = "scenario"


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """Stretch: a day and six hours at the stretch multiple. Runaway: an hour and a quarter at the runaway one."""
    if facts.terms is None or facts.terms.expected <= 0:
        return
    yield _signal(facts, settings, "stretch", facts.terms.stretch_multiple, (pace.DAY, 6 * pace.HOUR), "warning",
                  "Make the operational changes that the Charter lists for stretch.")
    yield _signal(facts, settings, "runaway", facts.terms.runaway_multiple, (pace.HOUR, pace.RATE_WINDOW), "critical",
                  "Kill it (K) unless its owner says now that this is meant.")


def _signal(facts: Facts, settings: RuleSettings, name: str, multiple: float, windows: tuple[int, int], severity: str,
            advice: str) -> Signal:
    assert facts.terms is not None
    terms = facts.terms
    paces = [pace.burn(facts, window) or 0.0 for window in windows]
    by_pace = min(paces) >= multiple and facts.windows.get(windows[0], 0) >= floor(facts, settings)
    by_month = facts.month >= terms.expected * multiple
    near = min(paces) >= multiple * settings.resolve_share
    return Signal(
        rule=NAME, window=name, severity=severity, active=by_pace or by_month,
        clears=not (by_month or near or by_pace),
        summary=f"in {name}: {paces[0]:.1f}x plan over {windows[0] // pace.HOUR} h, "
                f"${display(facts.month)} this month ({name} is {multiple:g}x)",
        charter_line=f"Charter v{terms.version}, scenarios.{name}: {multiple:g}x of ${display(terms.expected)} a month",
        advice=advice,
        figures={"pace": f"{min(paces):.3f}", "multiple": f"{multiple:g}", "month_microusd": str(facts.month)},
        hold_s=0.0 if name == "runaway" else 600.0,
    )
