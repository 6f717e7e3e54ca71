"""What usage costs: the provider's price table, the modifiers, the overrides, and what holds for every count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import PriceOverride
from console.pricing import PriceBook, Priced, microdollars, picodollars
from console.providers.source import Tokens
from console.rates import dearest_rates, library_rates

NOW = int(datetime(2026, 11, 23, 14, 5, tzinfo=UTC).timestamp())
BOOK = PriceBook()
MILLION = 1_000_000
CLASSES = ("uncached_input", "cache_write_5m", "cache_write_1h", "cache_read", "output")

# Anthropic's price table of autumn 2026, dollars per million tokens: input, write 5 min, write 1 h, read, output.
TABLE = {
    "claude-fable-5-2": "8 10 16 0.20 40",
    "claude-mythos-5-2": "8 10 16 0.20 40",
    "claude-fable-5-1": "10 12.50 20 0.25 50",
    "claude-mythos-5-1": "10 12.50 20 0.25 50",
    "claude-fable-5": "10 12.50 20 1.00 50",
    "claude-mythos-5": "10 12.50 20 1.00 50",
    "claude-opus-5-5": "4 5 8 0.20 20",
    "claude-opus-5": "5 6.25 10 0.50 25",
    "claude-opus-4-8": "5 6.25 10 0.50 25",
    "claude-opus-4-7": "5 6.25 10 0.50 25",
    "claude-opus-4-6": "5 6.25 10 0.50 25",
    "claude-opus-4-5": "5 6.25 10 0.50 25",
    "claude-opus-4-1": "15 18.75 30 1.50 75",
    "claude-opus-4": "15 18.75 30 1.50 75",
    "claude-sonnet-5-5": "2 2.50 4 0.10 10",
    "claude-sonnet-5": "2 2.50 4 0.20 10",
    "claude-sonnet-4-6": "3 3.75 6 0.30 15",
    "claude-sonnet-4-5": "3 3.75 6 0.30 15",
    "claude-haiku-5-5": "0.10 0.125 0.20 0.01 0.50",
    "claude-haiku-4-5": "1 1.25 2 0.10 5",
    "claude-haiku-3-5": "0.80 1 1.60 0.08 4",
    # identifiers as they arrive, with a date
    "claude-opus-4-20250514": "15 18.75 30 1.50 75",
    "claude-haiku-4-5-20251001": "1 1.25 2 0.10 5",
    "claude-3-5-haiku-20241022": "0.80 1 1.60 0.08 4",
    "claude-opus-5-5-20261001": "4 5 8 0.20 20",
}


def cost(model: str | None, tokens: Tokens, at: int = NOW, book: PriceBook = BOOK, **how: str | None) -> Priced:
    """The price of a row of Anthropic's, `how` being its dimensions."""
    dimensions = {"model": model, "context_window": "0-200k", "service_tier": "standard", **how}
    return book.price_dimensions("anthropic", dimensions, tokens, at)


def dollars_per_million(model: str | None, at: int = NOW, book: PriceBook = BOOK, **how: str | None) -> list[Decimal]:
    """What a million tokens of each class cost."""
    return [
        Decimal(cost(model, Tokens(**{name: MILLION}), at, book, **how).cost_microusd) / MILLION for name in CLASSES
    ]


def listed(model: str, factor: str = "1") -> list[Decimal]:
    return [Decimal(figure) * Decimal(factor) for figure in TABLE[model].split()]


@pytest.mark.parametrize("model", TABLE)
def test_the_price_table(model: str) -> None:
    assert dollars_per_million(model) == listed(model)
    assert not cost(model, Tokens(output=1)).unpriced


@pytest.mark.parametrize("model", sorted(set(TABLE) - {"claude-haiku-5-5"}))
def test_listed_models_are_not_estimates(model: str) -> None:
    assert not cost(model, Tokens(output=1), inference_geo="global", speed="standard").estimated


def test_a_whole_row_to_the_micro_dollar() -> None:
    row = Tokens(4210, 12000, 100, 98000, 3105, 2)
    # 4210 x 4 + 12000 x 5 + 100 x 8 + 98000 x 0.2 + 3105 x 20 micro-dollars, and two searches of one cent
    assert cost("claude-opus-5-5", row).cost_microusd == 16_840 + 60_000 + 800 + 19_600 + 62_100 + 20_000


