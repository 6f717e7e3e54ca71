"""Which windows a poll reads: the overlap where the feed restates, or as little as fills a gap. Pure.

The finest buckets cover the newest day, one request of them; what lies before is read by the hour, a week a request.
Then the minutes of a week follow, a request at each poll: what is usual for a workload is known by the minute, and a
first reading is not held up for it.
Window edges are whole seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.providers.source import Capabilities

MINUTE, HOUR, DAY = 60, 3600, 86_400
OVERLAP = HOUR
"""Read again each time, since the provider restates (operations PO-4: 3 buckets, twice the lag, or an hour)."""
FINE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Window:
    start: int
    end: int
    width: int


def windows(capabilities: Capabilities, now: int, watermark: int | None, backfill_days: int) -> list[Window]:
    """The windows of one poll, oldest first. `watermark`: end of the newest bucket known complete, None at first."""
    fine, coarse = capabilities.bucket_widths[0], HOUR
    end = now // fine * fine + fine
    most = capabilities.buckets_per_request.get(fine, DAY // fine) * fine
    fine_from = _up(end - most, HOUR)
    oldest = (now - backfill_days * DAY) // DAY * DAY  # after a long outage too
    # A watermark ahead of the time was set by a clock that was wrong; it hides nothing of the last hour.
    begin = oldest if watermark is None else max(oldest, min(watermark, end) - OVERLAP)
    if begin >= fine_from:
        return [Window(begin // fine * fine, end, fine)]
    return [Window(begin // coarse * coarse, fine_from, coarse), Window(fine_from, end, fine)]


def restatement(capabilities: Capabilities, now: int, days: int) -> Window:
    """The last `days` days up to the edge where minutes are read, by the hour: for the daily second look (PO-5)."""
    days = min(days, capabilities.looks_back_days)
    fine = capabilities.bucket_widths[0]
    most = capabilities.buckets_per_request.get(fine, DAY // fine) * fine
    return Window((now - days * DAY) // DAY * DAY, _up(now // fine * fine + fine - most, HOUR), HOUR)


def minutes_before(capabilities: Capabilities, known_from: int, now: int, backfill_days: int) -> Window | None:
    """One more request of the finest buckets, before those that are known; None where the last week is known so."""
    fine = capabilities.bucket_widths[0]
    most = capabilities.buckets_per_request.get(fine, DAY // fine) * fine
    oldest = _up(now // fine * fine + fine - most, HOUR) - (min(FINE_DAYS, backfill_days) - 1) * DAY
    return Window(max(oldest, known_from - most), known_from, fine) if known_from > oldest else None


def complete_until(capabilities: Capabilities, read_until: int, now: int) -> int:
    """The watermark after a whole reading: no bucket is called complete before the documented lag has passed."""
    fine = capabilities.bucket_widths[0]
    return min(read_until, (now - capabilities.documented_lag_s) // fine * fine)


def _up(at: int, width: int) -> int:
    return -(-at // width) * width
