"""Amounts of dollars as options give them."""

from __future__ import annotations

import re

from console.errors import UsageError
from console.money import MicroUsd, from_usd
from console.text import clean

_DOLLARS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def dollars(option: str, text: str) -> MicroUsd:
    """Micro-dollars of `1250.50`. Raises UsageError for anything else."""
    if not _DOLLARS.fullmatch(text):
        raise UsageError(f"{option} {clean(text, 40)!r} is no amount of dollars: write it like 1250.50")
    return from_usd(text)


def dollars_or_none(option: str, text: str | None) -> MicroUsd | None:
    """The same, where the option may be left out: unknown."""
    return None if text is None else dollars(option, text)