def test_the_cache_tax_bug() -> None:
    """Cached tokens are no part of the uncached input: counting them there as well doubles what good caching costs."""
    cached = Tokens(uncached_input=1_000, cache_read=900_000, cache_write_5m=50_000)
    assert cost("claude-sonnet-4-6", cached).cost_microusd == 3_000 + 270_000 + 187_500


def test_a_summed_bucket_is_not_taken_for_one_long_prompt() -> None:
    many = Tokens(uncached_input=50 * MILLION, output=MILLION)
    assert cost("claude-sonnet-4-5", many).cost_microusd == 50 * 3 * MILLION + 15 * MILLION


def test_long_context_is_told_by_the_row() -> None:
    assert dollars_per_million("claude-sonnet-4-5", context_window="200k-1M") == [
        Decimal(each) for each in ("6", "7.50", "12", "0.60", "22.50")
    ]
    assert dollars_per_million("claude-sonnet-4-6", context_window="200k-1M") == listed("claude-sonnet-4-6")
    assert dollars_per_million("claude-opus-5-5", context_window="200k-1M") == listed("claude-opus-5-5")


def test_long_context_of_4_6_had_a_premium_until_march_2026() -> None:
    before, after = (int(datetime(2026, 3, day, 12, tzinfo=UTC).timestamp()) for day in (12, 13))
    assert dollars_per_million("claude-opus-4-6", before, context_window="200k-1M")[0] == 10
    assert dollars_per_million("claude-opus-4-6", before)[0] == 5
    assert dollars_per_million("claude-opus-4-6", after, context_window="200k-1M")[0] == 5


def test_haiku_5_5_has_a_step_inside_the_context_class() -> None:
    low = cost("claude-haiku-5-5", Tokens(uncached_input=MILLION))
    high = cost("claude-haiku-5-5", Tokens(uncached_input=MILLION), context_window="200k-1M")
    untold = cost("claude-haiku-5-5", Tokens(uncached_input=MILLION), context_window=None)
    assert (low.cost_microusd, low.estimated) == (100_000, True)
    assert (high.cost_microusd, high.estimated) == (500_000, False)
    assert (untold.cost_microusd, untold.estimated) == (100_000, True)
    assert dollars_per_million("claude-haiku-5-5", context_window="200k-1M") == listed("claude-haiku-5-5", "5")


def test_sonnet_5_5_read_its_cache_at_twice_the_price_until_october() -> None:
    midnight = int(datetime(2026, 10, 7, tzinfo=UTC).timestamp())
    read = Tokens(cache_read=MILLION)
    assert cost("claude-sonnet-5-5", read, midnight - 1).cost_microusd == 200_000
    assert cost("claude-sonnet-5-5", read, midnight).cost_microusd == 100_000
    assert cost("claude-sonnet-5-5", read, midnight - 1, service_tier="batch").cost_microusd == 100_000
    assert cost("claude-sonnet-5", read, midnight - 1).cost_microusd == 200_000


@pytest.mark.parametrize("at", [NOW, int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())])
def test_a_batch_is_half_price_in_every_class_and_at_any_date(at: int) -> None:
    for model in ("claude-opus-5-5", "claude-opus-4-7", "claude-haiku-4-5", "claude-sonnet-4-6"):
        assert dollars_per_million(model, at, service_tier="batch") == listed(model, "0.5")
    assert not cost("claude-opus-4-7", Tokens(output=1), at, service_tier="batch").estimated


def test_half_price_is_what_the_library_says_as_well_since_it_knows() -> None:
    for model in TABLE:
        plain = library_rates("anthropic", model, date(2026, 11, 23), 1000)
        batch = library_rates("anthropic", model, date(2026, 11, 23), 1000, ("processing", "batch"))
        assert plain is not None
        assert batch is not None
        if batch != plain:  # retired models have no batch price there
            assert [2 * rate for rate in batch.all()] == list(plain.all())


