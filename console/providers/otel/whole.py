"""Counts as they are told: numbers, floats or digits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from console.providers.otel.records import Attributes

MOST_TOKENS = 100_000_000
"""Of a class in one call; more cannot be true."""


class Impossible(ValueError):
    """A count that cannot be true."""


def first_count(attributes: Attributes, aliases: Iterable[str]) -> int | None:
    """The first of these that is there. Raises Impossible."""
    for name in aliases:
        value = attributes.get(name)
        if type(value) is int and 0 <= value <= MOST_TOKENS:  # as nearly every one is
            return value
        if value is not None and (count := whole(value)) is not None:
            return count
    return None


def whole(value: Any) -> int | None:
    """A count told as a number, a float or digits; None for what is not a number, and for JavaScript's NaN: there
    nothing was told to its sender. Raises Impossible."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text.lstrip("+-").isdecimal() or len(text) > 20:
            return None
        value = int(text)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            raise Impossible
        value = int(value)
    if not isinstance(value, int):
        return None
    if not 0 <= value <= MOST_TOKENS:
        raise Impossible
    return value
