"""The kills and resumes that this console is confirming or sending: asking again meanwhile does nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_UNDER_WAY: set[tuple[str, str]] = set()


def under_way(verb: str = "", slug: str = "") -> bool:
    """Whether this one is under way; without a name, whether any is."""
    return (verb, slug) in _UNDER_WAY if slug else bool(_UNDER_WAY)


@contextmanager
def carrying_out(verb: str, slug: str) -> Iterator[None]:
    """While the block runs it is under way."""
    _UNDER_WAY.add((verb, slug))
    try:
        yield
    finally:
        _UNDER_WAY.discard((verb, slug))