def test_us_only_inference_costs_a_tenth_more_from_4_6_on() -> None:
    for model in ("claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-5-5", "claude-sonnet-5", "claude-fable-5-2"):
        assert dollars_per_million(model, inference_geo="us") == listed(model, "1.1")
    for model in (
        "claude-sonnet-4-5",
        "claude-haiku-4-5-20251001",
        "claude-opus-4-20250514",
        "claude-3-5-haiku-20241022",
    ):
        assert dollars_per_million(model, inference_geo="us") == listed(model)
    for geo in ("global", "not_available", None):
        assert dollars_per_million("claude-opus-5-5", inference_geo=geo) == listed("claude-opus-5-5")


def test_modifiers_multiply() -> None:
    assert dollars_per_million("claude-opus-5-5", inference_geo="us", service_tier="batch") == listed(
        "claude-opus-5-5", "0.55"
    )
    assert dollars_per_million("claude-opus-5", inference_geo="us", speed="fast") == listed("claude-opus-5", "2.2")


def test_fast_mode_is_double_where_its_price_is_known_and_an_estimate_elsewhere() -> None:
    for model in ("claude-opus-5", "claude-opus-4-8", "claude-opus-5-5", "claude-fable-5-2"):
        assert dollars_per_million(model, speed="fast") == listed(model, "2")
        assert not cost(model, Tokens(output=1), speed="fast").estimated
    assert dollars_per_million("claude-opus-4-7", speed="fast") == listed("claude-opus-4-7", "2")
    assert cost("claude-opus-4-7", Tokens(output=1), speed="fast").estimated


@pytest.mark.parametrize(
    "how",
    [
        {"service_tier": "priority"},
        {"service_tier": "priority_on_demand"},
        {"service_tier": "flex"},
        {"service_tier": "a new one"},
        {"inference_geo": "moon"},
        {"speed": "ludicrous"},
        {"context_window": "1M-10M"},
    ],
)
def test_what_nobody_documents_costs_the_standard_price_as_an_estimate(how: dict[str, str]) -> None:
    priced = BOOK.price_dimensions("anthropic", {"model": "claude-opus-5-5", **how}, Tokens(output=MILLION), NOW)
    assert priced.cost_microusd == 20 * MILLION
    assert priced.estimated
    assert not priced.unpriced


def test_searches_cost_ten_dollars_a_thousand_whatever_the_model_and_the_modifiers() -> None:
    searches = Tokens(web_searches=1000)
    assert cost("claude-opus-5-5", searches).cost_microusd == 10 * MILLION
    assert cost("claude-opus-5-5", searches, service_tier="batch", inference_geo="us").cost_microusd == 10 * MILLION
    assert cost(None, Tokens(web_searches=1)).cost_microusd == 10_000


@pytest.mark.parametrize(
    "model", ["claude-opus-6", "claude-next", "gpt-5", "", None, "\x1b[31m", "claude-opus-5-5-preview"]
)
def test_an_unknown_model_is_never_free(model: str | None) -> None:
    priced = cost(model, Tokens(output=MILLION))
    assert priced.unpriced
    assert priced.estimated
    assert "no price" in priced.basis
    assert dollars_per_million(model) == [Decimal(each) for each in ("10", "12.50", "20", "1.00", "50")]


def test_the_dearest_rates_are_at_least_those_of_every_model_on_offer() -> None:
    dearest = dearest_rates("anthropic", date(2026, 11, 23))
    for model in set(TABLE) - {"claude-opus-4", "claude-opus-4-1", "claude-opus-4-20250514"}:  # retired
        rates = library_rates("anthropic", model, date(2026, 11, 23), MILLION)
        assert rates is not None
        assert all(one <= most for one, most in zip(rates.all(), dearest.all(), strict=True))
    assert dearest_rates("nobody", date(2026, 11, 23)) == dearest


def test_another_provider_is_another_price() -> None:
    tokens = Tokens(uncached_input=MILLION)
    assert BOOK.price("aws", "us.anthropic.claude-sonnet-4-6", tokens, NOW).cost_microusd == 3_300_000
    assert BOOK.price("google", "claude-sonnet-4-6@default", tokens, NOW).cost_microusd == 3_000_000
    assert BOOK.price("anthropic", "us.anthropic.claude-sonnet-4-6", tokens, NOW).unpriced
    assert BOOK.price("google", "claude-sonnet-4-6@default", tokens, NOW, batch=True).estimated


