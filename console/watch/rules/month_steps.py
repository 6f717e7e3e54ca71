"""Month-to-date steps: half, most and all of the expected month are spent. Each fires once a month (AL-51).

Only the highest step that is crossed stands; it takes the place of those below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "month-steps"
SEVERITIES = ("info", "warning", "error")
REFIRE_SHARE = 1.02
"""A step that a restatement took back fires again only this far above itself."""


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal a step of the expected month."""
    if facts.terms is None or facts.terms.expected <= 0:
        return
    for index, step in enumerate(settings.month_steps):
        limit = round(facts.terms.expected * step)
        above = [facts.terms.expected * higher for higher in settings.month_steps[index + 1:]]
        passed = any(facts.month >= round(higher) for higher in above)
        yield Signal(
            rule=NAME, window=f"{facts.month_start:%Y-%m} {step:.0%}",
            severity=SEVERITIES[min(index, len(SEVERITIES) - 1)],
            active=facts.month >= limit and not passed, clears=facts.month < limit or passed,
            summary=f"${display(facts.month)} this month, {facts.month / facts.terms.expected:.0%} of the expected "
                    f"${display(facts.terms.expected)}",
            charter_line=f"Charter v{facts.terms.version}, scenarios.expected: "
                         f"${display(facts.terms.expected)} a month",
            advice="Compare with the day of the month; plan for stretch if it comes early." if step < 1
            else "The expected month is spent: ask its owner to cut the load or to revise the Charter.",
            figures={"spent_microusd": str(facts.month), "limit_microusd": str(limit)},
            keep_s=0.0, once_a_month=True,
        )
