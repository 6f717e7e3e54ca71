"""How much of a window is asked for at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.providers.shared.portions import Portions


def test_the_first_portion_is_small_and_what_is_empty_lets_the_next_grow_in_steps() -> None:
    portions, start, asked = Portions(), 0, []
    while start < 5000 * 60:
        until = portions.until(start, 5000 * 60, 60)
        asked.append((until - start) // 60)
        portions.learn(asked[-1], 0)
        start = until
    assert asked == [15, 60, 240, 960, 3725]


@given(st.integers(1, 100_000), st.integers(1, 100), st.integers(0, 10**7))
def test_a_portion_holds_the_rows_that_it_may_by_what_a_bucket_had_and_never_nothing(
        most: int, buckets: int, rows: int) -> None:
    portions = Portions(most)
    portions.learn(buckets, rows)
    asked = portions.until(0, 10**9, 1)
    assert asked == 1 or asked * rows <= most * buckets


def test_no_fewer_are_asked_for_than_the_least() -> None:
    portions = Portions(100, least=30)
    portions.learn(10, 10_000)
    assert portions.until(0, 10**6, 60) == 30 * 60