@pytest.mark.parametrize(("provider", "model", "microusd"), [
    ("aws", "bedrock/global.anthropic.claude-sonnet-4-6", 3_000_000),
    ("aws", "bedrock/eu-central-1/anthropic.claude-sonnet-4-6", 3_300_000),
    ("aws", "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-sonnet-4-6", 3_300_000),
    ("aws", "sa.anthropic.claude-fable-5-2", 8_800_000),  # a region that the price library does not list
    ("google", "google/gemini-2.5-pro", 1_250_000), ("google", "vertex_ai/claude-sonnet-4-5@20250929", 3_000_000),
    ("anthropic", "anthropic/claude-sonnet-4-6", 3_000_000), ("openai", "openai/gpt-5", 1_250_000)])
def test_a_models_price_is_found_behind_its_route_and_stays_that_of_its_region(
    provider: str, model: str, microusd: int
) -> None:
    priced = BOOK.price(provider, model, Tokens(uncached_input=MILLION), NOW, context="0-200k")
    assert (priced.unpriced, priced.cost_microusd) == (False, microusd)


def test_a_price_configured_wins_from_its_day_on() -> None:
    book = PriceBook([PriceOverride("claude-opus-5-5", since="2026-11-23", input=Decimal("3.5"), output=Decimal("17"))])
    assert dollars_per_million("claude-opus-5-5", book=book) == [Decimal(x) for x in ("3.5", "5", "8", "0.20", "17")]
    assert dollars_per_million("claude-opus-5-5", NOW - 86_400, book) == listed("claude-opus-5-5")
    assert dollars_per_million("claude-opus-5", book=book) == listed("claude-opus-5")
    assert "configured price" in cost("claude-opus-5-5", Tokens(), book=book).basis


def test_a_discount_scales_the_library_and_modifiers_multiply_on_top() -> None:
    book = PriceBook([PriceOverride("claude-*", multiplier=Decimal("0.85"))])
    assert dollars_per_million("claude-sonnet-5", book=book) == listed("claude-sonnet-5", "0.85")
    assert dollars_per_million("claude-sonnet-5", book=book, service_tier="batch") == listed("claude-sonnet-5", "0.425")
    assert cost("claude-unheard-of", Tokens(output=MILLION), book=book).unpriced


def test_the_most_specific_override_wins_and_then_the_latest() -> None:
    book = PriceBook(
        [
            PriceOverride("claude-opus-5-5", since="2026-01-01", output=Decimal(3)),
            PriceOverride("claude-opus-5-5", since="2026-02-01", output=Decimal(4)),
            PriceOverride("claude-opus-5-5", since="2027-01-01", output=Decimal(5)),
            PriceOverride("claude-opus-*", since="2026-06-01", output=Decimal(2)),
            PriceOverride("claude-*", since="2026-10-01", output=Decimal(1)),
            PriceOverride("claude-opus-5-5", provider="aws", output=Decimal(9)),
        ]
    )
    assert dollars_per_million("claude-opus-5-5", book=book)[4] == 4
    assert dollars_per_million("claude-opus-5", book=book)[4] == 2
    assert dollars_per_million("claude-sonnet-5", book=book)[4] == 1


def test_a_model_that_only_the_configuration_knows_has_a_price() -> None:
    book = PriceBook([PriceOverride("our-model", input=Decimal(2), output=Decimal(8), cache_read=Decimal("0.5"))])
    priced = cost("our-model", Tokens(output=MILLION), book=book)
    assert not priced.unpriced
    assert not priced.estimated
    assert dollars_per_million("our-model", book=book) == [Decimal(x) for x in ("2", "2.5", "4", "0.5", "8")]


