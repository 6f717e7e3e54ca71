"""The pages of OpenAI's usage and cost reports, read strictly: what is not as documented is never half believed.

The convention, unlike Anthropic's: `input_tokens` is all input, and what was read from the cache or written to it is
part of it. So the cached tokens are taken out, never added. Where a row gives the uncached ones too, the parts must
make the whole: input_tokens = input_uncached_tokens + input_cached_tokens + input_cache_write_tokens. Writes that are
kept for 30 minutes count as our shorter class (`cache_write_5m`), those kept for 12 hours as the longer one; writes of
which only the sum is told are of the usual, shorter kind. Output is all output, reasoning included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from console.clock import from_epoch
from console.http import parse_json
from console.memory import uncollected
from console.money import from_usd
from console.providers.openai import GROUPING
from console.providers.rows import Rows
from console.providers.shared.asking import Page
from console.providers.shared.fields import (
    UnusableError,
    at,
    count_of,
    has_more,
    identifier,
    listing,
    mapping,
    optional_count,
    required,
    second,
    shown,
)
from console.providers.source import BilledRow, Dimensions, Named, Tokens

_COST_DIMENSIONS = ("api_key_id", "line_item", "project_id")
_LONGEST_NAME = 64 * 1024


@dataclass(slots=True)
class UsageReading:
    """Collects the rows of a window, page by page."""

    rows: Rows = field(default_factory=Rows)
    _known: dict[tuple[str | None, ...], Dimensions] = field(default_factory=dict)

    def page(self, body: bytes, expected: int, end: int, width: int) -> Page:
        """Read one page into `rows`; nothing is kept of a page that raises UnusableError."""
        rows = Rows()
        page = _page(body, expected, end, width, partial(self._bucket, rows))
        self.rows.extend(rows)
        return page

    def _bucket(self, rows: Rows, bucket: int, results: list[Any]) -> None:
        # Rows that differ only in what was not asked for are parts of one series and are added up. The very same row
        # twice is refused: its sum would count it double, and one alone is a guess.
        seen: dict[Dimensions, list[dict[str, Any]]] = {}
        places: dict[Dimensions, int] = {}
        for result in results:
            row = mapping(result, "a result", bucket)
            dimensions = self._dimensions(row, bucket)
            tokens, requests = _tokens(row, bucket), optional_count(row, "num_model_requests", bucket)
            place = places.setdefault(dimensions, len(rows))
            if place == len(rows):
                rows.append(bucket, dimensions, tokens, requests)
            elif row in seen[dimensions]:
                raise UnusableError(f"the bucket {at(bucket)} names the same series twice")
            else:
                rows.add(place, tokens, requests)
            seen.setdefault(dimensions, []).append(row)

    def _dimensions(self, row: dict[str, Any], bucket: int) -> Dimensions:
        """The row's values with their names, sorted; one object for all buckets of a series."""
        values = (*(_flag_or_text(row.get(name), name, bucket) for name in GROUPING), _modality(row, bucket))
        known = self._known.get(values)
        if known is None:
            known = self._known[values] = tuple(sorted(zip((*GROUPING, "modality"), values, strict=True)))
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
            self.lines[line.day, line.dimensions] = BilledRow(line.day, line.dimensions, amount, line.currency, None)
        return page


def read_names(named: Callable[[dict[str, Any]], Named], body: bytes) -> tuple[list[Named], str | None]:
    """One page of a list, and the identifier to go on after (None on the last page)."""
    answer = mapping(parse_json(body), "the answer", None)
    names = [named(mapping(item, "an entry", None)) for item in listing(answer, "data", None)]
    if not has_more(answer):
        return names, None
    last = answer.get("last_id")
    last = last if isinstance(last, str) and last else (names[-1].identifier if names else None)
    if last is None:
        raise UnusableError("the answer says that there is more, and not after what")
    return names, last


def project(item: dict[str, Any]) -> Named:
    """A project: what Anthropic calls a workspace."""
    status = item.get("status")
    return Named("workspace", required(item, "id"), _name(item), status if isinstance(status, str) else None)


