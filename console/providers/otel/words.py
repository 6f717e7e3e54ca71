"""Texts of attributes, made safe and short."""

from __future__ import annotations

from collections.abc import Iterable

from console.providers.otel.records import Attributes
from console.text import clean

LONGEST_MODEL = 128
LONGEST_SESSION = 128


def text(attributes: Attributes, aliases: Iterable[str], longest: int) -> str:
    """The first of these that is there and not empty."""
    for name in aliases:
        value = attributes.get(name)
        if isinstance(value, str) and value:
            return clean(value, longest)
    return ""
