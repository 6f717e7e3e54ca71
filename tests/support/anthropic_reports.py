"""The legacy reports of the Admin API as its documentation describes them, enough to answer a source over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.clock import epoch, from_epoch, parse_rfc3339, rfc3339
from tests.support.http_server import Asked, Reply, json_reply

WIDTHS = {"1m": 60, "1h": 3600, "1d": 86_400}
MOST = {"1m": 1440, "1h": 168, "1d": 31}


def usage_result(**changes: object) -> dict[str, Any]:
    """One row of the usage report; dimensions are null unless given, tokens 0."""
    row: dict[str, Any] = {
        "uncached_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "cache_read_input_tokens": 0,
        "output_tokens": 0,
        "server_tool_use": {"web_search_requests": 0},
        "account_id": None,
        "api_key_id": None,
        "service_account_id": None,
        "workspace_id": None,
        "model": None,
        "service_tier": None,
        "context_window": None,
        "inference_geo": None,
    }
    return {**row, **changes}


def cost_result(amount: object, **changes: object) -> dict[str, Any]:
    """One line of the cost report; `amount` is a decimal string of cents."""
    row: dict[str, Any] = {
        "amount": amount,
        "currency": "USD",
        "workspace_id": None,
        "description": "Claude Opus 5.5 Usage - Output Tokens",
        "cost_type": "tokens",
        "token_type": "output_tokens",
        "model": "claude-opus-5-5",
        "context_window": "0-200k",
        "service_tier": "standard",
        "inference_geo": "global",
    }
    return {**row, **changes}


def bucket(start: int, width: int, results: list[Any]) -> dict[str, Any]:
    return {
        "starting_at": rfc3339(from_epoch(start)),
        "ending_at": rfc3339(from_epoch(start + width)),
        "results": results,
    }


def page(buckets: list[Any], next_page: str | None = None) -> dict[str, Any]:
    return {"data": buckets, "has_more": next_page is not None, "next_page": next_page}


@dataclass
class Reports:
    """Answers usage and cost requests from `rows`: bucket start to its results. Every interval is present."""

    rows: Mapping[int, list[Any]] = field(default_factory=dict)
    to_the_letter: bool = False
    """Whether only buckets are given that end *before* `ending_at`."""
    knows_speed: bool = True
    until: int | None = None
    """The provider's own present: buckets that end after it are not given."""
    fault: Callable[[Asked], Reply | None] = lambda asked: None
    """What to answer instead, or None."""

    def __call__(self, asked: Asked) -> Reply:
        spoilt = self.fault(asked)
        if spoilt is not None:
            return spoilt
        width = asked.one("bucket_width") or "1d"
        seconds, limit = WIDTHS[width], int(asked.one("limit") or 7)
        if limit > MOST[width]:
            return error_reply(400, "invalid_request_error", "limit is above the maximum")
        if "speed" in asked.all("group_by[]") and not (self.knows_speed and "anthropic-beta" in asked.headers):
            return error_reply(400, "invalid_request_error", "group_by: unexpected value 'speed'")
        end = epoch(parse_rfc3339(asked.one("ending_at") or ""))
        first = epoch(parse_rfc3339(asked.one("starting_at") or "")) // seconds * seconds
        cursor = asked.one("page")
        if cursor is not None:
            first = epoch(parse_rfc3339(base64.b64decode(cursor.removeprefix("page_")).decode()))
        last = end - seconds - (1 if self.to_the_letter else 0)
        if self.until is not None:
            last = min(last, self.until - seconds)
        starts = range(first, last + 1, seconds)
        buckets = [bucket(start, seconds, self.rows.get(start, [])) for start in starts[:limit]]
        more = len(starts) > limit
        following = rfc3339(from_epoch(first + limit * seconds)).encode()
        return json_reply(page(buckets, f"page_{base64.b64encode(following).decode()}" if more else None))


def error_reply(status: int, kind: str, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error in the documented body, with its request id."""
    error: dict[str, Any] = {"type": kind, "message": message}
    if code is not None:
        error["details"] = {"error_code": code}
    body = {"type": "error", "error": error, "request_id": "req_011CTest"}
    return json_reply(body, status, request_id="req_011CTest", **headers)
