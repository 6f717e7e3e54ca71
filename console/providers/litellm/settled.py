"""The minutes that are known to be whole, so that a poll reads anew what may still change and not the hour before it.

A gateway's log has a row a call: an hour of a busy one is a hundred pages. A row is written some ten seconds after its
call ends, and stands at the minute that the call began. So a minute that was read ten minutes after its end misses only
what ran for longer; every half hour the hour is read whole again, and the days before once a day, as of every source.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from console.providers.source import UsageRow

AFTER_S = 600
WHOLE_AGAIN_S = 1800
KEPT_S = 4200
"""An hour, which every poll reads again, and the minutes that are not settled yet."""
_MINUTE = 60


@dataclass(slots=True)
class Settled:
    """What one source keeps between its polls: the rows of an hour."""

    _rows: dict[int, list[UsageRow]] = field(default_factory=dict)
    _whole_at: int = 0

    def since(self, start: int, now: int) -> tuple[list[UsageRow], int]:
        """The rows that are known from `start` on without a gap, and the minute from which to read."""
        if not 0 <= now - self._whole_at < WHOLE_AGAIN_S:
            self._rows, self._whole_at = {}, now
        minute, found = start, []
        while minute in self._rows:
            found += self._rows[minute]
            minute += _MINUTE
        return found, minute

    def keep(self, start: int, end: int, rows: list[UsageRow], now: int) -> None:
        """Keep of [start, end), just read, the minutes that ended long enough ago."""
        oldest = now - KEPT_S
        fresh: dict[int, list[UsageRow]] = {
            minute: [] for minute in range(max(start, oldest // _MINUTE * _MINUTE), end, _MINUTE)
            if minute + _MINUTE + AFTER_S <= now}
        for row in rows:
            if row.bucket in fresh:
                fresh[row.bucket].append(row)
        self._rows = {minute: kept for minute, kept in self._rows.items() if minute >= oldest} | fresh
