"""How much of a window to ask for where an answer is by series, and cannot be left off in the middle of its time."""

from __future__ import annotations

from console.providers.source import ROWS_AT_ONCE

_AT_FIRST, _GROWS = 15, 4


class Portions:
    """Buckets a request, by how many rows a bucket had the last time.

    rows: how many are held at a time; least: so many buckets are asked for in any case.
    """

    def __init__(self, rows: int = ROWS_AT_ONCE, least: int = 1) -> None:
        self._rows, self._least = rows, least
        self._buckets = _AT_FIRST

    def until(self, start: int, end: int, width: int) -> int:
        """The end of what is asked for of [start, end)."""
        return min(end, start + self._buckets * width)

    def learn(self, buckets: int, rows: int) -> None:
        """So many rows were in so many buckets. Of few or none it says little of those to come: it grows in steps."""
        most = _GROWS * max(buckets, _AT_FIRST)
        self._buckets = max(self._least, min(most, self._rows * buckets // max(1, rows)))
