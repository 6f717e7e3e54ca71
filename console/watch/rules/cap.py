"""The Charter's own caps: the runaway kill threshold for the month, and spend criteria over a window.

A month's cap trips at the threshold less the worst-case overshoot, since a kill takes hold late. A window's cap is
taken as signed. In probation both count only what was spent since the resume, at the probation share. Caps over the
same window are one signal: the one that says most, since an alert is one for each workload, rule and window.
"""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.charters import durations
from console.charters.terms import Criterion
from console.config import RuleSettings
from console.money import MicroUsd, display
from console.watch.rules.rule import Facts, Signal

NAME = "cap"


def near(facts: Facts, settings: RuleSettings) -> bool:
    """At a cap; after a resume and in probation always, where caps are drawn anew."""
    terms = facts.terms
    if terms is None:
        return False
    ahead = pace.overshoot(facts) or 0
    if facts.resumed_at is not None or facts.probation or facts.month + ahead >= terms.kill_threshold:
        return True
    return any((_spent(facts, each) or 0) + ahead >= each.above for each in terms.criteria)


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal a window: the kill threshold of the runaway scenario, and each economic criterion."""
    told: dict[str, Signal] = {}
    for signal in _caps(facts, settings):
        told[signal.window] = max(told.get(signal.window, signal), signal, key=_weight)
    yield from told.values()


def _weight(signal: Signal) -> tuple[bool, bool, bool, int]:
    return signal.trips, signal.active, not signal.clears, -int(signal.figures["limit_microusd"])


def _caps(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    if facts.terms is None:
        return
    line = pace.kill_line(facts, settings.probation_share)
    assert line is not None
    ahead = pace.overshoot(facts) or 0
    charter_line = f"Charter v{facts.terms.version}, scenarios.runaway: kill at ${display(facts.terms.kill_threshold)}"
    yield _signal(facts, settings, "month", facts.month, line, ahead, facts.terms.automatic, charter_line)
    for criterion in facts.terms.criteria:
        spent = _spent(facts, criterion)
        if spent is None:
            continue
        yield _signal(facts, settings, criterion.window, spent, _limit(facts, criterion, spent, settings),
                      ahead if criterion.window == "month" else 0, criterion.automatic,
                      f"Charter v{facts.terms.version}, {criterion.label}")


def _spent(facts: Facts, criterion: Criterion) -> MicroUsd | None:
    if criterion.window == "month":
        return facts.month
    if criterion.window == "day":
        return facts.today
    seconds = durations.seconds(criterion.window)
    return None if seconds is None else facts.windows.get(seconds)


def _limit(facts: Facts, criterion: Criterion, spent: MicroUsd, settings: RuleSettings) -> MicroUsd:
    """What was signed; less in probation for a window, and for a month or day what a resume above it allows."""
    if durations.seconds(criterion.window) is None:
        return pace.line_after_resume(facts, spent, criterion.above, settings.probation_share)
    return round(criterion.above * settings.probation_share) if facts.probation else criterion.above


def _signal(facts: Facts, settings: RuleSettings, window: str, spent: MicroUsd, limit: MicroUsd, ahead: MicroUsd,
            automatic: bool, charter_line: str) -> Signal:
    active = spent + ahead >= limit
    worst = f" and up to ${display(ahead)} more before a kill takes hold" if ahead else ""
    period = {"month": "this month", "day": "today"}.get(window, f"in {window}")
    over = f"${display(spent)} {period}{worst}; the cap is ${display(limit)}"
    return Signal(
        rule=NAME, window=window, severity="critical", active=active,
        clears=spent + ahead < limit * settings.resolve_share,
        summary=over, charter_line=charter_line,
        advice="The Charter kills automatically here; open the trip sheet." if automatic
        else "The Charter asks a person: decide now whether to kill (K).",
        figures={"spent_microusd": str(spent), "limit_microusd": str(limit), "overshoot_microusd": str(ahead),
                 "window": window},
        trips=active and automatic,
    )
