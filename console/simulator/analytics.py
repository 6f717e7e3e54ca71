"""The cost analytics beta: sparse rows by key and day, refreshed some hours late, from the meter's figures."""

from __future__ import annotations

from collections.abc import Sequence

from console.clock import from_epoch, rfc3339
from console.simulator import query as ask
from console.simulator.answers import RefusedError
from console.simulator.catalogue import DEFAULT
from console.simulator.law import HOUR
from console.simulator.meter import Meter
from console.simulator.prices import class_costs
from console.simulator.query import Query
from console.simulator.reports import DAY, Json, dimensions

BETA = "analytics-usage-cost-2026-08-24"
REFRESHED_S = 4 * HOUR
"""How far the figures are behind."""
LONGEST = 31 * DAY
_GROUPING = ("actor", "actor_type", "api_key_id", "context_window", "cost_type", "inference_geo", "model",
             "service_tier", "speed", "token_type", "workspace_id")
_TOKEN_TYPES = ("uncached_input_tokens", "cache_creation.ephemeral_5m_input_tokens",
                "cache_creation.ephemeral_1h_input_tokens", "cache_read_input_tokens", "output_tokens")
_PICO_PER_CENT = 10**10


def cost(meter: Meter, query: Query, now: float, betas: Sequence[str]) -> Json:
    """`GET /v1/organizations/analytics/cost`, by the day. Raises RefusedError."""
    if BETA not in betas:
        raise RefusedError(404, "Not Found")
    ask.only(query, "starting_at", "ending_at", "time_bucket_width", "group_by[]", "limit", "page", "order_by", "order")
    start, end = ask.required_instant(query, "starting_at"), ask.required_instant(query, "ending_at")
    if ask.one(query, "time_bucket_width") != "1d" or start % DAY or end % DAY or not start < end <= start + LONGEST:
        raise RefusedError(400, "time_bucket_width: this simulator has whole days, at most 31 of them")
    group = ask.choices(query, "group_by[]", _GROUPING)
    rows = [row for day in range(start, end, DAY) for row in _rows(meter, day, now, group)]
    limit, begin = ask.count(query, "limit", 20, 1000), int(ask.one(query, "page", "0") or 0)
    more = begin + limit < len(rows)
    return {"data": rows[begin:begin + limit], "has_more": more, "next_page": str(begin + limit) if more else None,
            "data_refreshed_at": rfc3339(from_epoch((now - REFRESHED_S) // HOUR * HOUR))}


def _rows(meter: Meter, day: int, now: float, group: Sequence[str]) -> list[Json]:
    sums: dict[tuple[str | None, ...], int] = {}
    for stream in meter.streams:
        used = meter.shown(stream, day, day + DAY, now - REFRESHED_S)
        have = {**dict.fromkeys(_GROUPING), **dimensions(stream)}
        have["workspace_id"] = have["workspace_id"] or DEFAULT
        *tokens, searches = class_costs(used, stream.model, stream.profile.service_tier, day)
        lines = [*(("tokens", kind, pico) for kind, pico in zip(_TOKEN_TYPES, tokens, strict=True)),
                 ("web_search", None, searches)]
        for cost_type, token_type, pico in lines:
            said = {**have, "cost_type": cost_type, "token_type": token_type}
            key = tuple(said[name] if name in group else None for name in _GROUPING)
            sums[key] = sums.get(key, 0) + pico
    bounds = {"starting_at": rfc3339(from_epoch(day)), "ending_at": rfc3339(from_epoch(day + DAY))}
    return [{**bounds, "group": dict(zip(_GROUPING, key, strict=True)),
             "cost": {"amount": _cents(pico), "list_amount": _cents(pico), "currency": "USD", "requests": None}}
            for key, pico in sums.items() if pico]


def _cents(pico: int) -> str:
    return f"{pico // _PICO_PER_CENT}.{pico % _PICO_PER_CENT:010d}"[:-4]
