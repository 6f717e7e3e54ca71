"""Each sign: lit at its line, dark just below, and silent where the source does not tell what it needs.

The Charter is that of `tests.support.facts.terms`: $4,320 a month, $6 an hour, ten cents a minute.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.cadences.call_track import CallSigns
from console.cadences.changes import Change
from console.cadences.counts import NOTHING, Knows
from console.cadences.facts import Facts
from console.cadences.signs import calls, growth, models, rate, token_mix, verdict
from console.cadences.signs.sign import Sign
from console.cadences.track import DAY, Track
from console.charters import document
from console.settings import SignSettings
from tests.support.facts import AT, dollars, facts, terms
from tests.support.tracks import STEADY, counts, track, week_then

LINES = SignSettings()
NO_CACHE, NO_CALLS, NO_MIX = Knows(cache=False), Knows(requests=False), Knows(mix=False)


def told(name: str, made: Track, **changes: Any) -> Sign | None:
    """The sign as it stands, or None where it says nothing."""
    given: Facts = facts(track=made, **changes)
    return next((sign for sign in verdict.look(given, LINES) if sign.name == name), None)


def lit(name: str, made: Track, **changes: Any) -> bool:
    sign = told(name, made, **changes)
    return sign is not None and sign.lit


def test_the_signs_are_those_that_a_charter_may_name() -> None:
    everything = facts(
        track=week_then((DAY * 8, STEADY)),
        terms=terms(depth_cap=2, fan_out_cap=4),
        calls=CallSigns(),
        dearer={"claude-opus-4-5": track((200, counts(1, fresh=60_000)))},
    )
    assert {sign.name for sign in verdict.look(everything, LINES)} == set(document.SIGNS)
    assert {name for names in verdict.KILLS for name in names} <= set(document.SIGNS)


def test_healthy_work_lights_none() -> None:
    assert [sign.name for sign in verdict.look(facts(track=week_then((DAY * 8, STEADY))), LINES) if sign.lit] == []


class TestDollars:
    def test_the_runaway_pace_is_the_charters_multiple_over_three_minutes(self) -> None:
        line = 15 * 0.30
        assert lit(rate.PACE, week_then((3, counts(line / 3))))
        assert not lit(rate.PACE, week_then((3, counts(line / 3 - 0.001))))
        assert not lit(rate.PACE, week_then((1, counts(line - 0.21)), usual=counts(0.10)))

    def test_a_small_budget_has_no_pace_below_a_dollar(self) -> None:
        small = terms(expected=dollars(10))
        assert not lit(rate.PACE, track((3, counts(0.33))), terms=small)
        assert lit(rate.PACE, track((3, counts(0.34))), terms=small)

    def test_calls_tell_the_pace_before_the_usage_report_does(self) -> None:
        quiet = week_then()
        assert lit(rate.PACE, quiet, calls=CallSigns(spent_3m=dollars(4.50)))
        assert not lit(rate.PACE, quiet, calls=CallSigns(spent_3m=dollars(4.49)))
        assert lit(rate.ABOVE_PLAN, quiet, calls=CallSigns(spent_15m=dollars(1.50 * LINES.above_plan)))

    def test_above_plan_is_a_multiple_over_a_quarter_of_an_hour(self) -> None:
        assert lit(rate.ABOVE_PLAN, week_then((15, counts(0.10 * LINES.above_plan))))
        assert not lit(rate.ABOVE_PLAN, week_then((15, counts(0.10 * LINES.above_plan - 0.001))))

    def test_the_own_record_is_held_against_its_seven_days(self) -> None:
        own = ((6 * DAY, counts(0.01)), (10, counts(1)), (DAY // 2, counts(0.01)))
        assert lit(rate.RECORD, track(*own, (10, counts(LINES.record))))
        assert not lit(rate.RECORD, track(*own, (10, counts(LINES.record - 0.01))))
        assert told(rate.RECORD, track((10, counts(9)))) is None, "before anything has settled there is no record"

    def test_a_surge_is_a_share_of_the_month_beyond_the_own_record_and_still_going_on(self) -> None:
        line = 4320 * LINES.surge_share
        assert lit(rate.SURGE, week_then((10, counts(line / 10))))
        assert not lit(rate.SURGE, week_then((10, counts(line / 10 - 0.01))))
        assert not lit(rate.SURGE, week_then((1, counts(line)), (9, counts(0.1)))), "a batch of one minute is over"

    def test_a_surge_is_not_told_of_work_that_rests_or_is_new(self) -> None:
        storm = (10, counts(4320 * LINES.surge_share))
        assert told(rate.SURGE, track((DAY, STEADY), storm)) is None
        assert told(rate.SURGE, track((7 * DAY, NOTHING), (120, STEADY), storm)) is None

    def test_a_quarter_of_the_month_within_six_hours_needs_no_history(self) -> None:
        line = 4320 * LINES.quarter_share
        assert lit(rate.QUARTER, track((10, counts(line / 10))))
        assert not lit(rate.QUARTER, track((10, counts(line / 10 - 0.01))))
        assert not lit(rate.QUARTER, track((10, counts(line / 10)), (7 * 60, NOTHING)))

    def test_a_burst_that_the_charter_allows_raises_the_lines(self) -> None:
        allowed = terms(burst=dollars(400), burst_s=3600.0)
        storm = week_then((3, counts(6)))
        assert lit(rate.PACE, storm)
        assert not lit(rate.PACE, storm, terms=allowed), "$400 an hour are $20 in three minutes"
        assert lit(rate.PACE, week_then((3, counts(6.67))), terms=allowed)
        assert not lit(rate.SURGE, week_then((10, counts(39))), terms=allowed)
        assert lit(rate.SURGE, week_then((10, counts(40))), terms=allowed)

    def test_a_planned_change_raises_the_lines_by_its_multiple(self) -> None:
        launch = Change("claims-triage", "launch", AT, AT + timedelta(hours=1), 4.0)
        storm = week_then((3, counts(5.9)))
        assert lit(rate.PACE, storm)
        assert not lit(rate.PACE, storm, change=launch)
        assert lit(rate.PACE, week_then((3, counts(6.0))), change=launch)

    def test_a_change_that_means_less_lowers_no_line(self) -> None:
        quieter = Change("claims-triage", "holiday", AT, AT + timedelta(hours=1), 0.1)
        assert not lit(rate.PACE, week_then((3, counts(1.4))), change=quieter)

    def test_a_change_holds_from_its_start_until_just_before_its_end(self) -> None:
        launch = Change("claims-triage", "launch", AT, AT + timedelta(hours=1))
        held = [launch.holds(AT + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60)]
        assert held == [False, True, True, False]


class TestTokenMix:
    def cold(self, minutes: int, read: int = 0) -> Track:
        return week_then((minutes, counts(0.5, read=read, written=100_000)))

    def test_a_prefix_that_is_written_minute_after_minute_and_never_read(self) -> None:
        assert lit(token_mix.WRITES, self.cold(LINES.write_minutes))
        assert lit(token_mix.WRITES, self.cold(LINES.write_minutes, read=100_000))
        assert not lit(token_mix.WRITES, self.cold(LINES.write_minutes, read=101_000)), "most of it is read"

    @pytest.mark.parametrize("minutes", [1, 2, LINES.write_minutes - 1])
    def test_a_cold_cache_of_a_few_minutes_is_no_sign(self, minutes: int) -> None:
        assert not lit(token_mix.WRITES, self.cold(minutes))

    def test_writes_within_twice_the_own_record_are_none(self) -> None:
        usual = counts(0.1, read=60_000, written=30_000)
        spoilt = counts(0.1, written=round(30_000 * LINES.write_record))
        assert lit(token_mix.WRITES, week_then((LINES.write_minutes, spoilt), usual=usual))
        below = counts(0.1, written=round(30_000 * LINES.write_record) - 1)
        assert not lit(token_mix.WRITES, week_then((LINES.write_minutes, below), usual=usual))

    def test_without_cache_columns_writes_say_nothing(self) -> None:
        assert told(token_mix.WRITES, week_then((9, counts(1, written=10**6)), knows=NO_CACHE)) is None

    def test_a_call_dearer_than_any_of_seven_days(self) -> None:
        assert lit(token_mix.DEARER, week_then((10, counts(0.10 * LINES.dearer, calls=10))))
        assert not lit(token_mix.DEARER, week_then((10, counts(0.10 * LINES.dearer - 0.001, calls=10))))
        assert not lit(token_mix.DEARER, week_then((10, NOTHING), (1, counts(9, calls=9)))), "too few calls to say"

    def test_without_the_calls_their_price_is_unknown(self) -> None:
        assert told(token_mix.DEARER, week_then((10, counts(90)), knows=NO_CALLS)) is None

    def test_a_share_of_output_or_of_fresh_input_beyond_all_of_seven_days(self) -> None:
        assert lit(token_mix.MIX, week_then((15, counts(0.1, fresh=64_000, read=64_000))))
        assert lit(token_mix.MIX, week_then((15, counts(0.1, read=64_000, output=64_000))))
        assert not lit(token_mix.MIX, week_then((15, counts(0.1, fresh=10_000, read=64_000))))
        assert not lit(token_mix.MIX, week_then((15, counts(0.1, fresh=1000)))), "too few tokens to say"

    def test_without_cache_columns_only_output_is_compared(self) -> None:
        usual = counts(0.1, fresh=6000, read=60_000, output=600)
        assert lit(token_mix.MIX, week_then((15, counts(0.1, fresh=60_000)), usual=usual))
        assert not lit(token_mix.MIX, week_then((15, counts(0.1, fresh=60_000)), usual=usual, knows=NO_CACHE))
        assert lit(token_mix.MIX, week_then((15, counts(0.1, output=60_000)), usual=usual, knows=NO_CACHE))

    def test_without_input_or_output_there_is_no_mix(self) -> None:
        assert told(token_mix.MIX, week_then((15, counts(0.1, output=64_000)), knows=NO_MIX)) is None

    @pytest.mark.parametrize("name", [token_mix.DEARER, token_mix.MIX])
    def test_nothing_is_compared_with_less_than_three_days(self, name: str) -> None:
        storm = counts(9, fresh=90_000, output=90_000, calls=10)
        assert told(name, track((round(LINES.known_days * DAY) + 60 - 30, STEADY), (15, storm))) is None
        assert lit(name, track((round(LINES.known_days * DAY) + 60, STEADY), (15, storm)))


class TestModels:
    STRANGER = counts(0.5, fresh=60_000, output=100)

    def test_dollars_of_an_hour_on_a_model_that_is_not_permitted(self) -> None:
        line = LINES.model_usd_micro / 1e6
        assert lit(models.MODEL, week_then(), dearer={"claude-opus-4-5": track((1, counts(line)))})
        assert not lit(models.MODEL, week_then(), dearer={"claude-opus-4-5": track((1, counts(line - 0.01)))})
        assert told(models.MODEL, week_then(), dearer={"claude-opus-4-5": track((1, counts(9)), (60, NOTHING))}) is None

    def test_calls_that_read_nothing_of_the_cached_prompt_are_not_its_own(self) -> None:
        assert lit(models.STRANGE, week_then(), dearer={"claude-opus-4-5": track((1, self.STRANGER))})
        migrated = counts(0.5, fresh=3000, read=60_000)
        assert not lit(models.STRANGE, week_then(), dearer={"claude-opus-4-5": track((1, migrated))})
        few = counts(0.5, fresh=LINES.strange_tokens - 1)
        assert told(models.STRANGE, week_then(), dearer={"claude-opus-4-5": track((1, few))}) is None

    def test_where_the_cache_is_not_told_or_not_used_nobody_is_strange(self) -> None:
        others = {"claude-opus-4-5": track((1, self.STRANGER))}
        assert told(models.STRANGE, week_then(knows=NO_CACHE), dearer=others) is None
        assert told(models.STRANGE, week_then(usual=counts(0.1, fresh=9000)), dearer=others) is None

    def test_a_planned_model_is_meant_while_the_change_lasts(self) -> None:
        moving = Change("claims-triage", "model_change", AT, AT + timedelta(days=1), models=("claude-opus-4-5",))
        others = {"claude-opus-4-5": track((1, self.STRANGER))}
        assert told(models.MODEL, week_then(), dearer=others, change=moving) is None
        assert lit(models.MODEL, week_then(), dearer={**others, "gpt-5-pro": track((1, self.STRANGER))}, change=moving)


class TestGrowth:
    def leak(self, factor: float, days: int = 15, start: float = 0.05) -> Track:
        return track(*((DAY, counts(start * factor**day)) for day in range(days)))

    def test_a_week_dearer_than_the_one_before_day_by_day(self) -> None:
        assert lit(growth.GROWTH, self.leak(1.05))
        assert not lit(growth.GROWTH, self.leak(1.01))

    def test_a_single_dear_day_is_no_growth(self) -> None:
        flat = [(DAY, counts(0.1))] * 15
        flat[10] = (DAY, counts(1.5))
        assert not lit(growth.GROWTH, track(*flat))

    def test_less_than_two_whole_weeks_say_nothing(self) -> None:
        assert told(growth.GROWTH, self.leak(1.2, days=14)) is None
        assert told(growth.SPENT_EARLY, self.leak(1.2, days=13)) is None

    def test_the_month_is_spent_early_at_nearly_all_of_it(self) -> None:
        a_day = 4320 * LINES.spent_early / 16 / DAY
        assert lit(growth.SPENT_EARLY, track((16 * DAY, counts(a_day + 0.001))))
        assert not lit(growth.SPENT_EARLY, track((16 * DAY, counts(a_day - 0.001))))
        assert not lit(growth.SPENT_EARLY, track((13 * DAY, counts(a_day * 1.4)), (3 * DAY, counts(0.1)))), "it ended"


class TestCalls:
    @pytest.mark.parametrize(
        ("name", "below", "at"),
        [
            (calls.LOOP, CallSigns(most_repeats=LINES.repeats - 1), CallSigns(most_repeats=LINES.repeats)),
            (calls.GROWING, CallSigns(growth=LINES.growth - 0.1, growing=1), CallSigns(growth=LINES.growth, growing=1)),
            (calls.COLD, CallSigns(most_cold=LINES.cold_calls - 1), CallSigns(most_cold=LINES.cold_calls)),
            (calls.DOUBLED, CallSigns(doubled=LINES.doubled - 0.01), CallSigns(doubled=LINES.doubled)),
            (calls.DEEP, CallSigns(deepest=2), CallSigns(deepest=3)),
            (calls.DEEP, CallSigns(widest=8), CallSigns(widest=9)),
        ],
    )
    def test_each_is_lit_at_its_line_and_dark_below(self, name: str, below: CallSigns, at: CallSigns) -> None:
        capped = terms(depth_cap=2, fan_out_cap=4)
        assert not lit(name, week_then(), calls=below, terms=capped)
        assert lit(name, week_then(), calls=at, terms=capped)

    def test_without_call_records_none_is_told(self) -> None:
        names = {
            sign.name for sign in verdict.look(facts(track=week_then(), terms=terms(depth_cap=2, fan_out_cap=4)), LINES)
        }
        assert names & {calls.LOOP, calls.DEEP, calls.GROWING, calls.COLD, calls.DOUBLED} == set()

    def test_a_charter_without_caps_has_no_tree_that_is_too_deep(self) -> None:
        assert told(calls.DEEP, week_then(), calls=CallSigns(deepest=99)) is None
