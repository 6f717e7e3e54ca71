"""What OpenAI's usage costs: cached input, batches and service tiers class by class, embeddings, unknown models."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from console.config import PriceOverride
from console.pricing import PriceBook, Priced
from console.providers.source import Tokens

NOW = int(datetime(2026, 11, 23, 14, 5, tzinfo=UTC).timestamp())
BOOK = PriceBook()
CLASSES = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output")


def cost(tokens: Tokens, **dimensions: str | None) -> Priced:
    return BOOK.price_dimensions("openai", dimensions, tokens, NOW)


def rates(**dimensions: str | None) -> str:
    """Dollars per million tokens: input, short write, long write, read, output."""
    found = (cost(Tokens(**{name: 1_000_000}), **dimensions).cost_microusd for name in CLASSES)
    return " ".join(f"{Decimal(each) / 1_000_000:g}" for each in found)


@pytest.mark.parametrize(("dimensions", "table"), [
    ({"model": "gpt-4o"}, "2.5 2.5 2.5 1.25 10"),
    ({"model": "gpt-4o-2024-08-06"}, "2.5 2.5 2.5 1.25 10"),
    ({"model": "gpt-4o", "batch": "true"}, "1.25 1.25 1.25 1.25 5"),  # what a batch reads from the cache is as dear
    ({"model": "gpt-4o", "batch": "false"}, "2.5 2.5 2.5 1.25 10"),
    ({"model": "gpt-6-sol"}, "2 2.5 2.5 0.2 10"),
    ({"model": "gpt-6-sol", "service_tier": "default"}, "2 2.5 2.5 0.2 10"),
    ({"model": "gpt-6-sol", "service_tier": "priority"}, "4 5 5 0.4 20"),
    ({"model": "gpt-6-sol", "service_tier": "flex"}, "1 1.25 1.25 0.1 5"),
    ({"model": "gpt-6-sol", "batch": "true"}, "1 1.25 1.25 0.1 5"),
    ({"model": "gpt-6.1-terra"}, "1 1.25 2.5 0.05 5"),  # kept for twelve hours, a write is dearer
    ({"model": "gpt-6.1-terra", "batch": "true"}, "0.5 0.625 1.25 0.025 2.5"),
    ({"model": "text-embedding-3-small"}, "0.02 0.02 0.02 0.02 0"),
])
def test_each_class_costs_what_the_price_table_says(dimensions: dict[str, str | None], table: str) -> None:
    assert rates(**dimensions) == table


def test_a_tier_whose_price_nobody_documents_costs_the_standard_price_as_an_estimate() -> None:
    priced = cost(Tokens(output=1_000_000), model="gpt-4o", service_tier="scale")
    assert (priced.cost_microusd, priced.estimated, priced.unpriced) == (10_000_000, True, False)
    assert not cost(Tokens(output=1), model="gpt-4o", service_tier="default").estimated


def test_sound_among_the_tokens_makes_the_price_an_estimate() -> None:
    assert cost(Tokens(output=1), model="gpt-4o", modality="audio").estimated


@pytest.mark.parametrize("model", ["gpt-9-nova", "whisper-1", None])
def test_a_model_without_a_price_is_unpriced_and_never_free(model: str | None) -> None:
    priced = cost(Tokens(uncached_input=1_000), model=model)
    assert priced.unpriced
    assert priced.cost_microusd > 0


def test_a_row_that_names_its_provider_is_priced_as_that_providers() -> None:
    tokens = Tokens(output=1_000_000)
    row = {"provider": "openai", "model": "gpt-4o"}
    assert BOOK.price_dimensions("litellm", row, tokens, NOW).cost_microusd == 10_000_000
    assert BOOK.price_dimensions("litellm", {**row, "provider": "gemini"}, tokens, NOW).unpriced


def test_an_override_may_name_the_provider_as_the_mbom_does() -> None:
    book = PriceBook([PriceOverride("gemini-x", "vertex", input=Decimal(1), output=Decimal(2))])
    assert book.price("google", "gemini-x", Tokens(output=1_000_000), NOW).cost_microusd == 2_000_000
