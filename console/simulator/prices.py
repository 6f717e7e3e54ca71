"""List prices of the models that the simulated organisation uses: what the simulated provider charges.

Kept apart from the console's own price library on purpose: the provider decides what it bills, and a test compares
the two. Figures are micro-dollars per million tokens, so tokens x price is whole pico-dollars (1e-12 USD).
"""

from __future__ import annotations

from datetime import UTC, datetime

Amounts = tuple[int, int, int, int, int, int, int]
"""Uncached input, 5-minute writes, 1-hour writes, cache reads, output (tokens), web searches, calls."""

ZERO: Amounts = (0, 0, 0, 0, 0, 0, 0)
PICO = 10**12
"""Pico-dollars in a dollar."""
PICO_PER_MICRO = 10**6

Price = tuple[int, int, int, int, int]
"""Micro-dollars per million tokens of the five token classes of `Amounts`."""

_PRICES: dict[str, Price] = {
    "claude-haiku-4-5": (1_000_000, 1_250_000, 2_000_000, 100_000, 5_000_000),
    "claude-sonnet-4-6": (3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
    "claude-sonnet-5-5": (2_000_000, 2_500_000, 4_000_000, 100_000, 10_000_000),
    "claude-opus-4-7": (5_000_000, 6_250_000, 10_000_000, 500_000, 25_000_000),
    "global.anthropic.claude-sonnet-4-6": (3_000_000, 3_750_000, 6_000_000, 300_000, 15_000_000),
    "gpt-6-sol": (2_000_000, 2_500_000, 2_500_000, 200_000, 10_000_000),
    "gemini-3.5-flash": (1_500_000, 1_500_000, 1_500_000, 150_000, 9_000_000),
}
_SEARCH = 10_000_000_000
"""Pico-dollars of one web search: 10 USD per thousand."""
_SONNET_5_5_CUT = int(datetime(2026, 10, 7, tzinfo=UTC).timestamp())
"""Cache reads of Sonnet 5.5 cost twice as much before this day."""


def price(model: str, at: int) -> Price:
    """The list price of `model` at an instant in seconds since 1970. Raises KeyError for a model not sold here."""
    current = _PRICES[model]
    if model == "claude-sonnet-5-5" and at < _SONNET_5_5_CUT:
        return (*current[:3], 200_000, current[4])
    return current


def class_costs(amounts: Amounts, model: str, service_tier: str, at: int) -> tuple[int, ...]:
    """Pico-dollars of the five token classes and of the web searches. Batch work costs half."""
    tokens = (count * each for count, each in zip(amounts[:5], price(model, at), strict=True))
    if service_tier == "batch":
        tokens = (cost // 2 for cost in tokens)
    return (*tokens, amounts[5] * _SEARCH)


def cost(amounts: Amounts, model: str, service_tier: str, at: int) -> int:
    """Pico-dollars of everything in `amounts`."""
    return sum(class_costs(amounts, model, service_tier, at))


def add(left: Amounts, right: Amounts) -> Amounts:
    """The two together."""
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3], left[4] + right[4],
            left[5] + right[5], left[6] + right[6])
