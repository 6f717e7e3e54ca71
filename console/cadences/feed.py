"""How one source stands: how old its data are, and whether they may be believed (operations 1.6, 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.cadences.daily import SourceLine
from console.clock import epoch, from_epoch
from console.config import SourceSettings
from store.tables import Stream

MINUTE, BUCKET_S = 60, 60.0
SKEW_WARN_S, SKEW_STOP_S = 60.0, 300.0


@dataclass(frozen=True, slots=True)
class Feed:
    """One source at one instant."""

    name: str
    kind: str
    data_until: datetime | None
    """End of the newest bucket that windows may end at; None before the first whole reading."""
    age_s: float | None
    limit_s: float
    fresh: bool
    lag_s: float
    """Measured, else documented."""
    poll_s: float
    backed_off: bool
    error: str | None
    skew_s: float
    last_success_at: datetime | None
    secret: str | None
    """Where its credential is kept, as the configuration refers to it; None: not in the console's hands."""
    push: bool = False
    """It is told of calls, and never asked."""
    measured: bool = False
    """Whether `lag_s` was measured from the data."""

    @property
    def hears_nobody(self) -> bool:
        """It listens, and nobody has ever told it anything."""
        return self.push and self.data_until is None and self.last_success_at is not None and not self.error


def freshness_limit_s(poll_s: float, documented_lag_s: float, bucket_s: float = BUCKET_S) -> float:
    """Twice the poll, the documented lag and one bucket (AL-40)."""
    return 2 * poll_s + documented_lag_s + bucket_s


def feed_of(settings: SourceSettings, stream: Stream | None, documented_lag_s: float, at: datetime,
            bucket_s: float = BUCKET_S, *, push: bool = False) -> Feed:
    """What the stream row says of the source at `at`. `bucket_s`: the width of its finest buckets."""
    limit = freshness_limit_s(settings.poll_s, documented_lag_s, bucket_s)
    if stream is None or stream.watermark is None:
        return Feed(settings.name, settings.kind, None, None, limit, False, documented_lag_s, settings.poll_s,
                    _backed_off(stream, at), stream.error if stream else None, 0.0,
                    stream.last_success_at if stream else None, settings.secret, push)
    age = epoch(at) - stream.watermark  # well below zero after a clock that was ahead: of that no age is known
    skew = stream.clock_skew_s or 0.0
    until = stream.watermark
    if stream.newest_bucket is not None:  # data newer than the documented lag promises are data all the same
        this_minute = epoch(at) // MINUTE * MINUTE + MINUTE  # a day that goes on reaches no further
        until = max(until, min(stream.newest_bucket + int(bucket_s), this_minute))
    return Feed(
        name=settings.name, kind=settings.kind, data_until=from_epoch(until), age_s=age, limit_s=limit,
        fresh=-bucket_s <= age <= limit and abs(skew) < SKEW_STOP_S,
        lag_s=documented_lag_s if stream.measured_lag_s is None else stream.measured_lag_s, poll_s=settings.poll_s,
        backed_off=_backed_off(stream, at), error=stream.error, skew_s=skew, last_success_at=stream.last_success_at,
        secret=settings.secret, push=push, measured=stream.measured_lag_s is not None,
    )


def line(feed: Feed) -> SourceLine:
    """The source as the Daily shows it."""
    if feed.data_until is None:
        state = "error" if feed.error else "ok" if feed.hears_nobody else "never"
    elif not feed.fresh:
        state = "stale"
    elif feed.backed_off:
        state = "backed off"
    else:
        state = "ok"
    return SourceLine(feed.name, feed.kind, state, feed.data_until, feed.last_success_at,
                      feed.lag_s if feed.measured else None, feed.error or "")


def _backed_off(stream: Stream | None, at: datetime) -> bool:
    return stream is not None and stream.backoff_until is not None and at < stream.backoff_until
