"""A rule may be passed over only where it could not speak: `near` and `calm` are quick, and never wrong in doubt."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.cadences import pace
from console.cadences.call_track import CallSigns
from console.cadences.changes import Change
from console.cadences.counts import NOTHING, Counts
from console.cadences.facts import Facts
from console.cadences.signs import verdict
from console.cadences.track import DAY, Track
from console.charters.terms import Terms
from console.config import RuleSettings
from console.settings import SignSettings
from console.watch import calm
from console.watch.rules import RULES, forecast, month_steps, near, scenario, signs
from tests.support.facts import AT, MONTH_END, MONTH_START, criterion, facts, terms
from tests.support.tracks import NOW, STEADY, counts, track

RISING = [(DAY, counts(0.02 * 1.08**day, fresh=3000, read=60_000, output=1500, calls=10)) for day in range(16)]
HISTORIES = (
    (),
    ((40, STEADY),),
    ((7 * DAY, STEADY),),
    ((15 * DAY, NOTHING), (300, STEADY)),
    ((15 * DAY, STEADY), (DAY, counts(0.02))),
    tuple(RISING),
)
BEFORE = 400
"""Minutes of each track that are drawn; the history comes before them."""
BASES = tuple(track(*spans, end=NOW - BEFORE) for spans in HISTORIES)

money = st.one_of(st.integers(0, 100), st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, 10**11))
tokens = st.sampled_from([0, 0, 10, 7000, 20_000, 45_000, 400_000])
minute = st.builds(
    lambda spent, *rest: (spent, *rest),
    st.one_of(st.just(0), money),
    tokens,
    tokens,
    tokens,
    tokens,
    st.integers(0, 50),
)
some_expected = st.one_of(st.sampled_from([1, 7, 999, 4_320_000_001, 333_333_333]), st.integers(1, 10**11))
multiples = st.floats(1, 40)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """A history, a rest, and some last minutes that are alike or differ."""
    made = copy.deepcopy(draw(st.sampled_from(BASES)))
    last: list[Counts] = draw(
        st.one_of(st.lists(minute, max_size=6), st.builds(lambda one, long: [one] * long, minute, st.integers(1, 30)))
    )
    usual = draw(st.sampled_from([NOTHING, STEADY]))
    spans = [usual] * (BEFORE - len(last)) + last
    made.put({NOW - BEFORE + number: each for number, each in enumerate(spans)}, NOW)
    return made


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    """Any Charter, even a draft whose stretch lies above its runaway."""
    expected = draw(some_expected)
    return terms(
        expected=expected,
        stretch_multiple=draw(multiples),
        runaway_multiple=draw(multiples),
        kill_threshold=draw(st.one_of(money, st.integers(1, 20).map(lambda times: times * expected))),
        criteria=draw(
            st.lists(
                st.builds(criterion, st.sampled_from(["month", "day", "10m", "1h"]), st.floats(0, 1000)), max_size=1
            )
        ),
        burst=draw(st.one_of(st.just(0), money)),
        observed=draw(st.sampled_from([(), ("surge",), ("own record",)])),
        depth_cap=draw(st.sampled_from([None, 2])),
        fan_out_cap=draw(st.sampled_from([None, 4])),
    )


def near_to(line: float) -> st.SearchStrategy[int]:
    """Amounts about a line, to the micro-dollar."""
    return st.integers(-1, 1).map(lambda off: max(0, round(line) + off))


@st.composite
def some_facts(draw: st.DrawFn) -> Facts:
    charter = draw(st.one_of(st.none(), some_terms()))
    expected = charter.expected if charter is not None else 10**9
    lines = st.sampled_from([0.5, 0.8, 1.0, 2.5, 15.0]).flatmap(lambda share: near_to(expected * share))
    made = draw(st.one_of(st.none(), tracks()))
    planned = Change("claims-triage", "launch", AT, AT + timedelta(days=1), draw(multiples), ("claude-opus-4-5",))
    return facts(
        terms=charter,
        track=made,
        fresh=draw(st.booleans()),
        month=draw(st.one_of(money, lines)),
        windows={length: draw(money) for length in pace.WINDOWS},
        month_share=draw(st.floats(0, 1)),
        unpriced_models=draw(st.sampled_from([(), ("claude-next",)])),
        resumed_at=draw(st.sampled_from([None, AT])),
        probation=draw(st.booleans()),
        since_resume=draw(money),
        usual=draw(st.one_of(st.none(), money)),
        data_until=draw(st.sampled_from([None, AT])),
        dearer={"claude-opus-4-5": draw(tracks())} if draw(st.booleans()) else {},
        calls=CallSigns(most_repeats=draw(st.integers(0, 30)), deepest=draw(st.integers(0, 9)), widest=3)
        if draw(st.booleans())
        else None,
        change=planned if draw(st.booleans()) else None,
        month_start=MONTH_START,
        month_end=MONTH_END,
    )


some_settings = st.builds(
    RuleSettings,
    forecast_over=st.floats(1, 3),
    burn_fast=st.floats(1, 20),
    burn_slow=st.floats(1, 20),
    signs=st.builds(
        SignSettings,
        least_usd_micro=st.sampled_from([0, 1_000_000]),
        surge_share=st.floats(0.001, 10),
        quarter_share=st.floats(0.01, 10),
        write_record=st.sampled_from([1.0, 2.0]),
        write_minutes=st.integers(1, 5),
        grown_week=st.sampled_from([1.01, 1.25, 2.0]),
    ),
)


@settings(max_examples=400)
@given(some_facts(), some_settings)
def test_whenever_a_rule_speaks_it_was_near(given: Facts, chosen: RuleSettings) -> None:
    for rule in RULES:
        speaking = [signal.window for signal in rule.judge(given, chosen) if signal.active]
        assert rule.near(given, chosen) or not speaking, (rule.NAME, speaking)


@settings(max_examples=400)
@given(tracks(), some_terms(), some_settings)
def test_where_it_is_calm_no_signs_kill_and_none_is_told_alone(
    made: Track, charter: Terms, chosen: RuleSettings
) -> None:
    given = facts(track=made, terms=charter)
    seen = verdict.look(given, chosen.signs)
    if verdict.calm(given, chosen.signs):
        assert verdict.verdict(seen, ()) is None
        assert [sign.name for sign in seen if sign.lit and sign.name in signs.TOLD] == []


@settings(max_examples=400)
@given(some_facts(), some_settings, money, st.lists(minute, max_size=9), st.integers(0, 20), st.integers(1, 3))
def test_where_no_rule_would_be_near_with_more_spent_none_is_while_no_more_is_spent(
    given: Facts, chosen: RuleSettings, more: int, coming: list[Counts], restated: int, times: int
) -> None:
    soon = calm._soon(given, more, {length: share / times for length, share in given.expected_share.items()})
    made = given.track
    if made is None or given.change is not None or near(soon, chosen):
        return
    start = made.end - restated
    before, stated = made.risen, dict(enumerate(coming, start))
    made.put(stated, max(made.end, start + len(stated)))
    risen = made.risen - before
    windows = {each: was + risen for each, was in given.windows.items()}
    later = replace(given, month=given.month + risen, windows=windows)
    if risen <= more and verdict.writes_usually(made):
        assert not near(later, chosen)


@pytest.mark.parametrize("expected", [4_320_000_001, 333_333_333, 10**9 + 7])
@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("step", [0.5, 0.8])
def test_a_month_step_is_near_to_the_micro_dollar(expected: int, off: int, step: float) -> None:
    given = facts(terms=terms(expected=expected), month=round(expected * step) + off, month_share=step / 1.1)
    speaks = any(signal.active for signal in month_steps.judge(given, RuleSettings()))
    assert month_steps.near(given, RuleSettings()) is speaks


@pytest.mark.parametrize("expected", [4_320_000_001, 333_333_333, 999_999_998])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_share_of_the_month_that_kills_is_never_calm_to_the_micro_dollar(expected: int, off: int) -> None:
    made = track((DAY, NOTHING), (1, (round(expected * 0.25) + off, 0, 0, 0, 0, 0)), (100, NOTHING))
    chosen = SignSettings(surge_share=10)
    given = facts(track=made, terms=terms(expected=expected))
    found = verdict.verdict(verdict.look(given, chosen), ())
    assert (found is not None) is (off >= 0)
    assert verdict.calm(given, chosen) is (off < 0)


def test_a_month_near_its_threshold_is_looked_at_however_little_is_spent_now() -> None:
    """$19,999 of $20,000, and a dollar a day: the threshold is reached tomorrow."""
    given = facts(month=19_999_000_000, windows={**facts().windows, 3 * pace.DAY: 3_000_000})
    found = {signal.window: signal.active for signal in forecast.judge(given, RuleSettings(forecast_over=50))}
    assert found == {"plan": False, "kill threshold": True}
    assert forecast.near(given, RuleSettings(forecast_over=50))


def test_a_draft_whose_stretch_lies_above_its_runaway_still_gets_its_runaway() -> None:
    given = facts(hourly=6 * 5, terms=terms(stretch_multiple=20.0, runaway_multiple=4.0))
    assert [signal.window for signal in scenario.judge(given, RuleSettings()) if signal.active] == ["runaway"]
    assert scenario.near(given, RuleSettings())
