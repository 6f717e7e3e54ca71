"""What rows of exported usage have in common: whose they are, what each class of tokens cost, and exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.pricing import WEB_SEARCH_PICO, Card
from store.spans import Used

PICO = 10**12
"""Pico-dollars in a dollar."""
MILLION = 10**6


@dataclass(frozen=True, slots=True)
class TokenType:
    """One class of usage, which has its own price."""

    name: str
    """`cache_read`."""
    meter: str
    """As a person reads it."""
    unit: str = "Tokens"
    pricing: int = MILLION
    """How many of them a price is for."""

    @property
    def zeros(self) -> int:
        """Of that number: as many places has a quantity in its unit."""
        return len(str(self.pricing)) - 1


TYPES = (
    TokenType("input", "Uncached input"), TokenType("cache_write_5m", "Cache write, 5 minutes"),
    TokenType("cache_write_1h", "Cache write, 1 hour"), TokenType("cache_read", "Cache read"),
    TokenType("output", "Output"), TokenType("web_search", "Web search", "Searches", 1_000),
)


@dataclass(frozen=True, slots=True)
class Whose:
    """One series: where it was used, and by whom."""

    source: str
    kind: str
    """Of the source: anthropic, …"""
    dimensions: Mapping[str, str | None]
    workload: str | None
    key_name: str
    account: tuple[str, str]
    """The organisation at the provider: identifier and name."""
    workspace: tuple[str, str] | None
    tags: Mapping[str, str]
    """What the MBOM says of the workload."""


def counts(used: Used) -> tuple[int, ...]:
    """How much of each of TYPES."""
    return (used.uncached_input, used.cache_write_5m, used.cache_write_1h, used.cache_read, used.output,
            used.web_searches)


def rates(card: Card) -> tuple[int, ...]:
    """Pico-dollars for one of each of TYPES."""
    return (*card.rates.all(), WEB_SEARCH_PICO)


def decimal(value: int, places: int) -> str:
    """`value` with its last so many digits after the point: exact, and always with a point (`1500.0`)."""
    sign = "-" if value < 0 else ""
    digits = f"{abs(value):0{places + 1}d}"
    whole, part = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return f"{sign}{whole}.{part or '0'}"
