"""Lengths of time and ends, as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.charters.durations import end, seconds

NOW = datetime(2026, 3, 4, 2, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"), [("30m", 1800), ("4h", 14_400), ("2d", 172_800), ("4", None), ("-1h", None), ("x", None)]
)
def test_a_length_is_a_number_with_its_unit(text: str, length: int | None) -> None:
    assert seconds(text) == length


def test_an_end_is_a_length_from_now_or_a_time_with_its_zone() -> None:
    assert end(" 1H ", NOW) == NOW + timedelta(hours=1)
    assert end("2026-03-05T09:00+01:00", NOW) == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert end("2026-03-05T08:00", NOW) is None
    assert end("soon", NOW) is None
