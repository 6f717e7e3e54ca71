"""A cadence as the JSON document that `--json` prints: what is declared of each field says how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from console.clock import rfc3339
from console.figures import PLACES
from console.money import usd_or_none

_MONEY = "MicroUsd"


def document(value: object) -> Any:
    """Dataclasses and named tuples as objects, money as `NAME_usd` with six decimals, shares as numbers of as many,
    times as RFC 3339 in UTC."""
    if is_dataclass(value) or hasattr(value, "_fields"):
        return dict(_field(name, declared, getattr(value, name)) for name, declared in _declared(value))
    if isinstance(value, tuple | list):
        return [document(item) for item in value]
    if isinstance(value, Decimal):
        return float(round(value, PLACES)) + 0.0  # which makes of -0.0 the 0.0 that it is
    return rfc3339(value) if isinstance(value, datetime) else value


def _declared(value: Any) -> Iterator[tuple[str, str]]:
    """Each field and what is declared of it, as it is written."""
    if is_dataclass(value):
        return ((item.name, str(item.type)) for item in fields(value))
    return ((name, str(getattr(kind, "__forward_arg__", kind))) for name, kind in type(value).__annotations__.items())


def _field(name: str, declared: str, value: Any) -> tuple[str, Any]:
    if _MONEY not in declared:
        return name, document(value)
    if declared.startswith("tuple"):
        return name, [_money(item) for item in value]
    return f"{name}_usd", usd_or_none(value)


def _money(item: Any) -> Any:
    """An amount, or a row in which whole numbers are amounts."""
    if isinstance(item, tuple):
        return [_money(part) if isinstance(part, int) else document(part) for part in item]
    return usd_or_none(item)
