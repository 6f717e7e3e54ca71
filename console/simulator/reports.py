"""The usage report and the cost report: the meter's figures in the provider's own form."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.clock import epoch, from_epoch, parse_rfc3339, rfc3339
from console.simulator import query as ask
from console.simulator.answers import RefusedError
from console.simulator.law import HOUR, MINUTE
from console.simulator.meter import Meter
from console.simulator.prices import ZERO, Amounts, add, class_costs
from console.simulator.profiles import Stream
from console.simulator.query import Query

DAY = 24 * HOUR
SPEED_BETA = "fast-mode-2026-02-01"
_WIDTHS = {"1m": (MINUTE, 60, 1440), "1h": (HOUR, 24, 168), "1d": (DAY, 7, 31)}
"""Seconds, default and largest number of buckets."""
_DIMENSIONS = ("account_id", "api_key_id", "context_window", "inference_geo", "model", "service_account_id",
               "service_tier", "speed", "workspace_id")
_FILTERS = {"account_ids[]": "account_id", "api_key_ids[]": "api_key_id", "service_account_ids[]": "service_account_id",
            "workspace_ids[]": "workspace_id", "models[]": "model", "service_tiers[]": "service_tier",
            "context_window[]": "context_window", "inference_geos[]": "inference_geo", "speeds[]": "speed"}
_TOKEN_TYPES = ("uncached_input_tokens", "cache_creation.ephemeral_5m_input_tokens",
                "cache_creation.ephemeral_1h_input_tokens", "cache_read_input_tokens", "output_tokens")
_PICO_PER_CENT = 10**10

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """The buckets of one answer, and where the next begins (None: nothing is left)."""

    starts: Sequence[int]
    width: int
    following: int | None


def usage_report(meter: Meter, query: Query, now: float, betas: Sequence[str]) -> Json:
    """`GET /v1/organizations/usage_report/messages` as seen at `now`, seconds since 1970. Raises RefusedError."""
    ask.only(query, "starting_at", "ending_at", "bucket_width", "limit", "page", "group_by[]", *_FILTERS)
    speed = SPEED_BETA in betas
    if not speed and ("speeds[]" in query or "speed" in query.get("group_by[]", ())):
        raise RefusedError(400, f"speed: requires the anthropic-beta header {SPEED_BETA}")
    group = ask.choices(query, "group_by[]", _DIMENSIONS)
    wanted = {dimension: query[name] for name, dimension in _FILTERS.items() if name in query}
    page = _page(query, _WIDTHS, now)
    shown = [dimension for dimension in _DIMENSIONS if dimension != "speed" or speed]
    chosen = [(stream, _grouped(stream, group, shown)) for stream in meter.streams if _matches(stream, wanted)]
    return _envelope(page, lambda start: _usage_rows(meter, chosen, start, start + page.width, now, shown))


def cost_report(meter: Meter, query: Query, now: float) -> Json:
    """`GET /v1/organizations/cost_report`, from the same usage. Raises RefusedError."""
    ask.only(query, "starting_at", "ending_at", "bucket_width", "limit", "page", "group_by[]")
    group = ask.choices(query, "group_by[]", ("description", "workspace_id"))
    page = _page(query, {"1d": _WIDTHS["1d"]}, now)
    return _envelope(page, lambda start: _cost_rows(meter, group, start, now))


def dimensions(stream: Stream) -> dict[str, str | None]:
    """What the provider knows of a stream, ungrouped."""
    profile = stream.profile
    return {"account_id": None, "api_key_id": profile.key_id, "context_window": "0-200k",
            "inference_geo": stream.inference_geo, "model": stream.model, "service_account_id": None,
            "service_tier": profile.service_tier, "speed": "standard", "workspace_id": profile.workspace}


def _envelope(page: Page, rows: object) -> Json:
    assert callable(rows)
    data = [{"starting_at": _iso(start), "ending_at": _iso(start + page.width), "results": rows(start)}
            for start in page.starts]
    following = page.following
    cursor = None if following is None else "page_" + b64encode(_iso(following).encode()).decode()
    return {"data": data, "has_more": cursor is not None, "next_page": cursor}


def _page(query: Query, widths: dict[str, tuple[int, int, int]], now: float) -> Page:
    name = ask.one(query, "bucket_width", "1d") or ""
    if name not in widths:
        raise RefusedError(400, f"bucket_width: Input should be one of {', '.join(widths)}")
    width, default, most = widths[name]
    start = ask.required_instant(query, "starting_at") // width * width
    ending = ask.instant(query, "ending_at")
    if ending is None:
        ending = (int(now) // width + 1) * width
    elif ending <= start:
        raise RefusedError(400, "ending_at: must be after starting_at")
    limit = ask.count(query, "limit", default, most)
    cursor = ask.one(query, "page")
    if cursor is not None:
        start = _resume(cursor, start, width)
    last = ending // width * width
    stop = min(last, start + limit * width)
    return Page(range(start, stop, width), width, stop if start <= stop < last else None)


def _resume(cursor: str, start: int, width: int) -> int:
    try:
        at = epoch(parse_rfc3339(b64decode(cursor.removeprefix("page_"), validate=True).decode()))
    except (Base64Error, ValueError):
        at = -1
    if not cursor.startswith("page_") or at < start or at % width:
        raise RefusedError(400, "page: invalid cursor; keep every other parameter as in the first request")
    return at


def _matches(stream: Stream, wanted: dict[str, Sequence[str]]) -> bool:
    have = dimensions(stream)
    return all(have[dimension] in values for dimension, values in wanted.items())


def _grouped(stream: Stream, group: Sequence[str], shown: Sequence[str]) -> tuple[str | None, ...]:
    have = dimensions(stream)
    return tuple(have[dimension] if dimension in group else None for dimension in shown)


def _usage_rows(meter: Meter, chosen: Sequence[tuple[Stream, tuple[str | None, ...]]], start: int, end: int,
                now: float, shown: Sequence[str]) -> list[Json]:
    sums: dict[tuple[str | None, ...], Amounts] = {}
    for stream, key in chosen:
        used = meter.shown(stream, start, end, now)
        if used[6]:
            sums[key] = add(sums.get(key, ZERO), used)
    return [{
        "uncached_input_tokens": used[0],
        "cache_creation": {"ephemeral_5m_input_tokens": used[1], "ephemeral_1h_input_tokens": used[2]},
        "cache_read_input_tokens": used[3],
        "output_tokens": used[4],
        "server_tool_use": {"web_search_requests": used[5]},
        **dict(zip(shown, key, strict=True)),
    } for key, used in sums.items()]


def _cost_rows(meter: Meter, group: Sequence[str], start: int, now: float) -> list[Json]:
    sums: dict[tuple[tuple[str, str | None], ...], int] = {}
    for stream in meter.streams:
        workspace = stream.profile.workspace if "workspace_id" in group else None
        used = meter.shown(stream, start, start + DAY, now)
        for line, amount in _cost_lines(stream, used, start):
            described = line if "description" in group else dict.fromkeys(line)
            key = (("workspace_id", workspace), *described.items())
            sums[key] = sums.get(key, 0) + amount
    return [{"amount": _cents(amount), "currency": "USD", **dict(key)} for key, amount in sums.items() if amount]


def _cost_lines(stream: Stream, used: Amounts, at: int) -> Iterator[tuple[dict[str, str | None], int]]:
    have = dimensions(stream)
    *classes, searches = class_costs(used, stream.model, stream.profile.service_tier, at)
    model = _title(stream.model)
    for token_type, amount in zip(_TOKEN_TYPES, classes, strict=True):
        words = token_type.replace("cache_creation.ephemeral_", "cache write ").replace("_", " ").title()
        yield {"description": f"{model} Usage - {words}", "cost_type": "tokens", "token_type": token_type,
               **{name: have[name] for name in ("model", "context_window", "service_tier", "inference_geo")}}, amount
    yield {"description": "Web Search Usage", "cost_type": "web_search", "token_type": None, "model": None,
           "context_window": None, "service_tier": None, "inference_geo": None}, searches


def _title(model: str) -> str:
    """`Claude Sonnet 4.6` of `claude-sonnet-4-6`."""
    family, major, minor = model.removeprefix("claude-").split("-")
    return f"Claude {family.title()} {major}.{minor}"


def _cents(pico: int) -> str:
    whole, part = divmod(pico, _PICO_PER_CENT)
    return f"{whole}.{part:010d}".rstrip("0").rstrip(".")


def _iso(at: int) -> str:
    return rfc3339(from_epoch(at))
