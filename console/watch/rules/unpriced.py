"""A model without a price counts at the dearest known tier, and is an alert until somebody prices it."""

from __future__ import annotations

from collections.abc import Iterator

from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "unpriced"


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal a model that nobody knows the price of."""
    for model in facts.unpriced_models:
        yield Signal(
            rule=NAME, window=model, severity="error", active=True, clears=False,
            summary=f"no price is known for {model}; counted at the dearest tier, ${display(facts.estimated)} "
                    "of this month is an estimate",
            advice="Add a [[prices]] table for it to the configuration, or update the price library.",
            figures={"model": model, "estimated_microusd": str(facts.estimated)}, keep_s=0.0,
        )