def test_the_fingerprint_changes_with_what_can_change_a_price() -> None:
    one = PriceBook([PriceOverride("a", multiplier=Decimal("0.9")), PriceOverride("b", multiplier=Decimal(2))])
    same = PriceBook([PriceOverride("b", multiplier=Decimal(2)), PriceOverride("a", multiplier=Decimal("0.9"))])
    other = PriceBook([PriceOverride("a", multiplier=Decimal("0.8")), PriceOverride("b", multiplier=Decimal(2))])
    assert one.fingerprint() == same.fingerprint()
    assert len({one.fingerprint(), other.fingerprint(), BOOK.fingerprint()}) == 3
    assert "genai-prices" in BOOK.fingerprint()


MODELS = st.sampled_from(sorted(TABLE))
COUNT = st.integers(0, 10**12)
ROWS = st.builds(Tokens, COUNT, COUNT, COUNT, COUNT, COUNT, st.integers(0, 10**6))


@given(MODELS, ROWS, st.sampled_from(["standard", "batch"]), st.sampled_from(["us", "global"]))
def test_the_cost_is_the_exact_sum_rounded_once(model: str, row: Tokens, tier: str, geo: str) -> None:
    factor = Decimal("0.5") if tier == "batch" else Decimal(1)
    if dollars_per_million(model, inference_geo="us") != listed(model) and geo == "us":
        factor *= Decimal("1.1")
    rates = [figure * factor for figure in listed(model)]
    exact = sum(
        (count * rate for count, rate in zip((getattr(row, name) for name in CLASSES), rates, strict=True)), Decimal(0)
    )
    exact += row.web_searches * 10_000
    assert cost(model, row, service_tier=tier, inference_geo=geo).cost_microusd == exact.to_integral_value(
        ROUND_HALF_EVEN
    )


@given(MODELS, ROWS)
def test_many_rows_of_a_day_cost_by_their_card_what_each_costs_alone(model: str, row: Tokens) -> None:
    card = BOOK.card_of("anthropic", {"model": model, "context_window": "0-200k", "service_tier": "standard"}, NOW)
    assert microdollars(card.by_class(), row) == cost(model, row).cost_microusd


@given(MODELS, ROWS, ROWS)
def test_the_price_of_a_sum_is_the_sum_of_the_prices(model: str, one: Tokens, other: Tokens) -> None:
    both = Tokens(*(getattr(one, name) + getattr(other, name) for name in (*CLASSES, "web_searches")))
    rates = BOOK.card("anthropic", model, NOW).rates
    assert picodollars(rates, one) + picodollars(rates, other) == picodollars(rates, both)
    assert abs(cost(model, one).cost_microusd + cost(model, other).cost_microusd - cost(model, both).cost_microusd) <= 1


@given(st.one_of(MODELS, st.none(), st.text(max_size=20)), ROWS, st.sampled_from((*CLASSES, "web_searches")), COUNT)
def test_more_tokens_never_cost_less(model: str | None, row: Tokens, name: str, more: int) -> None:
    values = {each: getattr(row, each) for each in (*CLASSES, "web_searches")}
    values[name] += more
    assert cost(model, Tokens(**values)).cost_microusd >= cost(model, row).cost_microusd >= 0


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10), st.integers(0, 4 * 10**9))
def test_no_words_of_a_provider_are_a_surprise(model: str, geo: str, speed: str, at: int) -> None:
    assert cost(model, Tokens(output=MILLION), at, inference_geo=geo, speed=speed).cost_microusd > 0


def test_prices_hold_for_the_whole_utc_day_of_the_usage() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    for at in (midnight, midnight + timedelta(hours=23, minutes=59, seconds=59)):
        assert BOOK.card("anthropic", "claude-opus-5-5", int(at.timestamp())).rates.uncached_input == 4 * MILLION


def test_a_tuple_a_list_and_a_mapping_of_dimensions_are_the_same_row() -> None:
    said = {"inference_geo": "us", "model": "claude-opus-5-5", "service_tier": "batch"}
    pairs = tuple(said.items())
    prices = [BOOK.price_dimensions("anthropic", each, Tokens(1000), NOW) for each in (said, pairs, list(pairs), pairs)]
    assert prices == [Priced(2200, False, prices[0].basis, False)] * 4
    assert BOOK.price_dimensions("vertex", pairs, Tokens(1000), NOW) != prices[0]
