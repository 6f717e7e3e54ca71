"""What facts are made of: shares of the month."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.cadences.gathering import Shares
from console.cadences.profile import WEEK_HOURS, Profile
from console.clock import epoch
from tests.support.facts import AT, MONTH_END, MONTH_START

HOUR = 3600
LENGTHS = (HOUR, 6 * HOUR, 72 * HOUR, 168 * HOUR)


@given(st.lists(st.floats(0.1, 20), min_size=WEEK_HOURS, max_size=WEEK_HOURS), st.integers(0, 300), st.integers(0, 30),
       st.integers(0, 30))
def test_no_window_is_a_smaller_share_on_the_way_than_the_least_of_it(weights: list[float], first: int, on: int,
                                                                      further: int) -> None:
    profile, shares = Profile(weights), Shares(LENGTHS, (epoch(MONTH_START), epoch(MONTH_END)))
    start = epoch(AT) + first * 60
    least = shares.least(profile, start, start + (on + further) * 60)
    here, _ = shares.of(profile, start + on * 60)
    assert all(least[length] <= here[length] for length in LENGTHS)
