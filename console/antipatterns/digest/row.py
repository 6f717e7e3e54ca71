"""What a digest reads of one call."""

from __future__ import annotations

from typing import NamedTuple

NO_CACHE, COLD, WARM, MOSTLY_READ = 0, 1, 2, 3


class Row(NamedTuple):
    """One call. Rows of a query are tuples in this order; there are millions, so nothing is made of them."""

    at: int
    """When it ended, microseconds since 1970."""
    session: str
    """Empty where nobody told, as are caller and action."""
    caller: str
    action: str
    parent: str | None
    depth: int
    failed: int
    tools: str | None
    """JSON without spaces: [["name","hash of the arguments"],...]"""
    input: int | None
    """Tokens of every class; None: nobody told."""
    output: int
    cache: int
    """`COLD`: written and not read; `WARM`: read; `MOSTLY_READ`: half of the input and more."""
    cost: int
    """Micro-dollars."""
    model: str
