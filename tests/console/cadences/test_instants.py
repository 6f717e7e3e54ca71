"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.cadences.instants import as_of, span
from console.errors import UsageError

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_an_instant_is_itself_whatever_its_offset() -> None:
    at = datetime(2026, 6, 4, 9, tzinfo=UTC)
    assert span("2026-06-04T10:00:00+01:00", "Europe/London") == (at, at)
    assert as_of("2026-06-04T09:00:00Z", "UTC", NOW) == at


def test_a_day_is_the_organisations() -> None:
    start, end = datetime(2026, 6, 3, 23, tzinfo=UTC), datetime(2026, 6, 4, 22, 59, 59, tzinfo=UTC)
    assert span("2026-06-04", "Europe/London") == (start, end)
    assert as_of("2026-06-04", "Europe/London", NOW) == end


def test_of_a_day_that_has_not_ended_the_present_is_meant() -> None:
    assert as_of("2026-11-25", "UTC", NOW) == NOW
    assert as_of("2026-11-25", "UTC", NOW + timedelta(days=1)) == datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-31", "2026-11-23T10:00:00", "9999-12-31", "0001-01-01"])
def test_anything_else_is_refused_with_both_forms(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--at '.*' is neither an instant such as .* nor a day such as"):
        span(text, "Europe/London", "--at")


def test_what_is_quoted_back_is_safe_for_a_terminal() -> None:
    with pytest.raises(UsageError) as refused:
        span("\x1b[31m", "UTC")
    assert "\x1b" not in str(refused.value)
    assert str(refused.value).startswith("'")
