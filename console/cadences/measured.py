"""What is known of a workload that a topic of the lab may start from: measured, from its Charter, its MBOM entry, or
from today's prices. Pure; what nobody knows is left out, and never zero.

The names are those that inputs of `console/economics` give as their `measure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from console.charters.document import CharterDocument
from console.clock import epoch
from console.economics.filling import Known
from console.money import MICRO, MicroUsd
from console.pricing import Card, PriceBook

DAYS = 30
MEASURED = f"measured, last {DAYS} days"
TRACED = "traces of the last 24 hours"
ENTRY = "MBOM entry"
PRICE = "today's price"
PROVIDERS = ("anthropic", "openai", "google", "aws")
"""Whose prices are tried for a model whose provider is not known."""
TIERS = {"distilled": "claude-haiku-4-5", "workhorse": "claude-sonnet-4-6", "frontier": "claude-opus-4-6"}
"""The playbook's three tiers, and the model that stands for one of which a workload uses none."""
_MONTH_DAYS = 30
_DAY_MINUTES = 24 * 60
_MILLION = 1_000_000
_PICO = 10**12
_CLASSES = 5


@dataclass(frozen=True, slots=True)
class Use:
    """What one model did for the workload in the measured days."""

    provider: str
    """As the price library names it."""
    model: str
    requests: int | None
    """None where its source does not count them."""
    tokens: tuple[int, ...]
    """Uncached input, cache writes for five minutes and for an hour, cache reads, output."""
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class Traces:
    """Calls of the last day that name the user's action, or the conversation, that they belong to."""

    actions: int
    action_tokens: int | None
    """None where a call's tokens were not told."""
    sessions: int
    session_calls: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is looked at."""

    at: datetime
    days: Fraction
    """For how long it was used, of the measured days at most; zero where it was not."""
    uses: Sequence[Use]
    """The dearest first."""
    traces: Traces
    entry: Mapping[str, Any]
    charter: tuple[int, CharterDocument] | None
    """The version in force."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is known of one workload."""

    workload: str
    at: datetime
    known: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class _Mix:
    """Tokens by class, of an average call or of all, and where they are from."""

    tokens: tuple[Fraction, ...]
    origin: str

    def usd(self, card: Card) -> Fraction:
        """What they cost, in dollars."""
        return sum((count * rate for count, rate in zip(self.tokens, card.rates.all(), strict=True)),
                   Fraction(0)) / _PICO


def known_of(seen: Seen, book: PriceBook, tier_of: Callable[[str], str | None]) -> dict[str, Known]:
    """Everything that is known, by name. `tier_of` says a model's tier, where it is known."""
    per_call = _per_call(seen)
    return dict([*_traffic(seen), *_traced(seen.traces), *_review(seen.charter), *_prices(seen, book, per_call),
                 *_tiers(seen, book, tier_of, per_call), *_entry(seen.entry),
                 *_literacy(seen.entry), *_handed_on(seen)])  # the later count


def _of_charter(version: int) -> str:
    return f"Charter v{version}"


def _requests(uses: Sequence[Use]) -> int | None:
    counts = [each.requests for each in uses if each.requests is not None]
    return sum(counts) if len(counts) == len(uses) and any(counts) else None


def _traffic(seen: Seen) -> Iterator[tuple[str, Known]]:
    """Calls over time, and what a token of any kind costs on average."""
    requests = _requests(seen.uses)
    daily: Known | None = None
    if requests is not None and seen.days:
        daily = Known(requests / seen.days, MEASURED)
    elif seen.charter is not None:
        version, document = seen.charter
        daily = Known(Fraction(document.expected.calls_per_month, _MONTH_DAYS), _of_charter(version))
    if daily is not None:
        yield "calls_per_day", daily
        yield "calls_per_minute", Known(daily.value / _DAY_MINUTES, daily.origin)
    tokens = sum(sum(each.tokens) for each in seen.uses)
    if tokens:
        cost = sum(each.cost for each in seen.uses)
        yield "usd_per_million", Known(Fraction(cost * _MILLION, tokens * MICRO), MEASURED)


