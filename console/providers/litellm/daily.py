"""What LiteLLM itself says each day cost, by model and key: a page holds rows of its tables, so a day spans pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from console.http import parse_json
from console.money import from_usd
from console.providers.litellm.identities import key_of_row, model_and_provider
from console.providers.shared.fields import UnusableError, listing, mapping, shown
from console.providers.source import BilledRow, Dimensions

_Line = tuple[date, str | None, str | None]
"""Day, model, key."""


@dataclass(slots=True)
class DailyReading:
    """Collects the pages; `lines` are the days' costs, what no key or no model has among them."""

    sums: dict[_Line, Decimal] = field(default_factory=dict)

    def page(self, body: bytes) -> bool:
        """Take one page in; whether another follows. Nothing is kept of a page that raises UnusableError."""
        answer = mapping(parse_json(body), "the answer", None)
        told = mapping(answer.get("metadata"), "metadata", None)
        more = told.get("has_more")
        if not isinstance(more, bool):
            raise UnusableError(f"has_more is {shown(more)}, so nobody knows whether this is all")
        for line, amount in [found for day in listing(answer, "results", None) for found in _day(day)]:
            self.sums[line] = self.sums.get(line, Decimal(0)) + amount
        return more

    def lines(self) -> list[BilledRow]:
        """One row a day, model and key, in whole micro-dollars."""
        return [BilledRow(day, _dimensions(model, key), from_usd(str(amount)), "USD", "tokens")
                for (day, model, key), amount in self.sums.items() if amount]


def _dimensions(model: str | None, key: str | None) -> Dimensions:
    name, provider = model_and_provider(model, None)
    return (("api_key_id", key), ("model", name), ("provider", None if name is None else provider))


def _day(value: object) -> Iterator[tuple[_Line, Decimal]]:
    said = mapping(value, "a day", None)
    try:
        day = date.fromisoformat(said.get("date", ""))
    except (ValueError, TypeError) as error:
        raise UnusableError(f"date is {shown(said.get('date'))} instead of a day") from error
    rest = _spend(said, day)
    models = mapping(mapping(said.get("breakdown"), "breakdown", None).get("models"), "models", None)
    for model, of_model in models.items():
        told = mapping(of_model, "a model", None)
        unkeyed = _spend(told, day)
        rest -= unkeyed
        for key, of_key in mapping(told.get("api_key_breakdown"), "api_key_breakdown", None).items():
            amount = _spend(mapping(of_key, "a key", None), day)
            unkeyed -= amount
            yield (day, model, key_of_row(key)), amount
        yield (day, model, None), unkeyed  # of keys that are left out, where there are very many
    yield (day, None, None), rest  # what is charged for no model: tools, flat fees


def _spend(holder: dict[str, Any], day: date) -> Decimal:
    value = mapping(holder.get("metrics"), "metrics", None).get("spend")
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 10**9:
        raise UnusableError(f"spend of {day} is {shown(value)} instead of dollars")
    return Decimal(value)
