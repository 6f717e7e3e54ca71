"""A workload without a signed Charter is watched and never killed: say so, and say loudly when it surges."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "no-charter"
SURGE = 10.0
"""Times its own usual hour; healthy tenants reach that too, so it only alerts."""


def near(facts: Facts, settings: RuleSettings) -> bool:
    return facts.terms is None


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One standing signal while it spends, and one for an hour far above its own usual."""
    if facts.terms is not None:
        return
    yield Signal(
        rule=NAME, window="", severity="warning", active=facts.month >= settings.floor_usd_micro,
        clears=facts.month < settings.floor_usd_micro,
        summary=f"${display(facts.month)} this month without a signed Charter",
        advice="Name an owner and sign a Charter (charter new): until then nothing stops this automatically.",
        figures={"month_microusd": str(facts.month)}, keep_s=0.0,
    )
    if facts.usual:
        yield _surge(facts, settings, facts.usual)


def _surge(facts: Facts, settings: RuleSettings, usual: int) -> Signal:
    spent = facts.windows.get(pace.HOUR, 0)
    share = facts.expected_share.get(pace.HOUR) or pace.HOUR / (30 * pace.DAY)
    plan = max(1, round(usual * share))
    big_enough = spent >= settings.floor_usd_micro
    return Signal(
        rule=NAME, window="surge 1h", severity="critical", active=spent >= SURGE * plan and big_enough,
        clears=spent < SURGE * plan * settings.resolve_share or not big_enough,
        summary=f"${display(spent)} in the last hour, {spent / plan:.0f}x its usual, and no Charter limits it",
        advice="Nothing will stop this by itself. Kill it (K) if its team does not answer at once.",
        figures={"spent_microusd": str(spent), "usual_hour_microusd": str(plan)},
    )
