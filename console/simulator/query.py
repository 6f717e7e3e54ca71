"""Query parameters as the provider takes them: bracketed lists, RFC 3339 times, and a 400 for anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from console.clock import epoch, parse_rfc3339
from console.simulator.answers import RefusedError

Query = Mapping[str, Sequence[str]]


def parse(text: str) -> dict[str, list[str]]:
    """Every parameter with its values in order; `beta=true`, which the provider's own SDK appends, is ignored."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name != "beta":
            found.setdefault(name, []).append(value)
    return found


def only(query: Query, *known: str) -> None:
    """Refuse parameters that the endpoint does not have."""
    for name in query:
        if name not in known:
            raise RefusedError(400, f"{name}: Extra inputs are not permitted")


def one(query: Query, name: str, default: str | None = None) -> str | None:
    """The single value of a parameter."""
    values = query.get(name, ())
    if len(values) > 1:
        raise RefusedError(400, f"{name}: Input should be a single value")
    return values[0] if values else default


def instant(query: Query, name: str) -> int | None:
    """An RFC 3339 time as seconds since 1970."""
    text = one(query, name)
    if text is None:
        return None
    try:
        return epoch(parse_rfc3339(text))
    except ValueError:
        raise RefusedError(400, f"{name}: Input should be a valid RFC 3339 datetime") from None


def required_instant(query: Query, name: str) -> int:
    """The same where the parameter must be given."""
    found = instant(query, name)
    if found is None:
        raise RefusedError(400, f"{name}: Field required")
    return found


def count(query: Query, name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`."""
    text = one(query, name, str(default)) or ""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise RefusedError(400, f"{name}: Input should be a whole number from 1 to {most}")
    return int(text)


def choices(query: Query, name: str, allowed: Sequence[str]) -> list[str]:
    """A list whose every value is one of `allowed`, each once."""
    values = list(query.get(name, ()))
    for value in values:
        if value not in allowed:
            raise RefusedError(400, f"{name}: Input should be one of {', '.join(allowed)}")
    return list(dict.fromkeys(values))
