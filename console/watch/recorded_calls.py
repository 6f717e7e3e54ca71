"""Recorded calls, a JSON object a line: what a trace tells beside the usage report."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from console.cadences.call_track import Call
from console.clock import epoch, parse_rfc3339
from console.errors import InputError
from console.pricing import PriceBook
from console.providers.source import Tokens

_TOKENS = ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
_MOST = 10**9
_LONGEST_LINE = 1_000_000


def read(path: Path, prices: PriceBook, *, price_as: str | None = None,
         provider: str = "anthropic") -> dict[str, list[Call]]:
    """Calls by workload, oldest first. Raises InputError with the line of a bad one."""
    found: dict[str, list[Call]] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            workload, call = _call(json.loads(line), prices, price_as, provider)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(f"{path} line {number}: not a call record ({_why(error)}).") from error
        found.setdefault(workload, []).append(call)
    for calls in found.values():
        calls.sort(key=lambda call: call.at)
    return found


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with (gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")) as file:
            while line := _line(file, path):
                if line.strip():
                    yield line
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


def _line(file: BinaryIO | gzip.GzipFile, path: Path) -> bytes:
    line: bytes = file.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise InputError(f"{path}: a line is longer than {_LONGEST_LINE:,} characters.")
    return line


def _call(raw: dict[str, Any], prices: PriceBook, price_as: str | None, provider: str) -> tuple[str, Call]:
    at, model = parse_rfc3339(raw["ts"]), _text(raw.get("model"))
    counts = [_count(name, raw.get(name)) for name in _TOKENS]
    tokens = Tokens(uncached_input=counts[0], cache_read=counts[1], cache_write_5m=counts[2], output=counts[3])
    priced = prices.price(provider, model, tokens, epoch(at), context="0-200k")
    if priced.unpriced and price_as:
        priced = prices.price(provider, price_as, tokens, epoch(at), context="0-200k")
    parent = raw.get("parent")
    return _text(raw["workload"]), Call(
        at=at, session=_text(raw.get("session")), caller=_text(raw.get("caller")),
        parent=None if parent is None else _text(parent), depth=_count("depth", raw.get("depth")), model=model,
        uncached=counts[0], read=counts[1], written=counts[2], output=counts[3],
        tools=tuple((_text(tool.get("tool")), _text(tool.get("args"))) for tool in raw.get("tools") or ()),
        cost=priced.cost_microusd,
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError("a name is not a text of at most 1,000 characters")
    return value


def _count(name: str, value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(f"{name} is not a whole number of 0 or more")
    return value


def _why(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)[:200]
