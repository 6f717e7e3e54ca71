"""Tokens to dollars: the one place where usage gets its price. Every screen, command and rule shows what this says.

Rates come from the price library, then from the overrides of the configuration, then the modifiers multiply. A model
that neither knows is never free: it counts at the dearest known rates, and is marked `unpriced`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import mul
from typing import Protocol

from console.clock import from_epoch
from console.config import PriceOverride
from console.rates import Rates, dearest_rates, known_differences, library_rates, library_version, per_token

DAY_S = 86_400
PICO_PER_MICRO = 1_000_000
WEB_SEARCH_PICO = 10_000_000_000
"""Ten dollars per thousand searches."""

_PROVIDERS = {"bedrock": "aws", "vertex": "google", "gemini": "google"}
"""What the price library calls a provider, where it has another word than we."""
# The shortest and the longest prompt of a context class: what lies between them may cross a step of the price.
_PROMPTS = {"0-200k": (1_000, 200_000), "200k-1M": (200_001, 1_000_000), None: (1_000, 1_000_000)}
_NO_PREMIUM = (None, "global", "not_available")
_PLAIN_TIERS = (None, "standard", "default", "batch")
_FAST = Fraction(2)
"""What fast mode costs wherever its price is documented; an estimate elsewhere."""
_AS_IT_IS, _HALF = (Fraction(1),) * 5, (Fraction(1, 2),) * 5
_MOST_CARDS = 20_000


class TokenCounts(Protocol):
    """Disjoint token classes, as every source gives them."""

    @property
    def uncached_input(self) -> int: ...
    @property
    def cache_write_5m(self) -> int: ...
    @property
    def cache_write_1h(self) -> int: ...
    @property
    def cache_read(self) -> int: ...
    @property
    def output(self) -> int: ...
    @property
    def web_searches(self) -> int: ...
STORED_BY = "prices"
"""The setting that says by which prices the stored usage was priced."""


@dataclass(frozen=True, slots=True)
class Card:
    """The rates that apply to one kind of row on one day."""

    rates: Rates
    estimated: bool
    """Whether the true price may differ: a step inside the context class, or a modifier nobody documents."""
    unpriced: bool
    basis: str
    """Where the rates are from, in words."""

    def by_class(self) -> tuple[int, ...]:
        """Pico-dollars of one token of each class, and of one web search: in the order in which usage counts them."""
        return (*self.rates.all(), WEB_SEARCH_PICO)


@dataclass(frozen=True, slots=True)
class Priced:
    cost_microusd: int
    estimated: bool
    basis: str
    unpriced: bool


class PriceBook:
    """The price library under the overrides of the configuration. Cheap to ask for very many rows.

    The first question imports the library (half a second): ask it in a thread.
    """

    def __init__(self, overrides: Iterable[PriceOverride] = ()) -> None:
        # The most specific first: an exact name, then the longest pattern, then the latest day.
        self._overrides = sorted(
            overrides, key=lambda each: (not each.model.endswith("*"), len(each.model), each.since), reverse=True
        )
        self._cards: dict[tuple[object, ...], Card] = {}

    def price(
        self,
        provider: str,
        model: str | None,
        tokens: TokenCounts,
        at_epoch: int,
        *,
        batch: bool = False,
        context: str | None = None,
        geo: str | None = None,
        speed: str | None = None,
        tier: str | None = None,
    ) -> Priced:
        """What tokens of one model cost at the prices of their day, rounded half-even once, to the micro-dollar.

        provider: as the price library names it (anthropic, openai, aws, google). The other words are the provider's
        own.
        """
        card = self.card(provider, model, at_epoch, batch=batch, context=context, geo=geo, speed=speed, tier=tier)
        return _priced(card, tokens)

    def price_dimensions(
        self,
        source_kind: str,
        dimensions: Mapping[str, str | None] | Iterable[tuple[str, str | None]],
        tokens: TokenCounts,
        bucket: int,
    ) -> Priced:
        """`price` of one row of usage, as a source of that kind gives it. Quickest where `dimensions` is a tuple.

        The provider is the kind of the source; a row of a gateway, or of pushed calls, names it in `provider`.
        """
        return _priced(self.card_of(source_kind, dimensions, bucket), tokens)

    def card_of(
        self,
        source_kind: str,
        dimensions: Mapping[str, str | None] | Iterable[tuple[str, str | None]],
        bucket: int,
    ) -> Card:
        """The rates that `price_dimensions` multiplies by: the same for every bucket of a day."""
        key = (source_kind, dimensions, bucket // DAY_S) if isinstance(dimensions, tuple) else None
        card = self._cards.get(key) if key else None
        if card is None:
            said = dict(dimensions)
            tier = said.get("service_tier")
            card = self.card(
                library_name(said.get("provider") or source_kind),
                None if said.get("unclassified") else said.get("model"),  # tokens of a sort that nobody has a price for
                bucket,
                batch=tier == "batch" or said.get("batch") == "true",
                context=said.get("context_window"),
                geo=said.get("inference_geo"),
                speed=said.get("speed"),
                tier=tier,
            )
            # Sound among the tokens, or tokens from a cache, cost otherwise, and no row says how much of them there is.
            if said.get("modality") or said.get("cached") == "not told":
                card = replace(card, estimated=True)
            if key:
                self._keep(key, card)
        return card

    def card(
        self,
        provider: str,
        model: str | None,
        at_epoch: int,
        *,
        batch: bool = False,
        context: str | None = None,
        geo: str | None = None,
        speed: str | None = None,
        tier: str | None = None,
    ) -> Card:
        """The rates that `price` multiplies by."""
        day = at_epoch // DAY_S
        key = (provider, model, day, batch, context, geo, speed, tier)
        card = self._cards.get(key)
        if card is None:
            on = from_epoch(day * DAY_S).date()
            card = self._standard(provider, model, on, context)
            card = _modified(card, provider, model, on, batch, geo, speed, tier)
            self._keep(key, card)
        return card

    def fingerprint(self) -> str:
        """Changes whenever a price may have: stored costs with another fingerprint are due to be computed again."""
        ours = "\n".join([known_differences(), *sorted(map(repr, self._overrides))])
        return f"genai-prices {library_version()} with {hashlib.sha256(ours.encode()).hexdigest()[:16]}"

    def _keep(self, key: tuple[object, ...], card: Card) -> None:
        if len(self._cards) >= _MOST_CARDS:  # names from outside must not fill the memory
            self._cards.clear()
        self._cards[key] = card

    def _standard(self, provider: str, model: str | None, day: date, context: str | None) -> Card:
        """The rates before modifiers: the library's, the overrides' over them, or the dearest known."""
        override = self._override(provider, model, day)
        shortest, longest = _PROMPTS.get(context, (1_000_000, 1_000_000))
        rates = library_rates(provider, model, day, shortest) if model else None
        if rates is not None:
            # Haiku 5.5 costs five times as much for prompts above 100k, and a row does not tell where its prompts lie.
            # The lower rate is taken: most prompts are short, and the row is marked. Above 200k it is exact again.
            stepped = library_rates(provider, model or "", day, longest) != rates or context not in _PROMPTS
            card = Card(rates, stepped, False, f"genai-prices {library_version()}")
            return card if override is None else _overridden(card, override)
        if override is not None and override.input is not None and override.output is not None:
            return _overridden(Card(_from_input(override.input, override.output), False, False, ""), override)
        unknown = f"dearest known rates, because {model or 'a row without a model'} has no price"
        return Card(dearest_rates(provider, day), True, True, unknown)

    def _override(self, provider: str, model: str | None, day: date) -> PriceOverride | None:
        if model is None:
            return None
        for each in self._overrides:
            matches = model.startswith(each.model[:-1]) if each.model.endswith("*") else model == each.model
            if matches and library_name(each.provider) == provider and date.fromisoformat(each.since) <= day:
                return each
        return None


def library_name(provider: str) -> str:
    """What the price library calls a provider of a normalised name."""
    return _PROVIDERS.get(provider, provider)


def picodollars(rates: Rates, tokens: TokenCounts) -> int:
    """The exact cost, before it is rounded."""
    return (
        tokens.uncached_input * rates.uncached_input
        + tokens.cache_write_5m * rates.cache_write_5m
        + tokens.cache_write_1h * rates.cache_write_1h
        + tokens.cache_read * rates.cache_read
        + tokens.output * rates.output
        + tokens.web_searches * WEB_SEARCH_PICO
    )


def microdollars(by_class: Sequence[int], counts: Sequence[int]) -> int:
    """The cost of such counts at the prices of `Card.by_class`, rounded half-even once: for very many rows."""
    return _micro(sum(map(mul, by_class, counts)))


def _priced(card: Card, tokens: TokenCounts) -> Priced:
    return Priced(_micro(picodollars(card.rates, tokens)), card.estimated, card.basis, card.unpriced)


def _micro(pico: int) -> int:
    whole, rest = divmod(pico, PICO_PER_MICRO)
    half = PICO_PER_MICRO // 2
    return whole + (rest > half or (rest == half and whole % 2 == 1))


def _overridden(card: Card, override: PriceOverride) -> Card:
    """Figures replace rates; the multiplier scales the rates that have no figure."""
    rates = card.rates.times(Fraction(override.multiplier) if override.multiplier is not None else Fraction(1))
    figures = {
        "uncached_input": override.input,
        "cache_write_5m": override.cache_write_5m,
        "cache_write_1h": override.cache_write_1h,
        "cache_read": override.cache_read,
        "output": override.output,
    }
    rates = replace(rates, **{name: per_token(figure) for name, figure in figures.items() if figure is not None})
    basis = f"configured price of {override.model} since {override.since}"
    return Card(rates, card.estimated, card.unpriced, f"{basis} over {card.basis}" if card.basis else basis)


def _from_input(per_mtok: Decimal, output: Decimal) -> Rates:
    """A price of which only input and output are configured: cache rates in the usual proportion to input."""
    rate = per_token(per_mtok)
    return Rates(rate, rate * 5 // 4, rate * 2, rate // 10, per_token(output))


def _modified(
    card: Card,
    provider: str,
    model: str | None,
    day: date,
    batch: bool,
    geo: str | None,
    speed: str | None,
    tier: str | None,
) -> Card:
    """What batch, geography and speed multiply by. Whatever is not documented costs the standard price, estimated."""
    rates, estimated, words = card.rates, card.estimated, []
    if batch:
        # Anthropic documents half price for batches without a date; the library knows it only from 2026-10-14 on.
        half = _HALF if provider == "anthropic" else _variant(provider, model, day, "processing", "batch")
        rates, estimated = rates.scaled(half or _AS_IT_IS), estimated or half is None
        words.append("batch")
    elif tier not in _PLAIN_TIERS:
        other = _variant(provider, model, day, "service_tier", tier or "")
        rates, estimated = rates.scaled(other or _AS_IT_IS), estimated or other is None
        words.append(f"{tier} tier")
    if speed not in (None, "standard"):
        known = _variant(provider, model, day, "speed", speed or "")
        usual = (_FAST,) * 5 if speed == "fast" else _AS_IT_IS
        rates, estimated = rates.scaled(known or usual), estimated or known is None
        words.append(f"{speed} speed")
    if geo == "us" and provider == "anthropic":
        if _since_4_6(model):
            rates = rates.times(Fraction(11, 10))
            words.append("US-only")
    elif geo not in _NO_PREMIUM:
        estimated = True
    if estimated == card.estimated and rates == card.rates:
        return card
    return Card(rates, estimated, card.unpriced, ", ".join([card.basis, *words]))


def _variant(provider: str, model: str | None, day: date, axis: str, value: str) -> tuple[Fraction, ...] | None:
    """How each rate of a price variant of the library relates to its standard one; None where it does not have one.

    Class by class: OpenAI's batches cost half, and what they read from the cache as much as always.
    """
    plain = library_rates(provider, model, day, 1_000) if model else None
    varied = library_rates(provider, model, day, 1_000, (axis, value)) if model else None
    if plain is None or varied is None or plain == varied:
        return None
    return tuple(Fraction(other, one) if one else Fraction(1)
                 for other, one in zip(varied.all(), plain.all(), strict=True))


def _since_4_6(model: str | None) -> bool:
    """Whether US-only inference has its premium. A name without a readable version counts as new."""
    found = re.match(r"claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?![0-9])", model or "")
    return found is None or (int(found[1]), int(found[2] or 0)) >= (4, 6)
