"""What all findings share: a month of what was wasted within some time."""

from __future__ import annotations

from console.antipatterns.finding import monthly


def test_a_month_of_less_than_a_day_is_promised_as_of_a_whole_one() -> None:
    assert monthly(700, 7 * 86_400) == 3000
    assert monthly(100, 60) == monthly(100, 86_400) == 3000
