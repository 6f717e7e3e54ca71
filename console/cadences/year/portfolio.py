"""What the portfolio shows of the predictions: cascades at today's prices, and how much of it is agentic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from console.cadences.commitments import Commitments
from console.cadences.periods import Period
from console.cadences.year.predictions import AGENTIC, Portfolio
from console.clock import epoch
from console.config import Config
from console.economics.stated_cascade import StatedCascade
from console.money import MICRO
from console.pricing import PriceBook
from console.providers.source import Tokens
from store import held_charters, months, years

PROVIDERS = ("anthropic", "openai", "google", "aws")
"""Whose prices are tried for a model, as for a Charter: it names models, not the account that they are bought from."""
CALLS = 1_000_000
"""Priced at once, so that no fraction of a token or of a micro-dollar is lost."""


def read_portfolio(tx: Session, config: Config, year: Period, before: Period, held: Commitments,
                   at: datetime) -> Portfolio:
    """As the MBOM stands now, at the prices of `at`."""
    built = years.built(tx)
    agentic = {slug for slug, architecture, _ in built if architecture in AGENTIC}
    cascades = {slug: json.loads(stated) for slug, _, stated in built if stated is not None and stated[:1] == "{"}
    verdicts = _verdicts(tx, config, cascades, held, at) if cascades else []
    return Portfolio(
        cascades=sum(stated is not None for _, _, stated in built), paying=verdicts.count(True),
        not_paying=verdicts.count(False), agentic=len(agentic),
        architectures=sum(architecture is not None for _, architecture, _ in built),
        request_cost=_request_cost(tx, agentic, year, before) if agentic and years.counts_requests(tx) else None)


def _verdicts(tx: Session, config: Config, cascades: Mapping[str, Mapping[str, Any]], held: Commitments,
              at: datetime) -> list[bool | None]:
    """Whether each cascade pays, at its Charter's tokens a call."""
    book = PriceBook(config.prices)
    versions = {(slug, commitment.version) for slug in cascades if (commitment := held.at(slug, at)) is not None}
    found = []
    for slug, _, _, document in held_charters.documents(tx, versions):
        tokens = json.loads(document)["expected"]["tokens_per_call"]
        found.append(_pays(book, StatedCascade.of(cascades[slug]), tokens, at))
    return found


def _pays(book: PriceBook, stated: StatedCascade | None, tokens: Mapping[str, str], at: datetime) -> bool | None:
    """None where that cannot be told."""
    costs = [_cost(book, model, tokens, at) for model in stated.models] if stated else []
    known = [cost for cost in costs if cost is not None]
    cascade = stated.at(known) if stated and len(known) == len(costs) else None
    return None if cascade is None else cascade.cost < cascade.workhorse


def _cost(book: PriceBook, model: str, tokens: Mapping[str, str], at: datetime) -> Fraction | None:
    """Dollars of a call; None where nobody knows the model's price."""
    counts = {name: round(Decimal(tokens[name]) * CALLS) for name in tokens}
    total = Tokens(uncached_input=counts["uncached_input"], cache_read=counts["cache_read"],
                   cache_write_5m=counts["cache_write"], output=counts["output"])
    for provider in PROVIDERS:
        priced = book.price(provider, model, total, epoch(at))
        if not priced.unpriced:
            return Fraction(priced.cost_microusd, CALLS * MICRO)
    return None


def _request_cost(tx: Session, agentic: set[str], year: Period, before: Period) -> tuple[Decimal, Decimal] | None:
    """Of those workloads whose requests are counted in both years."""
    sums: dict[str, list[int]] = {}
    for which, period in enumerate((before, year)):
        start, end = epoch(period.start), epoch(period.end)
        costs, counts = months.monthly_spend(tx, start, end), months.monthly_requests(tx, start, end)
        for month, by in counts.items():
            for slug, requests in by.items():
                if slug in agentic and requests is not None and slug is not None:
                    four = sums.setdefault(slug, [0, 0, 0, 0])
                    four[2 * which] += costs[month].cost.get(slug, 0)
                    four[2 * which + 1] += requests
    both = [four for four in sums.values() if four[1] and four[3]]
    if not both:
        return None
    was, asked, now, asks = (sum(each[index] for each in both) for index in range(4))
    return Decimal(was) / asked, Decimal(now) / asks
