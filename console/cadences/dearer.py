"""Which models cost more than any that a Charter permits, at the price library's rates."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from console.charters.production import is_permitted
from console.pricing import PriceBook
from console.providers.source import Tokens

REFERENCE = Tokens(uncached_input=3000, output=1000)
"""A common call: three quarters of it input."""
MARGIN = 1.05


def dearer_models(used: Iterable[str], permitted: Collection[str], prices: PriceBook, provider: str,
                  at: int) -> frozenset[str]:
    """Of the models `used`, those not permitted that cost over 5 % more than the dearest that is; `at` in seconds.

    A model that nobody knows the price of is not one of them: it has an alert of its own. Nor is any where the Charter
    names no model that has a price.
    """
    known = [cost for model in permitted if (cost := _cost(model, prices, provider, at)) is not None]
    if not known:
        return frozenset()
    limit = max(known) * MARGIN
    costs = ((model, _cost(model, prices, provider, at)) for model in set(used) if not is_permitted(model, permitted))
    return frozenset(model for model, cost in costs if cost is not None and cost > limit)


def _cost(model: str, prices: PriceBook, provider: str, at: int) -> int | None:
    priced = prices.price(provider, model, REFERENCE, at, context="0-200k")
    return None if priced.unpriced else priced.cost_microusd
