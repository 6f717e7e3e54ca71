"""How one source stands, as its stream says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.cadences.feed import Feed, feed_of, line
from console.clock import epoch
from console.config import SourceSettings
from store.tables import Stream
from tests.support.facts import AT

NOW, DAY = epoch(AT), 86_400
SETTINGS = SourceSettings("anthropic", "anthropic", "env:KEY")


def told(bucket_s: int = 60, **stream: float | int | None) -> Feed:
    row = Stream(source="anthropic", stream="usage", last_success_at=AT, **stream)  # type: ignore[arg-type]
    return feed_of(SETTINGS, row, 300.0, AT, bucket_s)


@pytest.mark.parametrize(("measured", "shown"), [(None, None), (0.0, 0.0), (95.0, 95.0)])
def test_the_lag_is_shown_as_measured_or_not_at_all(measured: float | None, shown: float | None) -> None:
    feed = told(watermark=NOW - 300, measured_lag_s=measured)
    assert line(feed).lag_s == shown
    assert feed.lag_s == (300.0 if measured is None else measured), "till then the documented one is reckoned with"


def test_data_newer_than_promised_are_data_all_the_same() -> None:
    assert told(watermark=NOW - 300, newest_bucket=NOW - 120).data_until == AT - timedelta(minutes=1)


@pytest.mark.parametrize("width", [60, 3600, DAY])
def test_no_bucket_that_goes_on_reaches_beyond_this_minute(width: int) -> None:
    """Of a source that tells days alone, today's began at midnight and ends tomorrow."""
    midnight = NOW // DAY * DAY
    feed = told(width, watermark=midnight, newest_bucket=NOW // width * width)
    assert feed.data_until == AT + timedelta(minutes=1)


def test_a_source_of_days_is_fresh_as_long_as_no_day_is_missing() -> None:
    midnight = NOW // DAY * DAY
    assert told(DAY, watermark=midnight).fresh
    assert not told(DAY, watermark=midnight - DAY).fresh
