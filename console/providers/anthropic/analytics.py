"""Anthropic's analytics: what each key cost, by day. For reconciliation, hours late, and only where it is asked for.

Unlike the cost report it returns only what was spent, page by page and not bucket by bucket, and says up to when it was
refreshed. Days that it does not know whole are taken from the cost report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from console.clock import parse_rfc3339, rfc3339
from console.http import parse_json
from console.money import from_cents
from console.providers.shared.asking import MOST_PAGES, Api, Tally
from console.providers.shared.failures import StatusError
from console.providers.shared.fields import UnusableError, has_more, identifier, listing, mapping, shown
from console.providers.source import BilledRow, Dimensions, Failure, SourceError

BETA = {"anthropic-beta": "analytics-usage-cost-2026-08-24"}
DIMENSIONS = ("api_key_id", "cost_type", "model", "service_tier", "token_type", "workspace_id")
LONGEST_DAYS, LONGEST_AGO_DAYS = 31, 365
FIRST_DAY = date(2026, 1, 1)
PATH = "analytics/cost"
_CURSOR_OVER = 410
"""The figures were refreshed between two pages: it begins again."""
_NOT_ENROLLED = (400, 404)
NEVER = datetime.min.replace(tzinfo=UTC)
"""Where it is not said up to when the figures are whole."""


@dataclass(slots=True)
class Analytics:
    """What was read: amounts by day and dimensions, and up to when they are whole."""

    lines: dict[tuple[date, Dimensions], int] = field(default_factory=dict)
    refreshed_at: datetime | None = None
    pages: int = 0

    def page(self, body: bytes) -> str | None:
        """Read one page, and give the next one's cursor; nothing is kept of a page that raises UnusableError."""
        answer = mapping(parse_json(body), "the answer", None)
        found = [_line(mapping(row, "a row", None)) for row in listing(answer, "data", None)]
        cursor = answer.get("next_page")
        if has_more(answer) and (not isinstance(cursor, str) or not cursor):
            raise UnusableError("the answer says that there is more, and names no next page")
        told = answer.get("data_refreshed_at")
        fresh = NEVER if told is None else _instant(answer, "data_refreshed_at")
        self.refreshed_at = fresh if self.refreshed_at is None else min(self.refreshed_at, fresh)
        self.pages += 1
        for key, amount in found:
            self.lines[key] = self.lines.get(key, 0) + amount
        return cursor if answer["has_more"] else None

    def known_until(self, end: date) -> date:
        """The first day that is not known whole."""
        return min(end, (self.refreshed_at or NEVER).date())

    def rows(self) -> list[BilledRow]:
        """A line for each day and what is alike on it."""
        return [BilledRow(day, dimensions, amount, "USD", dict(dimensions)["cost_type"])
                for (day, dimensions), amount in self.lines.items()]


@dataclass(frozen=True, slots=True)
class ByKey:
    """What each key cost on the days of [start, end)."""

    rows: list[BilledRow]
    start: date
    end: date


async def cost_by_key(api: Api, start: date, end: date, tally: Tally) -> ByKey:
    """What each key cost on the days of [start, end) that the analytics know whole. Raises SourceError."""
    rows: list[BilledRow] = []
    start = min(end, max(start, FIRST_DAY, end - timedelta(days=LONGEST_AGO_DAYS)))
    begin = known = start
    while begin == known < end:
        stop = min(end, begin + timedelta(days=LONGEST_DAYS))
        found = await _read(api, begin, stop, tally)
        rows += found.rows()
        begin, known = stop, max(begin, found.known_until(stop))
    return ByKey([row for row in rows if row.day < known], start, known)


async def _read(api: Api, start: date, end: date, tally: Tally) -> Analytics:
    try:
        return await _walk(api, start, end, tally)
    except StatusError as error:
        if error.status != _CURSOR_OVER:
            raise _refused(error) from error
    return await _walk(api, start, end, tally)


async def _walk(api: Api, start: date, end: date, tally: Tally) -> Analytics:
    wanted = [("starting_at", _midnight(start)), ("ending_at", _midnight(end)), ("time_bucket_width", "1d"),
              *(("group_by[]", name) for name in DIMENSIONS), ("order_by", "time"), ("order", "asc"),
              ("limit", "1000")]
    reading, cursor, seen = Analytics(), None, set[str]()
    while reading.pages < MOST_PAGES:
        params = [*wanted, ("page", cursor)] if cursor else wanted
        cursor = await api.get(PATH, params, reading.page, tally, BETA)
        if cursor is None:
            return reading
        if cursor in seen:
            break
        seen.add(cursor)
    raise SourceError(Failure.MALFORMED, f"{api.name}: {PATH} does not end", requests=tally.requests)


def _refused(error: StatusError) -> StatusError:
    """A beta that the organisation has no part in is a matter of the configuration."""
    if error.status not in _NOT_ENROLLED:
        return error
    said = (f"{error} The analytics are a beta that an organisation must have part in: without it, take "
            "analytics = true out of this source's table.")
    refused = StatusError(error.status, error.failure, said, error.retry_after_s)
    refused.requests = error.requests
    return refused


def _line(row: dict[str, Any]) -> tuple[tuple[date, Dimensions], int]:
    starts = _instant(row, "starting_at")
    group, cost = mapping(row.get("group"), "group", None), mapping(row.get("cost"), "cost", None)
    at = int(starts.timestamp())
    if cost.get("currency") != "USD":
        raise UnusableError(f"currency is {shown(cost.get('currency'))}; only USD is understood")
    amount = cost.get("amount")
    try:
        if not isinstance(amount, str):
            raise ValueError
        micro = from_cents(amount)
    except ValueError as error:
        raise UnusableError(f"amount is {shown(amount)} instead of cents as text") from error
    values = tuple((name, identifier(group.get(name), name, at)) for name in DIMENSIONS)
    return (starts.date(), values), micro


def _instant(answer: dict[str, Any], name: str) -> datetime:
    value = answer.get(name)
    try:
        if not isinstance(value, str):
            raise ValueError
        return parse_rfc3339(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnusableError(f"{name} is {shown(value)} instead of a time") from error


def _midnight(day: date) -> str:
    return rfc3339(datetime.combine(day, time(), UTC))
