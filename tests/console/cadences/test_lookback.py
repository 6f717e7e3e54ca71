"""Windows of a track, worked out when somebody asks."""

from __future__ import annotations

import pytest

from console.cadences.counts import NOTHING, SPENT
from console.cadences.lookback import Lookback
from console.cadences.track import Track

FIRST = 29_000_000


def spending(minutes: int, cost: int) -> Track:
    track = Track(FIRST)
    counts = tuple(cost if column == SPENT else 0 for column in range(len(NOTHING)))
    track.put({FIRST + minute: counts for minute in range(minutes)}, FIRST + minutes)
    return track


def test_a_window_is_what_its_track_spent_in_it() -> None:
    windows = Lookback(spending(30, 7), (600, 900))
    assert dict(windows) == {600: 70, 900: 105}
    assert windows.get(600, 0) == 70


def test_a_length_that_nobody_looks_back_over_is_unknown_and_not_zero() -> None:
    windows = Lookback(spending(30, 7), (600,))
    assert windows.get(900) is None
    with pytest.raises(KeyError):
        windows[900]


def test_a_decision_keeps_the_figure_that_it_was_made_on() -> None:
    track = spending(30, 7)
    windows = Lookback(track, (600, 900))
    assert windows[600] == 70
    track.put({FIRST + 30: (1000, 0, 0, 0, 0, 0)}, FIRST + 31)
    assert windows[600] == 70
