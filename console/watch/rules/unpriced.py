"""A model without a price counts at the dearest known tier, and is an alert until somebody prices it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.config import RuleSettings
from console.money import MicroUsd, display
from console.watch.rules.rule import Facts, Signal

NAME = "unpriced"


def near(facts: Facts, settings: RuleSettings) -> bool:
    return bool(facts.unpriced_models)


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal a model that nobody knows the price of."""
    yield from of(facts.unpriced_models, facts.estimated)


def of(models: Iterable[str], estimated: MicroUsd | None) -> Iterator[Signal]:
    """The signals for models without a price; `estimated` is what of the month they stand for, None where unknown."""
    for model in models:
        yield Signal(
            rule=NAME, window=model, severity="error", active=True, clears=False,
            summary=f"no price is known for {model}; it counts at the dearest tier, ${display(estimated)} "
                    "of this month is an estimate",
            advice="Add a [[prices]] table for it to the configuration, or update the price library.",
            figures={"model": model, "estimated_microusd": str(estimated)}, keep_s=0.0,
        )
