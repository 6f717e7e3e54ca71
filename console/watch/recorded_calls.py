"""Recorded calls, a JSON object a line: what a trace tells beside the usage report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.cadences.call_track import Call
from console.clock import epoch, parse_rfc3339
from console.errors import InputError
from console.pricing import PriceBook
from console.providers.source import Tokens
from console.watch import lines

_TOKENS = ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
_MOST = 10**9


def read(path: Path, prices: PriceBook, *, price_as: str | None = None,
         provider: str = "anthropic") -> dict[str, list[Call]]:
    """Calls by workload, oldest first. Raises InputError with the line of a bad one."""
    found: dict[str, list[Call]] = {}
    for number, line in enumerate(lines.of(path), 1):
        if not line.strip():
            continue
        try:
            workload, call = _call(json.loads(line), prices, price_as, provider)
        except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(f"{path} line {number}: not a call record ({_why(error)}).") from error
        found.setdefault(workload, []).append(call)
    for calls in found.values():
        calls.sort(key=lambda call: call.at)
    return found


def _call(raw: dict[str, Any], prices: PriceBook, price_as: str | None, provider: str) -> tuple[str, Call]:
    """A record that lacks a part says nothing of what needs it: no two unknown sessions or callers are one."""
    at, model, workload = parse_rfc3339(raw["ts"]), _text(raw.get("model")), _text(raw["workload"])
    counts = [_count(name, raw.get(name)) for name in _TOKENS]
    fresh, read, written, output = (count or 0 for count in counts)
    tokens = Tokens(uncached_input=fresh, cache_read=read, cache_write_5m=written, output=output)
    priced = prices.price(provider, model, tokens, epoch(at), context="0-200k")
    if priced.unpriced and price_as:
        priced = prices.price(provider, price_as, tokens, epoch(at), context="0-200k")
    session, caller, parent = (_text(raw.get(name)) for name in ("session", "caller", "parent"))
    mix = bool(session) and None not in counts[:3]
    tools = raw.get("tools") or ()
    return workload, Call(
        at=at, session=session, caller=caller, parent=parent if parent and caller else None,
        depth=_count("depth", raw.get("depth")) or 0, model=model, uncached=fresh if mix else 0,
        read=read if mix else 0, written=written if mix and caller else 0, output=output,
        tools=tuple((_text(tool["tool"]), _text(tool["args"])) for tool in tools) if session else (),
        cost=priced.cost_microusd, action=_text(raw.get("action")),
        tools_failed=bool(tools) and all(tool.get("error") is True for tool in tools),
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError("a name is not a text of at most 1,000 characters")
    return value


def _count(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(f"{name} is not a whole number of 0 or more")
    return value


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON object from column {error.pos + 1} on"
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)[:200]
