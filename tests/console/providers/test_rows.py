"""Rows as plain numbers say what was put in, whatever it was."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.providers.rows import Rows
from console.providers.source import Dimensions, Tokens, UsageRow

SERIES: list[Dimensions] = [(), (("model", "a"),), (("model", "b"),), (("api_key_id", None), ("model", "a"))]
COUNTS = st.integers(0, 10**15)
ROWS = st.lists(st.builds(UsageRow, st.integers(0, 5).map(lambda minute: 60 * minute), st.sampled_from(SERIES),
                          st.builds(Tokens, *[COUNTS] * 6), st.none() | COUNTS), max_size=12)


def used(rows: list[UsageRow]) -> Counter[tuple[int, Dimensions, int]]:
    """Tokens by bucket, series and class."""
    sums: Counter[tuple[int, Dimensions, int]] = Counter()
    for row in rows:
        for place, count in enumerate(row.tokens):
            sums[row.bucket, row.dimensions, place] += count
    return sums


@given(ROWS)
def test_what_comes_out_is_what_was_put_in_in_its_order(rows: list[UsageRow]) -> None:
    kept = Rows(rows)
    assert (list(kept), len(kept)) == (rows, len(rows))
    assert [kept[place] for place in range(len(rows))] == rows


@given(ROWS, ROWS)
def test_the_rows_of_another_follow(rows: list[UsageRow], others: list[UsageRow]) -> None:
    kept = Rows(rows)
    kept.extend(Rows(others))
    assert list(kept) == rows + others
    assert sorted(kept.series()) == sorted({row.dimensions for row in rows + others})


@given(ROWS, st.integers(0, 400))
def test_those_before_an_end_are_left(rows: list[UsageRow], end: int) -> None:
    assert list(Rows(rows).before(end)) == [row for row in rows if row.bucket < end]


@given(ROWS)
def test_the_newest_is_the_last_bucket_in_which_anything_was_used(rows: list[UsageRow]) -> None:
    assert Rows(rows).newest() == max((row.bucket for row in rows if any(row.tokens)), default=None)


@given(ROWS, ROWS)
def test_joined_nothing_is_lost_and_alike_ones_are_one_row(rows: list[UsageRow], others: list[UsageRow]) -> None:
    one, other = Rows({(row.bucket, row.dimensions): row for row in rows}.values()), Rows(
        {(row.bucket, row.dimensions): row for row in others}.values())
    whole = used([*one, *other])
    one.join(other)
    assert used(list(one)) == whole
    assert len({(row.bucket, row.dimensions) for row in one}) == len(one)


@pytest.mark.parametrize(("before", "more", "whole"), [(2, 3, 5), (None, 3, None), (2, None, None), (0, 0, 0)])
def test_requests_are_known_where_both_parts_are(before: int | None, more: int | None, whole: int | None) -> None:
    rows = Rows([UsageRow(0, (), Tokens(1, 2), before)])
    rows.add(0, Tokens(10, 0, 5), more)
    assert list(rows) == [UsageRow(0, (), Tokens(11, 2, 5), whole)]


def test_a_place_behind_the_last_is_an_error() -> None:
    with pytest.raises(IndexError):
        Rows([UsageRow(0, (), Tokens())])[1]
