"""The feed went silent while money was burning: not knowing is itself an alert (lessons 2.5)."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences import pace
from console.config import RuleSettings
from console.money import display
from console.watch.rules.burn import floor
from console.watch.rules.rule import Facts, Signal

NAME = "blind"


def near(facts: Facts, settings: RuleSettings) -> bool:
    return not facts.fresh


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """Stale data, and the last known hour was well above plan."""
    if facts.terms is None or facts.data_until is None:
        return
    ratio = pace.burn(facts, pace.HOUR) or 0.0
    spent = facts.windows.get(pace.HOUR, 0)
    active = not facts.fresh and ratio >= settings.blind_burn and spent >= floor(facts, settings)
    age = (facts.at - facts.data_until).total_seconds() / 60
    rate = pace.rate_per_hour(facts)
    yield Signal(
        rule=NAME, window="", severity="critical", active=active, clears=facts.fresh,
        summary=f"no usable data for {age:.0f} min, and it was burning {ratio:.1f}x plan "
                f"(${display(rate)} an hour) when they stopped",
        charter_line=f"Charter v{facts.terms.version}, scenarios.expected",
        advice="Stale data never kill by themselves. Look at the provider's own page; kill by hand (K) if in doubt.",
        figures={"age_s": f"{age * 60:.0f}", "burn": f"{ratio:.3f}"}, keep_s=0.0,
    )
