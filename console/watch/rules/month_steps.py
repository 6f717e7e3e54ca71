"""Month-to-date steps: half, most and all of the expected month are spent. Each fires once a month (AL-51).

Only the highest step that is crossed stands; it takes the place of those below it. The first one fires only where the
month is ahead of its plan, and then stands until the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from console.config import RuleSettings
from console.money import MicroUsd, display
from console.watch.rules.rule import Facts, Signal, Terms

NAME = "month-steps"
SEVERITIES = ("info", "warning", "error")
EARLY = 1.1
"""Times the plan up to now, from which on the first step is news. The others are at any time."""
REFIRE_SHARE = 1.02
"""A step that a restatement took back fires again only this far above itself."""


def near(facts: Facts, settings: RuleSettings) -> bool:
    if facts.terms is None:
        return False
    crossed = sum(facts.month >= limit for limit in _limits(facts.terms, settings))
    return crossed > 1 or (crossed == 1 and _early(facts, facts.terms))


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """The signal of the highest step that is crossed; an alert of a lower one, or of none, ends."""
    if facts.terms is None or facts.terms.expected <= 0:
        return
    limits = _limits(facts.terms, settings)
    crossed = sum(facts.month >= limit for limit in limits)
    if not crossed:
        return
    step, limit = settings.month_steps[crossed - 1], limits[crossed - 1]
    yield Signal(
        rule=NAME, window=f"{facts.month_start:%Y-%m} {step:.0%}",
        severity=SEVERITIES[min(crossed, len(SEVERITIES)) - 1],
        active=crossed > 1 or _early(facts, facts.terms), clears=False,
        summary=f"${display(facts.month)} this month, {facts.month / facts.terms.expected:.0%} of the expected "
                f"${display(facts.terms.expected)}",
        charter_line=f"Charter v{facts.terms.version}, scenarios.expected: ${display(facts.terms.expected)} a month",
        advice="Compare with the day of the month; plan for stretch if it comes early." if step < 1
        else "The expected month is spent: ask its owner to cut the load or to revise the Charter.",
        figures={"spent_microusd": str(facts.month), "limit_microusd": str(limit)},
        keep_s=0.0, once_a_month=True,
    )


def _limits(terms: Terms, settings: RuleSettings) -> list[MicroUsd]:
    return [round(terms.expected * step) for step in settings.month_steps]


def _early(facts: Facts, terms: Terms) -> bool:
    """More than a tenth ahead of the plan: every workload on plan crosses the first step some day."""
    return facts.month >= EARLY * terms.expected * facts.month_share
