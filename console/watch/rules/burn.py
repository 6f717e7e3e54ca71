"""Burn rate over paired windows (operations 1.7): both must be above the threshold, and the spend above a floor."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "burn"


def floor(facts: Facts, settings: RuleSettings) -> int:
    """Micro-dollars below which a window is too small to judge (AL-50)."""
    expected = facts.terms.expected if facts.terms else 0
    return max(settings.floor_usd_micro, round(expected * settings.floor_share))


def near(facts: Facts, settings: RuleSettings) -> bool:
    return facts.terms is not None and ((pace.burn(facts, pace.HOUR) or 0.0) >= settings.burn_fast
                                        or (pace.burn(facts, 6 * pace.HOUR) or 0.0) >= settings.burn_slow)


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal: of the hour with its quarter, or of six hours with their last half, whichever says more."""
    if facts.terms is None or facts.terms.expected <= 0:
        return
    pairs = (("1h", pace.HOUR, pace.RATE_WINDOW, settings.burn_fast),
             ("6h", 6 * pace.HOUR, 30 * pace.MINUTE, settings.burn_slow))
    told = [_signal(facts, settings, name, long, short, threshold) for name, long, short, threshold in pairs
            if (pace.burn(facts, long), pace.burn(facts, short)) != (None, None)]
    if told:
        yield max(told, key=lambda signal: (signal.active, not signal.clears))


def _beyond_own_week(facts: Facts, long: int, settings: RuleSettings) -> bool:
    """More than the workload's own last seven days explain: work that comes in bursts is no news each time.

    While it is known for less than two days, a share of the whole month stands in for its own range.
    """
    if facts.track is None:
        return True
    own, spent = facts.track.own, facts.windows.get(long, 0)
    most = own.most_spent(60) if long == pace.HOUR else own.best.most_in_six_hours
    assert facts.terms is not None
    least = 0.0 if own.days >= settings.own_days else settings.unknown_share * facts.terms.expected
    return spent >= max(least, most * settings.own_record)


def _signal(facts: Facts, settings: RuleSettings, name: str, long: int, short: int, threshold: float) -> Signal:
    assert facts.terms is not None
    slow, fast = pace.burn(facts, long) or 0.0, pace.burn(facts, short) or 0.0
    big_enough = facts.windows.get(long, 0) >= floor(facts, settings) and _beyond_own_week(facts, long, settings)
    return Signal(
        rule=NAME, window="", severity="critical",
        active=min(slow, fast) >= threshold and big_enough,
        clears=min(slow, fast) < threshold * settings.resolve_share or not big_enough,
        summary=f"burning {slow:.1f}x plan over {name} and {fast:.1f}x over the last {short // 60} min "
                f"(${display(facts.windows.get(long, 0))} in {name}; alerts at {threshold:g}x)",
        charter_line=f"Charter v{facts.terms.version}, scenarios.expected: ${display(facts.terms.expected)} a month",
        advice="Open the workload; if nobody announced this, kill it (K): the key can be enabled again.",
        keep_s=settings.burn_keep_s,
        figures={"window": name, "burn_long": f"{slow:.3f}", "burn_short": f"{fast:.3f}", "threshold": f"{threshold:g}",
                 "spent_microusd": str(facts.windows.get(long, 0))},
    )
