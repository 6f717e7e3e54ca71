"""What a change of a Charter means, in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from console.charters.document import KillCriterion, decimal_dollars
from console.charters.signing import REGULATED
from console.money import MicroUsd

AUTOMATIC: Mapping[bool, str] = {True: "automatic", False: "escalated to a person"}
KILLS: Mapping[bool, str] = {
    True: "the breaker kills without asking",
    False: "nothing is killed until a person decides",
}
MODES: Mapping[str, str] = {
    "enforce": "the breaker acts",
    "observe": "what the breaker would do is written down and not done",
}
DECISIONS: Mapping[str, str] = {
    "adverse individual": "a named accountable human decides, before issue, with veto",
    "population policy": "the model decides under a policy that people govern",
    "erosion of trust": "a promise is made and honoured",
    "none": "no decision about people",
}


def of_domain(before: str, after: str) -> str:
    """Whether the risk officer signs."""
    if (before in REGULATED) == (after in REGULATED):
        return ""
    return "the risk officer signs too" if after in REGULATED else "the risk officer's signature is no longer asked for"


def of_models(before: Sequence[str], after: Sequence[str]) -> str:
    """Which may be run on now, and which no longer."""
    said = [f"{word} {', '.join(models)}" for word, models in (
        ("may also run on", [each for each in after if each not in before]),
        ("may no longer run on", [each for each in before if each not in after])) if models]
    return "; ".join(said) or "scenarios are priced at the first"


def of_threshold(before: MicroUsd | None, after: MicroUsd | None) -> str:
    """How much more or less a runaway may cost."""
    if before is None or after is None:
        return ""
    apart = f"{Decimal(decimal_dollars(abs(after - before))):,f} USD"
    return f"a runaway may cost {apart} more" if after > before else f"a runaway is killed {apart} earlier"


def of_action(criterion: KillCriterion) -> str:
    """What a criterion does, and who does it."""
    return f"{criterion.action}, {AUTOMATIC[criterion.automatic]}"


def more_or_less(before: int, after: int, more: str, less: str) -> str:
    return more if after > before else less
