"""The pages of Anthropic's usage and cost reports, read strictly: what is not as documented is never half believed.

Every interval of a report is present, oldest first, empty ones with no rows. So a page must continue exactly where
the one before it ended; a gap, a repetition or another width means that something was lost or mixed up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from console.clock import from_epoch
from console.http import parse_json
from console.memory import uncollected
from console.money import from_cents
from console.providers.anthropic import USAGE_DIMENSIONS
from console.providers.rows import Rows
from console.providers.shared.asking import Page
from console.providers.shared.fields import (
    UnusableError,
    at,
    count_of,
    has_more,
    identifier,
    instant,
    listing,
    mapping,
    required,
    shown,
)
from console.providers.source import BilledRow, Dimensions, Named, Tokens
from console.text import clean

_COST_DIMENSIONS = (
    "context_window",
    "cost_type",
    "description",
    "inference_geo",
    "model",
    "service_tier",
    "token_type",
    "workspace_id",
)
_LONGEST_NAME = 64 * 1024


@dataclass(slots=True)
class UsageReading:
    """Collects the rows of a window, page by page."""

    rows: Rows = field(default_factory=Rows)
    _known: dict[tuple[str | None, ...], Dimensions] = field(default_factory=dict)

    def page(self, body: bytes, expected: int, end: int, width: int) -> Page:
        """Read one page into `rows`; nothing is kept of a page that raises UnusableError."""
        rows = Rows()
        page = _page(body, expected, end, width, lambda bucket, results: self._bucket(bucket, results, rows))
        self.rows.extend(rows)
        return page

    def _bucket(self, bucket: int, results: list[Any], rows: Rows) -> None:
        # Rows that differ only in what was not asked for (a dimension that is new) are parts of one series and are
        # added up. The very same row twice is refused: its sum would count it double, and one alone is a guess.
        seen: dict[tuple[str | None, ...], list[Mapping[str, Any]]] = {}
        merged: dict[Dimensions, int] = {}
        for result in results:
            row = mapping(result, "a result", bucket)
            values = tuple([identifier(row.get(name), name, bucket) for name in USAGE_DIMENSIONS])
            alike = seen.setdefault(values, [])
            if row in alike:
                raise UnusableError(f"the bucket {at(bucket)} names the same series twice ({_series(values)})")
            alike.append(row)
            dimensions = self._dimensions(values)
            tokens = _tokens(row, bucket)
            if dimensions in merged:
                rows.add(merged[dimensions], tokens, None)
            else:
                merged[dimensions] = len(rows)
                rows.append(bucket, dimensions, tokens)

    def _dimensions(self, values: tuple[str | None, ...]) -> Dimensions:
        """The values with their names; one object for all buckets of a series.

        Standard speed is stored as null. `speed` is told only under a beta header: were "standard" kept, the day that
        beta ends every series would seem to vanish and another to appear in its place.
        """
        known = self._known.get(values)
        if known is None:
            pairs = zip(USAGE_DIMENSIONS, values, strict=True)
            known = tuple((name, None if (name, value) == ("speed", "standard") else value) for name, value in pairs)
            self._known[values] = known
        return known


@dataclass(slots=True)
class CostReading:
    """Collects the lines of the daily cost. Lines that are alike in everything but the amount are added up."""

    lines: dict[tuple[date, Dimensions], BilledRow] = field(default_factory=dict)

    def page(self, body: bytes, expected: int, end: int, width: int) -> Page:
        """Read one page; nothing is kept of a page that raises UnusableError."""
        lines: list[BilledRow] = []
        page = _page(body, expected, end, width, lambda bucket, results: lines.extend(_billed(bucket, results)))
        for line in lines:
            before = self.lines.get((line.day, line.dimensions))
            amount = line.amount_microusd + (before.amount_microusd if before else 0)
            self.lines[line.day, line.dimensions] = BilledRow(
                line.day, line.dimensions, amount, line.currency, line.cost_type
            )
        return page


def read_names(kind: str, body: bytes) -> tuple[list[Named], str | None]:
    """One page of keys or workspaces, and the identifier to go on after (None on the last page)."""
    answer = mapping(parse_json(body), "the answer", None)
    names = [_named(kind, mapping(item, f"a {kind}", None)) for item in listing(answer, "data", None)]
    if not has_more(answer):
        return names, None
    last = answer.get("last_id")
    if not isinstance(last, str) or not last or not names:
        raise UnusableError("the answer says that there is more, and not after what")
    return names, last


def read_organisation(body: bytes) -> Named:
    """The organisation that the credential belongs to."""
    answer = mapping(parse_json(body), "the answer", None)
    return Named("organisation", required(answer, "id"), required(answer, "name"))


@uncollected()
def _page(body: bytes, expected: int, end: int, width: int, take: Callable[[int, list[Any]], None]) -> Page:
    answer = mapping(parse_json(body), "the answer", None)
    buckets = listing(answer, "data", None)
    count = len(buckets)
    buckets.reverse()
    while buckets:
        # Taken out one by one, and so given back one by one: a page freed at once stops every thread for long.
        bucket = mapping(buckets.pop(), "a bucket", None)
        starts, ends = instant(bucket, "starting_at"), instant(bucket, "ending_at")
        if ends - starts != width:
            raise UnusableError(f"the bucket {at(starts)} is {ends - starts} s wide instead of {width}")
        if starts != expected or ends > end:
            raise UnusableError(
                f"the bucket {at(starts)} came where {at(expected)} should, in a window up to {at(end)}"
            )
        take(starts, listing(bucket, "results", starts))
        expected = ends
    more = has_more(answer)
    cursor = answer.get("next_page")
    if more and (not isinstance(cursor, str) or not cursor):
        raise UnusableError("the answer says that there is more, and names no next page")
    if more and not count:
        raise UnusableError("the answer holds nothing and says that there is more")
    return Page(expected, cursor if more else None, len(body))


def _tokens(row: dict[str, Any], bucket: int) -> Tokens:
    writes = mapping(row.get("cache_creation"), "cache_creation", bucket)
    tools = mapping(row.get("server_tool_use"), "server_tool_use", bucket)
    return Tokens(
        uncached_input=count_of(row, "uncached_input_tokens", bucket),
        cache_write_5m=count_of(writes, "ephemeral_5m_input_tokens", bucket),
        cache_write_1h=count_of(writes, "ephemeral_1h_input_tokens", bucket),
        cache_read=count_of(row, "cache_read_input_tokens", bucket),
        output=count_of(row, "output_tokens", bucket),
        web_searches=count_of(tools, "web_search_requests", bucket),
    )


def _billed(bucket: int, results: list[Any]) -> list[BilledRow]:
    day = from_epoch(bucket).date()
    lines = []
    for result in results:
        row = mapping(result, "a result", bucket)
        values = {name: identifier(row.get(name), name, bucket) for name in _COST_DIMENSIONS}
        currency = row.get("currency")
        if currency != "USD":
            raise UnusableError(f"currency of {at(bucket)} is {shown(currency)}; only USD is understood")
        amount = _cents(row.get("amount"), bucket)
        lines.append(BilledRow(day, tuple(sorted(values.items())), amount, currency, values["cost_type"]))
    return lines


def _cents(value: object, bucket: int) -> int:
    # Documented as a decimal string of cents. A JSON number is as exact here, because it was parsed as a Decimal.
    if not isinstance(value, str | Decimal | int) or isinstance(value, bool):
        raise UnusableError(f"amount of {at(bucket)} is {shown(value)} instead of cents")
    try:
        return from_cents(str(value))
    except ValueError as error:
        raise UnusableError(f"amount of {at(bucket)} is {shown(value)} instead of cents") from error


def _named(kind: str, item: dict[str, Any]) -> Named:
    scope = item.get("scope")
    in_scope = scope.get("workspace_id") if isinstance(scope, dict) else None
    workspace = in_scope if isinstance(in_scope, str) else item.get("workspace_id")
    status = item.get("status")
    if kind == "workspace":
        status = "archived" if item.get("archived_at") else "active"
    return Named(
        kind,
        required(item, "id"),
        required(item, "name")[:_LONGEST_NAME],
        status if isinstance(status, str) else None,
        workspace if isinstance(workspace, str) and kind == "api_key" else None,
    )


def _series(values: tuple[str | None, ...]) -> str:
    named = zip(USAGE_DIMENSIONS, values, strict=True)
    return clean(", ".join(f"{name} {value}" for name, value in named if value is not None) or "all null", 160)
