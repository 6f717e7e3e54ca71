"""What a workload's tokens cost today: of the model that costs most, and of an average call on each tier. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from console.cadences.measured.seen import DAYS, MEASURED, Seen, Use, at_path, of_charter, requests_of
from console.clock import epoch
from console.economics.filling import Known
from console.pricing import Card, PriceBook

PRICE = "today's price"
PROVIDERS = ("anthropic", "openai", "google", "aws")
"""Whose prices are tried for a model whose provider is not known."""
TIERS = {"distilled": "claude-haiku-4-5", "workhorse": "claude-sonnet-4-6", "frontier": "claude-opus-4-6"}
"""The playbook's three tiers, and the model that stands for one of which a workload uses none."""
_MILLION = 1_000_000
_PICO = 10**12
_CLASSES = 5


@dataclass(frozen=True, slots=True)
class _Mix:
    """Tokens by class, of an average call or of all, and where they are from."""

    tokens: tuple[Fraction, ...]
    origin: str

    def usd(self, card: Card) -> Fraction:
        """What they cost, in dollars."""
        return sum((count * rate for count, rate in zip(self.tokens, card.rates.all(), strict=True)),
                   Fraction(0)) / _PICO


def priced(seen: Seen, book: PriceBook, tier_of: Callable[[str], str | None]) -> Iterator[tuple[str, Known]]:
    """Every figure that is a price, by name."""
    per_call = _per_call(seen)
    yield from _prices(seen, book, per_call)
    yield from _tiers(seen, book, tier_of, per_call)


def handed_on(seen: Seen) -> Iterator[tuple[str, Known]]:
    """How often each step of the declared cascade handed a call on, by the calls of its models."""
    counts = [requests_of([use for use in seen.uses if use.model == step]) for step in _steps(seen.entry)]
    for name, before, after in zip(("escalation_share", "top_escalation_share"), counts, counts[1:], strict=False):
        if before and after is not None and after <= before:
            yield name, Known(Fraction(after, before), MEASURED)


def _per_call(seen: Seen) -> _Mix | None:
    requests = requests_of(seen.uses)
    if requests is not None:
        return _Mix(tuple(count / requests for count in _sums(seen.uses)), f"last {DAYS} days")
    if seen.charter is None:
        return None
    version, document = seen.charter
    stated = document.expected.tokens_per_call
    return _Mix(tuple(map(Fraction, (stated.uncached_input, stated.cache_write, Decimal(0), stated.cache_read,
                                         stated.output))), of_charter(version))


def _sums(uses: Sequence[Use]) -> tuple[Fraction, ...]:
    return tuple(Fraction(sum(each.tokens[index] for each in uses)) for index in range(_CLASSES))


def _prices(seen: Seen, book: PriceBook, per_call: _Mix | None) -> Iterator[tuple[str, Known]]:
    """Of the model that costs most: its prices today, and what its cache multiplies them by."""
    card = _main_card(seen, book)
    if card is None:
        return
    rates = card.rates
    yield "output_usd_per_million", Known(Fraction(rates.output, _MILLION), PRICE)
    if rates.uncached_input:
        kept_long = bool(seen.uses) and seen.uses[0].tokens[2] > seen.uses[0].tokens[1]
        write = rates.cache_write_1h if kept_long else rates.cache_write_5m
        yield "cache_write_multiple", Known(Fraction(write, rates.uncached_input), PRICE)
        yield "cache_read_multiple", Known(Fraction(rates.cache_read, rates.uncached_input), PRICE)
        if seen.uses and any(seen.uses[0].tokens[1:3]) and "claude" in seen.uses[0].model:
            yield "cache_ttl_seconds", Known(Fraction(3600 if kept_long else 300), MEASURED)
    mix = _Mix(_sums(seen.uses), f"last {DAYS} days") if seen.uses else per_call
    if mix is not None and any(mix.tokens[:4]):
        read = _Mix((*mix.tokens[:4], Fraction(0)), mix.origin)
        yield "input_usd_per_million", Known(read.usd(card) / sum(read.tokens) * _MILLION,
                                             f"{PRICE}, cached as in {mix.origin}")


def _main_card(seen: Seen, book: PriceBook) -> Card | None:
    if seen.uses:
        return _card(book, seen.uses[0].model, seen.at, seen.uses[0].provider)
    return _card(book, seen.charter[1].tram.models[0], seen.at) if seen.charter else None


def _card(book: PriceBook, model: str, at: datetime, provider: str = "") -> Card | None:
    """Today's rates of a model; None where nobody knows them."""
    for each in dict.fromkeys((provider, *PROVIDERS)) if provider else PROVIDERS:
        card = book.card(each, model, epoch(at))
        if not card.unpriced:
            return card
    return None


def _tiers(seen: Seen, book: PriceBook, tier_of: Callable[[str], str | None],
           per_call: _Mix | None) -> Iterator[tuple[str, Known]]:
    """What an average call would cost on each tier; one that is done again costs a call of the workhorse at least."""
    if per_call is None:
        return
    models = {tier: next((use.model for use in seen.uses if tier_of(use.model) == tier), None) for tier in TIERS}
    models.update(zip(TIERS, _steps(seen.entry), strict=False))
    for tier, own in models.items():
        card = _card(book, own or TIERS[tier], seen.at)
        if card is not None:
            usd = per_call.usd(card)
            yield f"usd_per_call_{tier}", Known(usd, f"{PRICE} of {own or f'{TIERS[tier]}, not used here'}")
            if tier == "workhorse":
                yield "misroute_usd", Known(usd, "at least a call of the workhorse")


def _steps(entry: Mapping[str, Any]) -> list[str]:
    """The models of the cascade that the MBOM declares, three at most."""
    stated = at_path(entry, ["cascade", "models"])
    return [str(model) for model in stated][: len(TIERS)] if isinstance(stated, list) and len(stated) > 1 else []
