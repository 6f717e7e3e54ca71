"""Which windows a poll reads: the overlap where the feed restates, or as little as fills a gap. Pure.

Each poll reads again what its source restates as a rule, some minutes before the watermark; the rest of the hour is
read again each quarter of an hour, the days before once a day. The whole hour each time would be three times the work.

The finest buckets cover the newest day, one request of them; what lies before is read by the hour, a week a request.
Then the minutes of a week follow, a request at each poll: what is usual for a workload is known by the minute, and a
first reading is not held up for it.
Window edges are whole seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.providers.source import Capabilities

MINUTE, HOUR, DAY = 60, 3600, 86_400
HOUR_AGAIN_S = 900
"""How often the rest of the hour before the watermark is read again."""
FINE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Window:
    start: int
    end: int
    width: int


def windows(capabilities: Capabilities, now: int, watermark: int | None, backfill_days: int, *,
            hour: bool = False) -> list[Window]:
    """The windows of one poll, oldest first. `watermark`: end of the newest bucket known complete, None at first.

    hour: the whole hour before the watermark is read again, since something hangs on it.
    """
    fine, coarse = capabilities.bucket_widths[0], HOUR
    end = now // fine * fine + fine
    most = capabilities.buckets_per_request.get(fine, DAY // fine) * fine
    fine_from = _up(end - most, HOUR)
    oldest = (now - backfill_days * DAY) // DAY * DAY  # after a long outage too
    if watermark is None:
        begin = oldest
    else:  # one ahead of the time was set by a clock that was wrong; it hides nothing of the last hour
        overlap = HOUR if hour or watermark > end else capabilities.restates_s
        begin = max(oldest, min(watermark, end) - overlap)
    if begin >= fine_from:
        return [Window(begin // fine * fine, end, fine)]
    return [Window(begin // coarse * coarse, fine_from, coarse), Window(fine_from, end, fine)]


def rest_of_hour(capabilities: Capabilities, watermark: int) -> Window | None:
    """What of the hour before the watermark each poll leaves out; None where it reads all of it."""
    fine = capabilities.bucket_widths[0]
    start, end = ((watermark - before) // fine * fine for before in (HOUR, capabilities.restates_s))
    return Window(start, end, fine) if start < end else None


def hour_is_due(now: int, last: int, phase: float) -> bool:
    """Whether a quarter of an hour began since `last`. `phase`: by what share of one it begins later for this source,
    so that not all of them have more to read at the same poll."""
    shift = round(phase * HOUR_AGAIN_S)
    return (now - shift) // HOUR_AGAIN_S != (last - shift) // HOUR_AGAIN_S


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
