"""Tracks fed from a store: restated minutes, hours without minutes, usage that changes hands, models, kills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from console.cadences import tracks
from console.cadences.track import DAY, HOUR, Track
from console.cadences.tracks import Reach, Tracks
from store import usage
from store.database import Database
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
END = int(NOW.timestamp()) // 60
MODEL = '{"model":"claude-sonnet-4-6"}'
DEARER = '{"model":"claude-opus-4-5"}'


class Store:
    """A source whose readings a test states."""

    def __init__(self, folder: Path) -> None:
        self.database: Database = fresh_database(folder)
        self.tracks = Tracks()
        self.workload = "claims"
        with self.database.write() as tx:
            self.numbers = usage.series_ids(tx, "a", [MODEL, DEARER], END * 60)
            usage.set_workloads(tx, dict.fromkeys(self.numbers.values(), "claims"))

    def read(self, start: int, end: int, minutes: Mapping[int, int], width: int = 60, model: str = MODEL,
             dearer: Mapping[int, int] = MappingProxyType({})) -> None:
        """A whole reading of [start, end), in minutes: micro-dollars by minute or hour start, of one model or both."""
        with self.database.write() as tx:
            fetch = usage.begin_fetch(tx, source="a", stream="usage", start=start * 60, end=end * 60, width=width,
                                      at=NOW)
            usage.replace_window(
                tx, source="a", start=start * 60, end=end * 60, width=width, fetch=fetch.id or 0, seen_at=NOW,
                rows=[(at * 60, width, self.numbers[each], 100, 0, 0, 900, 10, 0, None, cost, 0)
                      for each, costs in ((model, minutes), (DEARER, dearer)) for at, cost in costs.items()],
                believe_loss=True)
            fetch.complete = True
            tx.add(fetch)

    def judge(self, end: int = END, *, dearer: frozenset[str] = frozenset(), marks: tuple[int, ...] = ()) -> Track:
        """Take in what is stored, as a judgement does, and learn as much as there is."""
        reach = {self.workload: Reach(end, frozenset({"a"}), marks, dearer)}
        with self.database.read() as tx:
            self.tracks.attribute(tx)
            self.tracks.take_in(tx, reach)
            if not self.tracks.learned:
                self.tracks.learn(tx)
                self.tracks.attribute(tx)
                self.tracks.take_in(tx, reach)
        kept = self.tracks.of(self.workload)
        assert kept is not None
        return kept.track


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def evenly(start: int, end: int, cost: int = 10) -> dict[int, int]:
    return dict.fromkeys(range(start, end), cost)


def test_the_last_minutes_are_there_at_the_first_judgement_and_grow_with_each(store: Store) -> None:
    store.read(END - 600, END, evenly(END - 600, END))
    assert store.judge().spent(3) == 30
    store.read(END - 60, END + 1, {**evenly(END - 60, END), END: 500})
    track = store.judge(END + 1)
    assert (track.end, track.spent(3), track.spent(60)) == (END + 1, 520, 1090)


def test_minutes_that_are_restated_are_counted_as_they_stand_now(store: Store) -> None:
    store.read(END - 600, END, evenly(END - 600, END))
    store.judge()
    store.read(END - 60, END + 1, {**evenly(END - 60, END + 1), END - 40: 1000})
    track = store.judge(END + 1)
    assert (track.spent(41), track.spent(40)) == (1400, 400)


def test_what_lies_before_the_minutes_is_known_from_hours_and_days(store: Store) -> None:
    start = END // HOUR * HOUR
    hours = {start - HOUR * number: 600 for number in range(1, 20 * 24)}
    store.read(start - 20 * DAY, start, hours, width=3600)
    store.read(start, END, evenly(start, END))
    track = store.judge()
    assert track.spent(360) == 3600
    assert track.spent(10 * DAY) == pytest.approx(10 * DAY * 10, rel=0.001)
    assert track.known_days > 19


def test_where_only_hours_are_known_the_own_range_says_nothing(store: Store) -> None:
    start = END // HOUR * HOUR
    store.read(start - 5 * DAY, start, {start - HOUR * number: 600 for number in range(1, 100)}, width=3600)
    store.read(start, END, evenly(start, END))
    track = store.judge()
    assert track.own.days < 0.1
    assert track.own.best.hours == 0


def test_the_own_range_is_learned_from_the_minutes_there_are(store: Store) -> None:
    start = END // HOUR * HOUR - 3 * DAY
    store.read(start, END, {**evenly(start, END), **evenly(start + 100, start + 110, 5000)})
    track = store.judge()
    assert track.own.days == pytest.approx(3, abs=0.1)
    assert track.own.most_spent(10) == 50_000


def test_after_a_gap_that_was_read_by_the_hour_the_own_range_begins_anew(store: Store) -> None:
    start = END // HOUR * HOUR - 3 * DAY
    store.read(start, start + DAY, evenly(start, start + DAY, 5000))
    store.read(start + DAY, start + 2 * DAY, {start + DAY: 600_000}, width=3600)
    store.read(start + 2 * DAY, END, evenly(start + 2 * DAY, END))
    track = store.judge()
    assert track.own.days == pytest.approx(1, abs=0.1)
    assert track.own.most_spent(10) == 100


def test_older_minutes_that_come_in_later_are_learned_too(store: Store) -> None:
    start = END // HOUR * HOUR - 2 * DAY
    store.read(start, END, evenly(start, END))
    assert store.judge().own.days < 2
    store.read(start - DAY, start, evenly(start - DAY, start, 70))
    store.judge()
    track = store.judge()
    assert track.own.days == pytest.approx(3, abs=0.1)
    assert track.own.most_spent(10) == 700


def test_of_many_workloads_some_are_learned_after_the_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "LEARNED_AT_ONCE", 1)
    with store.database.write() as tx:
        usage.set_workloads(tx, {store.numbers[DEARER]: "intake"})
    start = END // HOUR * HOUR - DAY
    store.read(start, END, {**evenly(start, END), start + 100: 5000},
               dearer={**evenly(start, END, 20), start + 700: 7000})
    reach = {slug: Reach(END, frozenset({"a"})) for slug in ("claims", "intake")}
    days = []
    for _ in range(3):
        with store.database.read() as tx:
            store.tracks.attribute(tx)
            store.tracks.take_in(tx, reach)
            found = [kept.track.own for slug in reach if (kept := store.tracks.of(slug)) is not None]
            days.append([round(own.days, 1) for own in found])
            if not store.tracks.learned:
                store.tracks.learn(tx)
    assert days == [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    assert [own.most_spent(3) for own in found] == [5020, 7040]
    assert [own.best.hours for own in found] == [24, 24]


def test_usage_that_changes_hands_takes_its_past_along(store: Store) -> None:
    store.read(END - 600, END, evenly(END - 600, END))
    assert store.judge().spent(60) == 600
    with store.database.write() as tx:
        usage.set_workloads(tx, dict.fromkeys(store.numbers.values(), "intake"))
    store.workload = "intake"
    assert store.judge().spent(60) == 600
    assert store.tracks.of("claims") is None


def test_models_that_are_dearer_than_permitted_have_a_track_of_their_own(store: Store) -> None:
    store.read(END - 600, END, evenly(END - 600, END))
    store.judge()
    store.read(END - 60, END + 1, {END: 700}, model=DEARER)
    assert store.judge(END + 1, dearer=frozenset({"claude-opus-4-5"})).spent(3) >= 700
    kept = store.tracks.of("claims")
    assert kept is not None
    assert {model: track.spent(60) for model, track in kept.dearer.items()} == {"claude-opus-4-5": 700}


def test_from_a_kill_on_nothing_before_it_counts_or_becomes_usual(store: Store) -> None:
    start = END - 600
    store.read(start, END, {**evenly(start, END), **evenly(END - 20, END - 10, 9000)})
    track = store.judge(marks=(END - 10,))
    assert (track.spent(60), track.last(0, 60)) == (100, 100)
    later = END + 90
    store.read(END, later, evenly(END, later))
    track = store.judge(later, marks=(END - 10,))
    assert track.own.most_spent(10) == 100


def test_calls_that_the_source_does_not_count_are_unknown(store: Store) -> None:
    store.read(END - 600, END, evenly(END - 600, END))
    assert not store.judge().knows.requests
