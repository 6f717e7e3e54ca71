"""What a token costs by the price library: whole pico-dollars per token, of one model, on one day.

The library prices a request, and picks a tier by that request's own prompt. A row of usage is many requests summed, so
it is never handed over: a rate is asked for, for a prompt of a given length, and multiplied by whoever has the counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.metadata import version

from console.model_names import bare, without_route

PICO_PER_USD_MTOK = 1_000_000
"""One dollar per million tokens is a million pico-dollars per token."""

_ALIASES = (("claude-mythos-", "claude-fable-"), ("claude-haiku-3-5", "claude-3-5-haiku"))
"""Names that the library lacks, and the names of models of the same price that it has."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Pico-dollars per token of each class."""

    uncached_input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int

    def times(self, factor: Fraction) -> Rates:
        """Every rate multiplied; a fraction of a pico-dollar is rounded half-even."""
        if factor == 1:
            return self
        return Rates(*(round(rate * factor) for rate in self.all()))

    def scaled(self, factors: Sequence[Fraction]) -> Rates:
        """Each rate by its own factor, in the order of `all`."""
        return Rates(*(round(rate * factor) for rate, factor in zip(self.all(), factors, strict=True)))

    def all(self) -> tuple[int, int, int, int, int]:
        return self.uncached_input, self.cache_write_5m, self.cache_write_1h, self.cache_read, self.output


@dataclass(frozen=True, slots=True)
class _Correction:
    """Where the library is known to be wrong before a day."""

    model: str
    before: date
    cache_read_usd: Decimal


# The library has one price for Sonnet 5.5; its cache reads were halved on 2026-10-07.
_CORRECTIONS = (_Correction("claude-sonnet-5-5", date(2026, 10, 7), Decimal("0.20")),)


_TWELVE_HOURS = (("gpt-6.1-terra", Fraction(5, 2)),)
"""Models whose cache writes for 12 hours the library prices as the short ones: what they cost of an uncached token."""


def library_version() -> str:
    """The version of the price data, found without importing it."""
    return version("genai-prices")


def known_differences() -> str:
    """What is held against the library here, for the fingerprint of a price."""
    return repr((_ALIASES, _CORRECTIONS, _TWELVE_HOURS, "bare names"))


def per_token(usd_per_mtok: Decimal) -> int:
    """Pico-dollars per token from dollars per million tokens."""
    return int((usd_per_mtok * PICO_PER_USD_MTOK).to_integral_value(ROUND_HALF_EVEN))


@lru_cache(maxsize=4096)
def library_rates(
    provider: str, model: str, day: date, prompt: int, context: tuple[str, str] | None = None
) -> Rates | None:
    """The standard rates for a request whose prompt has `prompt` tokens, or None where the model is unknown.

    context: one of the library's own price variants, such as ("speed", "fast"); where it has none, the standard rates
    come back unchanged, without a sign.
    """
    # Its own name first: it tells the price of a region. Only there may a region that nobody knows be left away.
    names = dict.fromkeys((model, without_route(model), *([bare(model)] if provider == "aws" else [])))
    for name in (*names, *(new + each[len(old) :] for each in names for old, new in _ALIASES if each.startswith(old))):
        rates = _ask(provider, name, day, prompt, context)
        if rates is not None and any(rates.all()):  # all zero is a model without a price by token, not a free one
            rates = _kept_long(rates, name)
            return _corrected(rates, name, day) if context is None else rates
    return None


@lru_cache(maxsize=256)
def dearest_rates(provider: str, day: date) -> Rates:
    """The highest rate of each class among the models that the provider offers: what an unknown model counts at.

    Models on offer are those that the library has a batch price for; the others of Anthropic's are retired. A provider
    without any such model counts all of its models, and one that the library does not know counts as Anthropic.
    """
    from genai_prices import data_snapshot

    known = {entry.id: entry.models for entry in data_snapshot.get_snapshot().providers}
    if not known.get(provider):
        provider = "anthropic"
    models = [entry for entry in known[provider] if entry.price_variants] or known[provider]
    found = [rates for entry in models if (rates := library_rates(provider, entry.id, day, 1_000_000)) is not None]
    return Rates(*(max(rates) for rates in zip(*(each.all() for each in found), strict=True)))


def _ask(provider: str, model: str, day: date, prompt: int, context: tuple[str, str] | None) -> Rates | None:
    from genai_prices import Usage, calc_price

    at = datetime.combine(day, time(), UTC)

    def rate(**kind: int) -> int:
        price = calc_price(
            Usage(input_tokens=prompt, **kind),
            model,
            provider_id=provider,
            genai_request_timestamp=at,
            price_context=dict([context]) if context else None,
        )
        part = price.output_price if "output_tokens" in kind else price.input_price
        return per_token(part * 1_000_000 / prompt)

    try:
        return Rates(
            uncached_input=rate(),
            cache_write_5m=rate(cache_write_tokens=prompt, cache_write_5m_tokens=prompt),
            cache_write_1h=rate(cache_write_tokens=prompt, cache_write_1h_tokens=prompt),
            cache_read=rate(cache_read_tokens=prompt),
            output=rate(output_tokens=prompt),
        )
    except LookupError:
        return None


def _corrected(rates: Rates, model: str, day: date) -> Rates:
    for correction in _CORRECTIONS:
        if model.startswith(correction.model) and day < correction.before:
            return replace(rates, cache_read=per_token(correction.cache_read_usd))
    return rates


def _kept_long(rates: Rates, model: str) -> Rates:
    factor = next((factor for begins, factor in _TWELVE_HOURS if model.startswith(begins)), None)
    return rates if factor is None else replace(rates, cache_write_1h=round(rates.uncached_input * factor))
