"""What the tokens of some models would have cost at a cheaper one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from console.antipatterns.telemetry import ModelUse, Telemetry
from console.money import MicroUsd
from console.pricing import picodollars
from console.rates import Rates

_FAMILY = {"workhorse": "sonnet", "distilled": "haiku"}
"""What stands in the place of `opus` in the name of the cheaper model of the same generation."""
_KNOWN = {"workhorse": ("claude-sonnet-4-6", "claude-sonnet-4-5"), "distilled": ("claude-haiku-4-5",)}
"""Where that generation has none: the newest that has a price."""


@dataclass(frozen=True, slots=True)
class Saving:
    amount: MicroUsd
    """Micro-dollars within the time looked at."""
    at: str
    """The models that the tokens are priced at."""


@dataclass(frozen=True, slots=True)
class _Tokens:
    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    web_searches: int = 0


def saving_at(seen: Telemetry, uses: Sequence[ModelUse], cheaper: str) -> Saving | None:
    """What these uses would have saved at `cheaper`, a tier or a model. None: of one of them that is not known."""
    total, names = 0, dict[str, None]()
    for use in uses:
        found = next(_priced(seen, use, cheaper), None)
        own = seen.prices.card(use.provider, use.model, use.used.start)
        dear = picodollars(own.rates, _tokens(use))
        if found is None or own.unpriced or not dear:
            return None
        name, rates = found
        total += round(use.used.cost * (1 - Fraction(picodollars(rates, _tokens(use)), dear)))
        names[name] = None
    return Saving(total, ", ".join(names))


def _priced(seen: Telemetry, use: ModelUse, cheaper: str) -> Iterator[tuple[str, Rates]]:
    """The cheaper model and its rates, the likeliest first; none that nobody has a price of."""
    for name in _names(use.model or "", cheaper):
        card = seen.prices.card(use.provider, name, use.used.start)
        if not card.unpriced:
            yield name, card.rates


def _names(model: str, cheaper: str) -> Iterator[str]:
    if cheaper not in _FAMILY:
        yield cheaper
        return
    if "opus" in model:
        yield model.replace("opus", _FAMILY[cheaper])
        yield from _KNOWN[cheaper]
    elif "-pro" in model:
        yield model.replace("-pro", "" if cheaper == "workhorse" else "-mini")


def _tokens(use: ModelUse) -> _Tokens:
    used = use.used
    return _Tokens(used.uncached, used.written_5m, used.written_1h, used.read, used.output)
