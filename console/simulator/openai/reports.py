"""The usage and cost reports of the simulated organisation, in OpenAI's own form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from console.simulator.openai.organisation import MINUTE, NOTHING, Amounts, Caller, Organisation, Project, cost

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
Json = dict[str, object]
Query = Mapping[str, Sequence[str]]

_WIDTHS = {"1m": (MINUTE, 60, 1440), "1h": (HOUR, 24, 168), "1d": (DAY, 7, 31)}
"""Seconds, default and largest number of buckets."""
_COST_WIDTHS = {"1d": (DAY, 7, 180)}
_OF_CALLS = ("project_id", "user_id", "api_key_id", "model")
_OF_ANSWERS = (*_OF_CALLS, "batch", "service_tier", "api_source")
KINDS = {
    "completions": _OF_ANSWERS,
    "decisions": _OF_ANSWERS,
    "embeddings": _OF_CALLS,
    "moderations": _OF_CALLS,
    "audio_speeches": _OF_CALLS,
    "audio_transcriptions": _OF_CALLS,
    "images": (*_OF_CALLS, "size", "source"),
    "file_search_calls": (*_OF_CALLS[:3], "vector_store_id"),
    "web_search_calls": (*_OF_CALLS, "context_level", "api_source"),
    "vector_stores": ("project_id",),
    "code_interpreter_sessions": ("project_id",),
}
"""What each report of usage is grouped by. Callers here make completions and embeddings: the others are empty."""
_COST_GROUPING = ("project_id", "line_item", "api_key_id", "user_id", "api_source")
_FILTERS = {"project_ids": "project_id", "user_ids": "user_id", "api_key_ids": "api_key_id", "models": "model",
            "line_items": "line_item", "batch": "batch"}
"""Parameters that leave rows out, and what they look at."""
_CLASSES = ("input_tokens", "cached_input_tokens", "cache_write_30m_tokens", "cache_write_12h_tokens", "output_tokens")


class RefusedError(Exception):
    """The request is answered with this status and error code."""

    def __init__(self, status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


@dataclass(frozen=True, slots=True)
class _Asked:
    start: int
    end: int
    first: int
    """Where this page begins."""
    width: int
    limit: int
    group: tuple[str, ...]
    only: Mapping[str, frozenset[str]]
    """The values that rows must have, by name."""

    def takes(self, values: Mapping[str, object]) -> bool:
        return all(str(values[name]).lower() in allowed if name == "batch" else values[name] in allowed
                   for name, allowed in self.only.items())


def usage(organisation: Organisation, report: str, query: Query, *, old_rows: bool) -> Json:
    """`GET /organization/usage/{report}`. `old_rows`: without the optional breakdown of the input."""
    known = KINDS[report]
    asked = _asked(query, _WIDTHS, known, organisation.now)

    def rows(start: int, end: int) -> list[Json]:
        sums: dict[tuple[object, ...], Amounts] = {}
        for project, caller, used in _all(organisation, start, end):
            values = _values(project, caller)
            if caller.report == report and asked.takes(values):
                key = tuple(values[name] if name in asked.group else None for name in known)
                sums[key] = _add(sums.get(key, NOTHING), used)
        return [{"object": f"organization.usage.{report}.result", **_tokens(report, used, old_rows),
                 **dict(zip(known, key, strict=True))} for key, used in sums.items() if used[5]]

    return _page(asked, rows)


def costs(organisation: Organisation, query: Query) -> Json:
    """`GET /organization/costs`: dollars as floats."""
    asked = _asked(query, _COST_WIDTHS, _COST_GROUPING, organisation.now)

    def rows(start: int, end: int) -> list[Json]:
        sums: dict[tuple[object, ...], int] = {}
        for project, caller, used in _all(organisation, start, end):
            for line, name in enumerate(_CLASSES):
                alone = (*NOTHING[:line], used[line], *NOTHING[line + 1:])
                values = {**_values(project, caller), "line_item": f"{caller.model}, {name}"}
                if asked.takes(values):
                    key = tuple(values[each] if each in asked.group else None for each in _COST_GROUPING)
                    sums[key] = sums.get(key, 0) + cost(caller, alone)
        return [{"object": "organization.costs.result", "amount": {"value": pico / 10**12, "currency": "usd"},
                 "quantity": None, "quantity_unit": None, **dict(zip(_COST_GROUPING, key, strict=True))}
                for key, pico in sums.items() if pico]

    return _page(asked, rows)


def one(query: Query, name: str, default: str | None = None) -> str | None:
    """The single value of a parameter."""
    values = query.get(name, ())
    return values[0] if values else default


def _all(organisation: Organisation, start: int, end: int) -> list[tuple[Project, Caller, Amounts]]:
    shown = organisation.now - organisation.lag_s
    found = []
    for project in organisation.projects.values():
        sums = [NOTHING] * len(project.callers)
        for minute in range(start // MINUTE * MINUTE, end, MINUTE):
            if minute + MINUTE <= shown:
                sums = [_add(*pair) if pair[1][5] else pair[0]
                        for pair in zip(sums, organisation.used(project, minute), strict=True)]
        found += [(project, caller, used) for caller, used in zip(project.callers, sums, strict=True)]
    return found


def _values(project: Project, caller: Caller) -> dict[str, object]:
    return {"project_id": project.identifier, "user_id": caller.user, "api_key_id": caller.key, "model": caller.model,
            "batch": caller.batch, "service_tier": caller.tier, "api_source": "unlabeled"}


def _tokens(report: str, used: Amounts, old_rows: bool) -> Json:
    uncached, cached, short, long, output, requests = used
    said: Json = {"input_tokens": uncached + cached + short + long, "num_model_requests": requests}
    if report == "completions":
        said |= {"output_tokens": output, "input_cached_tokens": cached}
        if not old_rows:
            said |= {"input_uncached_tokens": uncached, "input_cache_write_tokens": short + long,
                     "input_cache_write_30m_tokens": short, "input_cache_write_12h_tokens": long}
    return said


def _add(one_: Amounts, other: Amounts) -> Amounts:
    return tuple(a + b for a, b in zip(one_, other, strict=True))


def _asked(query: Query, widths: Mapping[str, tuple[int, int, int]], known: tuple[str, ...], now: float) -> _Asked:
    name = one(query, "bucket_width", "1d") or ""
    if name not in widths:
        raise RefusedError(400, f"Invalid bucket_width: must be one of {', '.join(widths)}.")
    width, usual, most = widths[name]
    start = _second(query, "start_time")
    if start is None:
        raise RefusedError(400, "Missing required parameter: 'start_time'.")
    end = _second(query, "end_time")
    if end is not None and end > now:
        raise RefusedError(400, "end_time must not be in the future.")
    if end is not None and end <= start:
        raise RefusedError(400, "end_time must be after start_time.")
    limit = one(query, "limit", str(usual)) or ""
    if not limit.isdigit() or not 1 <= int(limit) <= most:
        raise RefusedError(400, f"Invalid limit: must be between 1 and {most}.")
    group = (*query.get("group_by", ()), *query.get("group_by[]", ()))
    if unknown := set(group) - set(known):
        raise RefusedError(400, f"Unsupported group_by: {', '.join(sorted(unknown))}.")
    only = {name: frozenset(values) for told, name in _FILTERS.items() if name in known
            if (values := (*query.get(told, ()), *query.get(f"{told}[]", ())))}
    first, cursor = start, one(query, "page")
    if cursor is not None:
        told = cursor.removeprefix("page_")
        if not told.isdigit() or not start < int(told):
            raise RefusedError(400, "Invalid page.")
        first = int(told)
    return _Asked(start, int(now) if end is None else end, first, width, int(limit), group, only)


def _page(asked: _Asked, rows: Callable[[int, int], list[Json]]) -> Json:
    data: list[Json] = []
    at = asked.first
    while at < asked.end and len(data) < asked.limit:
        ends = min((at // asked.width + 1) * asked.width, asked.end)  # the first and the last are cut
        data.append({"object": "bucket", "start_time": at, "end_time": ends, "results": rows(at, ends)})
        at = ends
    more = at < asked.end
    return {"object": "page", "data": data, "has_more": more, "next_page": f"page_{at}" if more else None}


def _second(query: Query, name: str) -> int | None:
    text = one(query, name)
    if text is not None and not text.isdigit():
        raise RefusedError(400, f"Invalid type for '{name}': expected Unix seconds.")
    return None if text is None else int(text)
