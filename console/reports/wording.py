"""Small words that all reports share."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 8


def counted(count: int, noun: str, plural: str = "") -> str:
    """`no alert`, `1 alert`, `1,200 alerts`."""
    return f"{f'{count:,}' if count else 'no'} {noun if count < 2 else plural or noun + 's'}"


def named(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """`a, b and c`; of very many the first ones, and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
