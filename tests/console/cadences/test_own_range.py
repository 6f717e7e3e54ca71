"""The own range is what a person would find by going through seven days of settled minutes with a ruler."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.cadences.counts import NOTHING, OUTPUT, READ, REQUESTS, SPENT, UNCACHED, WRITTEN, Counts
from console.cadences.own_range import DAYS, FEWEST_CALLS, FEWEST_TOKENS, QUARTER, SETTLED, WINDOWS
from console.cadences.track import DAY, HOUR, Track
from tests.support.tracks import NOW, STEADY, counts, total, track

active = st.builds(
    counts,
    st.integers(1, 50),
    fresh=st.integers(0, 40_000),
    read=st.integers(0, 40_000),
    written=st.integers(0, 40_000),
    output=st.integers(0, 40_000),
    calls=st.integers(0, 30),
)
starts = st.one_of(st.integers(0, 3 * DAY), st.integers(0, 11 * DAY))
bursts = st.lists(st.tuples(starts, st.integers(1, 20), active), min_size=1, max_size=12)


@dataclass
class Ruler:
    """Every settled minute of the seven days before the newest, looked at one by one."""

    minutes: dict[int, Counts]
    end: int
    first: int
    looked_at: list[int] = field(init=False)

    def __post_init__(self) -> None:
        settled = range(self.first, max(self.first, self.end - SETTLED))
        newest = settled[-1] // DAY if settled else 0
        self.looked_at = [minute for minute in settled if minute // DAY >= newest - DAYS]

    def window(self, column: int, minute: int, length: int) -> int:
        return total(self.minutes, column, range(max(self.first, minute + 1 - length), minute + 1))

    def most(self, column: int, length: int) -> int:
        """Only minutes near an active one can hold a maximum; the others are passed over."""
        near = {minute + ago for minute in self.minutes for ago in range(length)} & set(self.looked_at)
        return max((self.window(column, minute, length) for minute in near), default=0)

    def quarters(self) -> list[tuple[int, ...]]:
        near = sorted({minute + ago for minute in self.minutes for ago in range(QUARTER)} & set(self.looked_at))
        return [tuple(self.window(column, minute, QUARTER) for column in range(6)) for minute in near]


def fed(pieces: list[tuple[int, int, Counts]], length: int, step: int) -> tuple[Track, Ruler]:
    first = NOW - 11 * DAY
    minutes: dict[int, Counts] = {}
    for start, long, each in pieces:
        minutes.update({first + start + number: each for number in range(long) if start + number < length})
    made = Track(first)
    for start in range(first, first + length, step):
        end = min(start + step, first + length)
        made.put({minute: minutes[minute] for minute in range(start, end) if minute in minutes}, end)
    return made, Ruler(minutes, first + length, first)


@settings(max_examples=40, deadline=None)
@given(bursts, st.one_of(st.integers(8 * DAY, 11 * DAY), st.integers(1, 11 * DAY)), st.sampled_from([60, 97, 5000]))
def test_it_holds_what_a_ruler_finds(pieces: list[tuple[int, int, Counts]], length: int, step: int) -> None:
    made, ruler = fed(pieces, length, step)
    best, quarters = made.own.best, ruler.quarters()
    assert {window: made.own.most_spent(window) for window in WINDOWS} == {
        window: ruler.most(SPENT, window) for window in WINDOWS
    }
    told = [each for each in quarters if each[REQUESTS] >= FEWEST_CALLS and each[SPENT]]
    assert best.dearest_call == max((each[SPENT] / each[REQUESTS] for each in told), default=0)
    mixed = [each for each in quarters if sum(each[UNCACHED:OUTPUT]) >= FEWEST_TOKENS and each[SPENT]]
    assert best.most_fresh == max((each[UNCACHED] / sum(each[UNCACHED:OUTPUT]) for each in mixed), default=0)
    assert best.most_output == max((each[OUTPUT] / sum(each[UNCACHED:REQUESTS]) for each in mixed), default=0)
    assert (best.seen, best.told) == (len(mixed), len(told))
    assert best.most_written == ruler.most(WRITTEN, 3)
    assert best.read == total(ruler.minutes, READ, ruler.looked_at)
    assert best.written == total(ruler.minutes, WRITTEN, ruler.looked_at)
    hours = {minute // HOUR for minute in ruler.looked_at if minute in ruler.minutes}
    assert best.hours == len(hours)
    whole = [minute for minute in ruler.looked_at if (minute + 1) % HOUR == 0]
    assert best.most_in_six_hours == max((ruler.window(SPENT, minute, 6 * HOUR) for minute in whole), default=0)


def test_a_minute_counts_once_it_is_an_hour_old() -> None:
    made = track((2 * HOUR, NOTHING), (1, counts(9)), (59, NOTHING))
    assert made.own.most_spent(3) == 0
    made.put({}, NOW + 1)
    assert made.own.most_spent(3) == 9_000_000


def test_what_was_restated_before_it_settled_counts_as_it_stands() -> None:
    made = track((2 * HOUR, NOTHING), (1, counts(900)), (30, NOTHING))
    made.put({NOW - 31: counts(9)}, NOW)
    made.put({}, NOW + HOUR)
    assert made.own.most_spent(3) == 9_000_000


@pytest.mark.parametrize(("days", "kept"), [(7, True), (8, False)])
def test_a_record_is_forgotten_after_seven_days(days: int, kept: bool) -> None:
    made = track((1, counts(50, written=90_000)), (days * DAY, STEADY))
    assert (made.own.most_spent(3) >= 50_000_000) is kept
    assert (made.own.best.most_written >= 90_000) is kept


def test_seven_days_of_history_are_the_most_it_tells_of() -> None:
    assert track((DAY + SETTLED, STEADY)).own.days == 1
    assert track((20 * DAY, STEADY)).own.days == DAYS
