"""A track is a dictionary of minutes that forgets: whatever comes in, and however, its sums are the dictionary's."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.counts import COLUMNS, NOTHING, OUTPUT, READ, REQUESTS, SPENT, Counts
from console.cadences.own_range import RING, SETTLED
from console.cadences.track import DAY, HOUR, Track, Windows
from tests.support.tracks import NOW, STEADY, counts, total, track

values = st.one_of(st.integers(0, 10**7), st.integers(0, 4 * 10**9))
minute_counts = st.tuples(*[values] * len(COLUMNS))


@dataclass(frozen=True)
class Put:
    """What one poll brings: minutes counted back from the new end, and how far it reaches."""

    ahead: int
    stated: dict[int, Counts]


puts = st.lists(
    st.builds(
        Put,
        st.one_of(st.integers(0, 5), st.integers(0, 400), st.integers(0, 3 * DAY)),
        st.dictionaries(st.integers(-20, 2 * SETTLED), minute_counts, max_size=8),
    ),
    min_size=1,
    max_size=8,
)


class Plain:
    """The same as a track in five lines: every minute kept, restatements believed for an hour."""

    def __init__(self, first: int) -> None:
        self.first = self.end = first
        self.minutes: dict[int, Counts] = {}

    def put(self, stated: dict[int, Counts], end: int) -> None:
        reach = max(end, self.end)
        self.minutes.update(
            {minute: each for minute, each in stated.items() if max(self.first, self.end - SETTLED) <= minute < reach}
        )
        self.end = reach


def both(first: int, polls: list[Put]) -> tuple[Track, Plain]:
    made, plain = Track(first), Plain(first)
    for poll in polls:
        end = made.end + poll.ahead
        stated = {end - 1 - back: each for back, each in poll.stated.items()}
        made.put(stated, end)
        plain.put(stated, end)
        assert made.end == plain.end
    return made, plain


@given(st.integers(NOW, NOW + DAY), puts, st.integers(0, 70), st.integers(0, 60))
def test_every_window_of_the_last_two_hours_sums_what_was_last_said(
    first: int, polls: list[Put], minutes: int, ago: int
) -> None:
    made, plain = both(first, polls)
    span = range(made.end - ago - minutes, made.end - ago)
    assert [made.last(column, minutes, ago) for column in COLUMNS] == [
        total(plain.minutes, column, span) for column in COLUMNS
    ]


@given(st.integers(NOW, NOW + DAY), puts)
def test_each_minute_of_the_last_two_hours_is_what_was_last_said(first: int, polls: list[Put]) -> None:
    made, plain = both(first, polls)
    span = range(max(first, made.end - RING + 1), made.end)
    assert {minute: made.minute(minute) for minute in span} == {
        minute: plain.minutes.get(minute, NOTHING) for minute in span
    }


@given(st.integers(NOW, NOW + DAY), puts, st.integers(0, 198), st.integers(0, 34))
def test_the_total_is_exact_on_hours_of_eight_days_and_on_days_of_five_weeks(
    first: int, polls: list[Put], hours: int, days: int
) -> None:
    made, plain = both(first, polls)
    for minute in (made.end // HOUR * HOUR - hours * HOUR, made.end // DAY * DAY - days * DAY, made.end):
        assert made.total_at(minute) == total(plain.minutes, SPENT, range(first, minute))
    assert made.spent(RING - 2) == total(plain.minutes, SPENT, range(made.end - RING + 2, made.end))


@given(puts, st.integers(0, 20 * DAY), st.integers(0, 11 * DAY))
def test_a_longer_window_never_holds_less(polls: list[Put], shorter: int, more: int) -> None:
    made, _ = both(NOW, polls)
    assert 0 <= made.spent(shorter) <= made.spent(shorter + more) <= made.total


@given(puts, st.lists(st.integers(1, 11 * DAY), max_size=5), st.integers(-DAY, 200))
def test_looking_back_over_several_windows_gives_what_each_gives_alone(
    polls: list[Put], minutes: list[int], stopped: int
) -> None:
    made, _ = both(NOW, polls)
    made.since = max(made.first, made.end + stopped)
    windows = Windows(made.end, [each * 60 for each in minutes])
    assert made.looking_back(windows) == {each * 60: made.spent(each) for each in minutes}


@given(puts, st.sampled_from([3, 15, HOUR, 6 * HOUR, 3 * DAY, 7 * DAY]), st.integers(0, 90), st.integers(0, 30),
       st.lists(minute_counts, max_size=20))
def test_no_window_grows_by_more_than_has_risen(
    polls: list[Put], window: int, back: int, ahead: int, stated: list[Counts]
) -> None:
    made, _ = both(NOW, polls)
    spent, risen = made.spent(window), made.risen
    start = made.end - back
    made.put(dict(enumerate(stated, start)), made.end + ahead)
    assert made.spent(window) - spent <= made.risen - risen


def test_a_restatement_replaces_and_is_never_added() -> None:
    made = track((100, STEADY))
    for _ in range(3):
        made.put({NOW - 30: counts(5, output=7)}, NOW)
    assert made.minute(NOW - 30) == counts(5, output=7)
    assert made.total == 99 * STEADY[SPENT] + 5_000_000


def test_what_is_restated_after_an_hour_is_left_to_the_roll_ups() -> None:
    made = track((3 * HOUR, STEADY))
    made.put({NOW - SETTLED - 1: counts(1000), NOW - SETTLED: counts(2)}, NOW)
    assert made.minute(NOW - SETTLED - 1) == STEADY
    assert made.minute(NOW - SETTLED) == counts(2)


def test_silence_has_no_traffic() -> None:
    made = track((10, STEADY), (50, NOTHING))
    assert made.last(READ, 50) == 0
    assert made.last(READ, 60) == 10 * STEADY[READ]


def test_a_month_of_minutes_takes_no_more_room_than_a_day() -> None:
    def size(of: Track) -> int:
        parts = [getattr(of, name) for name in Track.__slots__]
        return sum(map(sys.getsizeof, [*parts, *of._sums, *of.own._past.values()]))

    usual = counts(0.01, fresh=3000, output=1500, calls=1)
    assert size(track((35 * DAY, usual))) <= size(track((8 * DAY, usual)))


def test_what_is_spent_once_sums_outgrow_their_room_is_added_all_the_same() -> None:
    """$4,294.97 is the most that a sum holds at first."""
    minute = counts(1000, read=400_000_000)
    made = track((3 * DAY, STEADY), (10, minute), (2 * DAY, NOTHING))
    assert made.total == 3 * DAY * STEADY[SPENT] + 10 * minute[SPENT]
    assert made.total_at(made.end - DAY) == made.total
    made.put({made.end - 1: minute}, made.end)
    assert made.last(READ, 5) == minute[READ]
    assert made.spent(3 * DAY) == (DAY - 10) * STEADY[SPENT] + 11 * minute[SPENT]


@pytest.mark.parametrize("column", [SPENT, OUTPUT])
def test_before_the_first_minute_there_is_nothing(column: int) -> None:
    made = track((5, STEADY))
    assert made.last(column, 60) == 5 * STEADY[column]
    assert made.last(column, 60, ago=10) == 0
    assert made.total_at(made.first - DAY) == 0


def test_calls_that_are_told_of_later_are_no_other_tracks() -> None:
    quiet, telling = Track(NOW), Track(NOW)
    for made in (quiet, telling):
        made.put({NOW: (10, 1, 1, 1, 1, 0)}, NOW + 3)
    telling.put({NOW + 3: (10, 1, 1, 1, 1, 7)}, NOW + 5)
    telling.put({NOW + 5: (5 * 10**9, 1, 1, 1, 1, 2)}, NOW + 6)
    quiet.put({}, NOW + 6)
    assert [telling.last(REQUESTS, minutes) for minutes in (1, 3, 6)] == [2, 9, 9]
    assert [quiet.last(REQUESTS, minutes) for minutes in (1, 3, 6)] == [0, 0, 0]
