"""A Charter file against the rules, at the configuration's own matrix and today's prices. Needs no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from console.charters.document import TokensPerCall
from console.charters.parsing import Reading, read
from console.charters.rules import Verdict, check
from console.charters.scenarios import Price
from console.charters.tram import matrix_of
from console.clock import epoch
from console.config import Config
from console.money import MicroUsd
from console.pricing import PriceBook

PROVIDERS = ("anthropic", "openai", "google", "aws")
"""Whose prices are tried for a model: a Charter names models, not the account that they are bought from."""


@dataclass(frozen=True, slots=True)
class MonthOfTokens:
    """All that a scenario's calls come to; the cache is written for five minutes."""

    uncached_input: int
    cache_write_5m: int
    cache_read: int
    output: int
    cache_write_1h: int = 0
    web_searches: int = 0


def judge(text: str, name: str, config: Config, at: datetime) -> tuple[Reading, Verdict]:
    """What the rules say of a Charter file on that day. Raises InputError where the text is not TOML at all."""
    reading = read(text, name)
    return reading, check(reading, matrix_of(config.tram), price_on(config, at))


def price_on(config: Config, at: datetime) -> Price:
    """The price book of the configuration on one day."""
    book = PriceBook(config.prices)

    def price(model: str, tokens: TokensPerCall, calls: Decimal) -> MicroUsd | None:
        total = MonthOfTokens(
            uncached_input=round(tokens.uncached_input * calls), cache_read=round(tokens.cache_read * calls),
            cache_write_5m=round(tokens.cache_write * calls), output=round(tokens.output * calls),
        )
        for provider in PROVIDERS:
            priced = book.price(provider, model, total, epoch(at))
            if not priced.unpriced:
                return priced.cost_microusd
        return None

    return price
