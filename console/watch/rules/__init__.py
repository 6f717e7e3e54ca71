"""Every rule, in the order in which a person would want to read them."""

from collections.abc import Iterator

from console.config import RuleSettings
from console.watch.rules import (
    audit_log,
    blindness,
    burn,
    cap,
    feed,
    forecast,
    month_steps,
    no_charter,
    scenario,
    signs,
    unpriced,
)
from console.watch.rules.rule import Facts, Rule, Signal

RULES: tuple[Rule, ...] = (cap, signs, scenario, burn, blindness, forecast, month_steps, unpriced, no_charter)
ALL_NAMES: tuple[str, ...] = (*(rule.NAME for rule in RULES), feed.NAME, audit_log.NAME)


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """Every signal of every rule for one workload. Pure."""
    for rule in RULES:
        yield from rule.judge(facts, settings)