def key_of(project: str, now: float, item: dict[str, Any]) -> Named:
    """A project's API key. There is no state in it but its end, and whether its owner still belongs to the project."""
    expires = item.get("expires_at")
    status = "active"
    if isinstance(expires, int) and expires <= now:
        status = "expired"
    elif item.get("owner_project_access") == "inactive":
        status = "inactive"
    return Named("api_key", required(item, "id"), _name(item), status, project)


def admin_key(item: dict[str, Any]) -> Named:
    """A key that manages the organisation and runs no model."""
    return Named("admin_key", required(item, "id"), _name(item))


@uncollected()
def _page(body: bytes, expected: int, end: int, width: int, take: Callable[[int, list[Any]], None]) -> Page:
    answer = mapping(parse_json(body), "the answer", None)
    buckets = listing(answer, "data", None)
    count = len(buckets)
    buckets.reverse()
    while buckets:
        # Taken out one by one, and so given back one by one: a page freed at once stops every thread for long.
        bucket = mapping(buckets.pop(), "a bucket", None)
        starts, ends = second(bucket, "start_time"), second(bucket, "end_time")
        whole = (starts // width + 1) * width  # the first and the last may be cut where the question is
        if starts != expected or not starts < end:
            raise UnusableError(
                f"the bucket {at(starts)} came where {at(expected)} should, in a window up to {at(end)}"
            )
        if ends not in (whole, min(whole, end)):
            raise UnusableError(f"the bucket {at(starts)} is {ends - starts} s wide instead of {whole - starts}")
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
    total = count_of(row, "input_tokens", bucket)
    cached = optional_count(row, "input_cached_tokens", bucket) or 0
    long = optional_count(row, "input_cache_write_12h_tokens", bucket) or 0
    short = optional_count(row, "input_cache_write_30m_tokens", bucket) or 0
    written = optional_count(row, "input_cache_write_tokens", bucket)
    written = short + long if written is None else written
    told = optional_count(row, "input_uncached_tokens", bucket)
    uncached = total - cached - written if told is None else told
    if uncached < 0 or long > written or uncached + cached + written != total:
        raise UnusableError(f"input_tokens of {at(bucket)} is {total}, and its parts are {uncached} uncached, {cached} "
                            f"cached and {written} written")
    output = optional_count(row, "output_tokens", bucket) or 0  # embeddings have none
    return Tokens(uncached_input=uncached, cache_write_5m=written - long, cache_write_1h=long, cache_read=cached,
                  output=output)


def _modality(row: dict[str, Any], bucket: int) -> str | None:
    sound = ("input_audio_tokens", "output_audio_tokens", "input_cached_audio_tokens")
    return "audio" if any(optional_count(row, name, bucket) for name in sound) else None


def _flag_or_text(value: object, name: str, bucket: int) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return identifier(value, name, bucket)


def _billed(bucket: int, results: list[Any]) -> list[BilledRow]:
    day = from_epoch(bucket).date()
    lines = []
    for result in results:
        row = mapping(result, "a result", bucket)
        amount = mapping(row.get("amount"), "amount", bucket)
        currency = amount.get("currency")
        if not isinstance(currency, str) or currency.upper() != "USD":
            raise UnusableError(f"currency of {at(bucket)} is {shown(currency)}; only USD is understood")
        values = tuple((name, identifier(row.get(name), name, bucket)) for name in _COST_DIMENSIONS)
        lines.append(BilledRow(day, values, _dollars(amount.get("value"), bucket), "USD", None))
    return lines


def _dollars(value: object, bucket: int) -> int:
    # A JSON number of dollars, exact because it was parsed as a Decimal; a text of one is taken as well.
    if not isinstance(value, str | Decimal | int) or isinstance(value, bool):
        raise UnusableError(f"amount of {at(bucket)} is {shown(value)} instead of dollars")
    try:
        return from_usd(str(value))
    except ValueError as error:
        raise UnusableError(f"amount of {at(bucket)} is {shown(value)} instead of dollars") from error


def _name(item: dict[str, Any]) -> str:
    """What a person called it; a key may have no name, and is then shown as its identifier."""
    name = item.get("name")
    return name[:_LONGEST_NAME] if isinstance(name, str) and name else required(item, "id")