def _traced(traces: Traces) -> Iterator[tuple[str, Known]]:
    if traces.actions:
        yield "actions_per_month", Known(Fraction(traces.actions * _MONTH_DAYS), TRACED)
        if traces.action_tokens is not None:
            yield "tokens_per_action", Known(Fraction(traces.action_tokens, traces.actions), TRACED)
    if traces.sessions:
        yield "calls_per_session", Known(Fraction(traces.session_calls, traces.sessions), TRACED)


def _literacy(entry: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """The levels of prompt literacy that its users lack, where they lack any."""
    required, had = (_number(_at(entry, ["prompt_literacy", level])) for level in ("required", "had"))
    if required is not None and had is not None and required > had:
        yield "literacy_gap", Known(required - had, ENTRY)


def _entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """What the MBOM states in figures."""
    for name, *path in (("system_tokens", "prompt", "tokens"), ("turn_cap", "eviction", "turn_cap"),
                        ("chunk_tokens", "data_pre_work", "chunking", "tokens"),
                        ("escalation_share", "cascade", "escalation_share"),
                        ("top_escalation_share", "cascade", "top_escalation_share"),
                        ("misroute_share", "cascade", "misroute_share"), ("misroute_usd", "cascade", "rework_usd")):
        stated = _number(_at(entry, path))
        if stated is not None:
            yield name, Known(stated, ENTRY)


def _review(charter: tuple[int, CharterDocument] | None) -> Iterator[tuple[str, Known]]:
    """What an outcome is worth, and what a person's look at one costs: the month's review over what is reviewed."""
    if charter is None:
        return
    version, document = charter
    purpose, review, cost = document.purpose, document.review, document.expected.review_cost
    if purpose.outcome_value is not None:
        yield "outcome_usd", Known(Fraction(purpose.outcome_value, MICRO), f"{_of_charter(version)}: an outcome")
    share = {"every output": Decimal(1), "sample": review.sample_share}.get(review.what)
    if cost is not None and share and purpose.outcomes_per_month:
        cases = Fraction(purpose.outcomes_per_month) * Fraction(share)
        yield "review_usd_per_case", Known(Fraction(cost, MICRO) / cases, _of_charter(version))


def _per_call(seen: Seen) -> _Mix | None:
    requests = _requests(seen.uses)
    if requests is not None:
        return _Mix(tuple(count / requests for count in _sums(seen.uses)), f"last {DAYS} days")
    if seen.charter is None:
        return None
    version, document = seen.charter
    stated = document.expected.tokens_per_call
    return _Mix(tuple(map(Fraction, (stated.uncached_input, stated.cache_write, Decimal(0), stated.cache_read,
                                         stated.output))), _of_charter(version))


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


def _handed_on(seen: Seen) -> Iterator[tuple[str, Known]]:
    """How often each step of the declared cascade handed a call on, by the calls of its models."""
    counts = [_requests([use for use in seen.uses if use.model == step]) for step in _steps(seen.entry)]
    for name, before, after in zip(("escalation_share", "top_escalation_share"), counts, counts[1:], strict=False):
        if before and after is not None and after <= before:
            yield name, Known(Fraction(after, before), MEASURED)


def _steps(entry: Mapping[str, Any]) -> list[str]:
    """The models of the cascade that the MBOM declares, three at most."""
    stated = _at(entry, ["cascade", "models"])
    return [str(model) for model in stated][: len(TIERS)] if isinstance(stated, list) and len(stated) > 1 else []


def _at(entry: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = entry
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _number(stated: object) -> Fraction | None:
    if stated is None or isinstance(stated, bool):
        return None
    try:
        return Fraction(Decimal(str(stated)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
