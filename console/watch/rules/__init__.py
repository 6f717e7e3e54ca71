"""Every rule, in the order in which a person would want to read them."""

from collections.abc import Container, Iterator

from console.config import RuleSettings
from console.watch.rules import (
    audit_log,
    billing_route,
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
AT_ONCE: tuple[Rule, ...] = (cap, signs)
"""Those that kill: they are asked as soon as calls come in, the others when usage is read."""
_RULES = tuple((rule.NAME, rule.near, rule.judge) for rule in RULES)
ALL_NAMES: tuple[str, ...] = (*(rule.NAME for rule in RULES), feed.NAME, billing_route.NAME, audit_log.NAME)


def near(facts: Facts, settings: RuleSettings) -> bool:
    """Whether any rule has to be asked. Of more spend, and of a lower share of the month that was to be expected, none
    is less near: what holds for these holds for all below."""
    return any(near_by(facts, settings) for _, near_by, _ in _RULES)


def judge(facts: Facts, settings: RuleSettings, standing: Container[str] = ALL_NAMES) -> Iterator[Signal]:
    """The signals of one workload. `standing`: rules that have an alert open for it, and are asked in any case. Pure.

    Of the others, one that cannot be active is passed over: most workloads are calm most of the time.
    """
    for name, near, judge_by in _RULES:
        if name in standing or near(facts, settings):
            yield from judge_by(facts, settings)


def near_at_once(facts: Facts, settings: RuleSettings) -> bool:
    """Whether a rule that kills has to be asked."""
    return any(rule.near(facts, settings) for rule in AT_ONCE)


def at_once(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """The signals of the rules that kill. Pure."""
    for rule in AT_ONCE:
        yield from rule.judge(facts, settings)
