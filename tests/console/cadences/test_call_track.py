"""Calls of the last hour: whatever the order they come in, late or not, and however long it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences import call_track
from console.cadences.call_track import (
    COLD_TOKENS,
    FEWEST_JOBS,
    FEWEST_TURNS,
    KEPT_S,
    SWEEP_S,
    Call,
    CallSigns,
    CallTrack,
)
from console.clock import epoch
from tests.support.facts import AT


def call(ago_s: float = 0, *, session: str = "s", caller: str = "main", **changes: object) -> Call:
    """A call so many seconds before noon, cached and quiet."""
    usual: dict[str, object] = {
        "parent": None,
        "depth": 0,
        "model": "claude-sonnet-4-5",
        "uncached": 100,
        "read": 5000,
        "written": 0,
        "output": 50,
    }
    return Call(at=AT - timedelta(seconds=ago_s), session=session, caller=caller, **{**usual, **changes})  # type: ignore[arg-type]


def seen(calls: Sequence[Call], until: datetime = AT) -> CallSigns:
    return CallTrack().put(calls, until)


some_call = st.builds(
    call,
    st.integers(0, 2 * KEPT_S),
    session=st.sampled_from("ab"),
    caller=st.sampled_from("mno"),
    parent=st.sampled_from([None, "m", "n"]),
    depth=st.integers(0, 5),
    cost=st.integers(0, 10**6),
    tools=st.lists(st.sampled_from([("grep", "1"), ("grep", "2"), ("ls", "1")]), max_size=2).map(tuple),
)
some_calls = st.lists(some_call, max_size=25)


@given(some_calls, st.randoms(use_true_random=False), st.integers(1, 5))
def test_repeats_trees_and_dollars_are_those_of_the_last_hour_in_any_order(
    calls: list[Call], chance: object, polls: int
) -> None:
    chance.shuffle(calls)  # type: ignore[attr-defined]
    track = CallTrack()
    for number in range(polls):
        found = track.put(calls[number::polls], AT)
    kept = [each for each in calls if each.at >= AT - timedelta(seconds=KEPT_S)]
    repeats = Counter((each.session, *tool) for each in kept for tool in each.tools)
    children: dict[str, set[str]] = {}
    for each in kept:
        if each.parent is not None:
            children.setdefault(each.parent, set()).add(each.caller)
    most = max(repeats.values(), default=0)
    assert found.most_repeats == most
    assert found.looping == len({session for (session, *_), count in repeats.items() if count * 2 >= most})
    assert found.deepest == max((each.depth for each in kept), default=0)
    assert found.widest == max(map(len, children.values()), default=0)
    for minutes, spent in ((3, found.spent_3m), (15, found.spent_15m)):
        assert spent == sum(each.cost for each in kept if each.at >= AT - timedelta(minutes=minutes))


@given(some_calls)
def test_an_hour_after_the_last_call_nothing_is_left(calls: list[Call]) -> None:
    track = CallTrack()
    track.put(calls, AT)
    later = AT + timedelta(seconds=KEPT_S + SWEEP_S + 1)
    assert track.put([], later) == CallSigns()
    assert track == CallTrack(_swept_at=epoch(later)), "and nothing of it is kept"


def test_a_late_call_hides_no_dollars() -> None:
    track = CallTrack()
    track.put([call(60, cost=5_000_000)], AT)
    assert track.put([call(2000, cost=1)], AT).spent_3m == 5_000_000


def test_a_call_older_than_an_hour_is_not_taken_in() -> None:
    assert seen([call(KEPT_S + 1, tools=(("grep", "1"),)), call()]).most_repeats == 0


def test_a_day_of_ever_new_names_takes_no_more_room_than_an_hour() -> None:
    track = CallTrack()

    def room() -> int:
        names = len(track._repeats) + len(track._jobs._calls) + len(track._sessions) + len(track._cold)
        return names + len(track._seconds) + len(track._tally)

    sizes = []
    for minute in range(24 * 60):
        new = [
            call(
                -60 * minute,
                session="one" if number else f"s{minute}",
                caller=f"c{minute}-{number}",
                tools=(("grep", f"{minute}-{number}"),),
            )
            for number in range(3)
        ]
        track.put(new, AT + timedelta(minutes=minute))
        sizes.append(room())
    assert sizes[-1] <= max(sizes[:62])


def test_what_a_conversation_grew_to_is_forgotten_an_hour_after_its_last_turn() -> None:
    turns = [
        call(3000 - 100 * turn, session="eternal", uncached=2000 * (turn + 1), read=0)
        for turn in range(FEWEST_TURNS + 2)
    ]
    track = CallTrack()
    assert track.put(turns, AT).growth > 5
    for minute in range(0, 70, 5):
        found = track.put([call(-60 * minute, session="other")], AT + timedelta(minutes=minute))
    assert (found.growth, found.growing) == (0, 0)


def test_a_conversation_that_is_cached_does_not_grow() -> None:
    turns = [call(3000 - 100 * turn, uncached=500, read=3000 * turn) for turn in range(FEWEST_TURNS + 2)]
    assert seen(turns).growth == 0


def test_a_short_conversation_does_not_grow() -> None:
    turns = [call(3000 - 100 * turn, uncached=9000 * (turn + 1), read=0) for turn in range(FEWEST_TURNS - 1)]
    assert seen(turns).growth == 0


def test_cold_calls_are_counted_in_a_row_of_one_caller_and_end_with_a_read() -> None:
    cold = [call(600 - number, written=COLD_TOKENS, read=0) for number in range(4)]
    others = [call(600 - number, caller="child", written=COLD_TOKENS, read=0) for number in range(3)]
    assert seen([*cold, *others]).most_cold == 4
    assert seen([*cold, call(1)]).most_cold == 0


def test_cold_calls_are_forgotten_with_their_caller() -> None:
    track = CallTrack()
    track.put([call(number, caller="gone", written=COLD_TOKENS, read=0) for number in range(6)], AT)
    for minute in range(0, 70, 5):
        found = track.put([call(-60 * minute)], AT + timedelta(minutes=minute))
    assert found.most_cold == 0


def test_the_same_job_in_two_sessions_within_minutes_is_done_twice() -> None:
    jobs = [
        call(3000 - 30 * number, session=session, tools=(("lookup", str(number)),))
        for number in range(FEWEST_JOBS)
        for session in ("one", "two")
    ]
    assert seen(jobs).doubled == 0.5
    assert seen(jobs[:-22]).doubled == 0, "too few jobs to say"


def test_the_same_job_half_an_hour_apart_is_not_done_twice() -> None:
    early = [call(3500 - number, session="one", tools=(("lookup", str(number)),)) for number in range(FEWEST_JOBS)]
    late = [call(1700 - number, session="two", tools=(("lookup", str(number)),)) for number in range(FEWEST_JOBS)]
    assert seen([*early, *late]).doubled == 0
    track = CallTrack()
    track.put(late, AT)
    assert track.put(early, AT).doubled == 0, "nor where the earlier ones come in late"


def test_more_different_tool_calls_than_there_is_room_for_push_out_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_track, "MOST_KEPT", 50)
    track = CallTrack()
    flood = [call(1000 - number, tools=(("grep", str(number)),)) for number in range(500)]
    assert track.put(flood, AT).most_repeats == 1
    assert len(track._repeats) == 50
    assert track.put([call(tools=(("grep", "stuck"),)) for _ in range(9)], AT).most_repeats == 9


@given(some_calls)
def test_what_is_asked_quickly_is_what_is_said_at_length(calls: list[Call]) -> None:
    track = CallTrack()
    whole = track.put(calls, AT)
    quick = track.worst(AT)
    assert quick == replace(whole, repeated="", looping=0, growing=0)


@given(st.lists(st.tuples(some_call, some_call), max_size=15))
def test_a_call_that_is_told_anew_counts_as_if_it_had_been_told_so_at_first(pairs: list[tuple[Call, Call]]) -> None:
    pairs = [(replace(before, session="a", tools=before.tools[:1]),
              replace(after, at=before.at, session="a", caller=before.caller, tools=before.tools[:1] + after.tools))
             for before, after in pairs]
    amended = CallTrack()
    amended.take([before for before, _ in pairs], AT)
    for before, after in pairs:
        amended.amend(before, after)
    found, direct = amended.worst(AT), CallTrack().put([after for _, after in pairs], AT)
    for name in ("most_repeats", "deepest", "widest", "spent_3m", "spent_15m"):
        assert getattr(found, name) == getattr(direct, name), name
    assert amended.put([], AT + timedelta(seconds=KEPT_S + SWEEP_S + 1)) == CallSigns()


@given(some_calls, some_calls)
def test_a_call_that_is_withdrawn_counts_as_if_it_had_never_been_told(calls: list[Call], copies: list[Call]) -> None:
    enough = [call(3000, session="z", tools=tuple(("find", str(number)) for number in range(FEWEST_JOBS)))]
    calls = [*calls, *enough]
    track = CallTrack()
    track.take([*calls, *copies], AT)
    for copy in copies:
        track.withdraw(copy)
    found, direct = track.worst(AT), CallTrack().put(calls, AT)
    for name in ("most_repeats", "deepest", "widest", "doubled", "spent_3m", "spent_15m"):
        assert getattr(found, name) == getattr(direct, name), name


def test_jobs_that_two_senders_tell_in_traces_of_their_own_are_not_done_twice_once_the_copies_are_known() -> None:
    told = [call(3000 - number, session=session, tools=(("lookup", str(number)),))
            for number in range(FEWEST_JOBS) for session in ("copy", "true")]
    track = CallTrack()
    track.take(told, AT)
    assert track.worst(AT).doubled == 0.5
    for each in told:
        if each.session == "copy":
            track.withdraw(each)
    assert track.worst(AT).doubled == 0
    assert track.put([], AT + timedelta(seconds=KEPT_S + SWEEP_S + 1)) == CallSigns()
    assert (track._jobs.called, track._jobs.twice, track._jobs._calls) == (0, 0, {})


def test_a_conversation_that_grew_by_its_copies_alone_does_not_grow() -> None:
    turns = [call(900 - number, uncached=100 * (1 + 40 * number), read=0) for number in range(FEWEST_TURNS)]
    track = CallTrack()
    track.take(turns, AT)
    assert track.worst(AT).growth > 10
    track.withdraw(turns[-1])
    assert track.worst(AT).growth == 0, "too few turns to say"


def test_a_copy_that_is_withdrawn_is_no_cold_call_and_no_turn() -> None:
    cold = call(written=COLD_TOKENS, read=0)
    track = CallTrack()
    track.take([cold, cold], AT)
    track.withdraw(cold)
    assert track.worst(AT).most_cold == 1
    assert track._sessions["s"].turns == 1
