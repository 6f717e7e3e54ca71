"""What a person reads of the signs: how near each is, what is not judged and why, and the lines in dollars."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from console.cadences.changes import Change
from console.cadences.counts import Knows
from console.cadences.sign_lines import SignsLine
from console.cadences.signs.lines import signs_line, stepped
from console.config import RuleSettings
from tests.support.facts import AT, criterion, dollars, facts, terms
from tests.support.tracks import STEADY, counts, track, week_then

SETTINGS = RuleSettings()
SPOILT = counts(3.0, fresh=3000, written=90_000, output=1500, calls=10)
"""A minute in which every call writes the cache and none reads it."""


def lines(**changes: Any) -> SignsLine:
    found = signs_line(facts(**{"track": week_then((60, STEADY)), **changes}), SETTINGS)
    assert found is not None
    return found


def share(found: SignsLine, name: str) -> float:
    return next(sign.share for sign in found.signs if sign.name == name)


def test_a_workload_on_plan_is_far_from_every_kill() -> None:
    found = lines()
    assert found.nearest == 0.05
    assert not any(sign.lit for sign in found.signs)


def test_the_nearest_combination_counts_by_its_least_lit_sign() -> None:
    only_dollars = lines(track=week_then((10, counts(3.0, fresh=90_000, read=1_800_000, output=45_000, calls=300))))
    assert share(only_dollars, "runaway pace") == 2
    assert only_dollars.nearest is not None
    assert only_dollars.nearest < 1
    both = lines(track=week_then((6, SPOILT)))
    assert both.nearest == 2
    assert share(both, "cache writes") >= 2


def test_lit_signs_come_first_and_say_their_figures() -> None:
    found = lines(track=week_then((6, SPOILT)))
    lit = [sign.lit for sign in found.signs]
    assert lit == sorted(lit, reverse=True)
    assert "$9.00 in 3 min, 30x the plan (line $4.50)" in {sign.says for sign in found.signs if sign.lit}


def test_a_sign_far_from_its_line_says_nothing() -> None:
    assert all(not sign.says for sign in lines().signs if sign.share < 0.5)


def test_a_share_is_rounded_down_so_that_it_rests_and_nothing_is_called_lit_that_is_not() -> None:
    given = (0.0, 0.049, 0.05, 0.15, 0.999, 1.0, 3.7, 1e9)
    assert [stepped(value) for value in given] == [0, 0, 0.05, 0.15, 0.95, 1, 3, 99]
    assert stepped(-0.2) == 0


def test_a_cent_more_or_less_changes_no_share() -> None:
    one, other = lines(), lines(track=week_then((60, (dollars(0.101), *STEADY[1:]))))
    assert [sign.share for sign in other.signs] == [sign.share for sign in one.signs]


def test_the_lines_are_said_in_dollars() -> None:
    assert lines().lines == (
        "kills above $4.50 in 3 min (15x plan) together with a sign of another kind",
        "kills alone above $129.60 in 10 min or $1,080.00 in 6 h",
        "kills above $20,000.00 this month, less up to $2 spent before a kill takes hold",
    )
    assert lines().brief == "kills above $4.50 in 3 min with another sign; alone $130/10 min or $1,080/6 h"


def test_caps_of_the_charter_are_among_them() -> None:
    caps = criterion("10m", 150), criterion("day", 900, automatic=False), criterion("month", 20_000)
    said = lines(terms=terms(criteria=caps)).lines
    assert "kills above $150.00 in 10 min" in said
    assert "asks a person to kill above $900.00 today" in said
    assert sum("this month" in line for line in said) == 1


def test_a_planned_change_raises_them_until_it_ends() -> None:
    change = Change("claims-triage", "backfill", AT - timedelta(hours=1), AT + timedelta(hours=3), 11.0)
    said = lines(change=change)
    assert said.lines[0].startswith("kills above $49.50 in 3 min (165x plan)")
    assert said.lines[-1] == "these lines are raised 11x by the planned backfill until 16 Nov 15:00Z"
    assert said.brief.endswith("; raised until 16 Nov 15:00Z")


def test_a_burst_allowance_raises_them() -> None:
    said = lines(terms=terms(burst=dollars(400), burst_s=3600.0)).lines
    assert said[0].startswith("kills above $20.00 in 3 min")
    assert "a burst of $400.00 in 1 h is allowed for in them" in said


def test_probation_draws_them_tighter() -> None:
    said = lines(probation=True).lines
    assert said[0].startswith("kills above $1.12 in 3 min (3.75x plan)")
    assert "lines of dollars are drawn at 0.25x while it is in probation" in said


def test_what_the_charter_does_not_let_kill_is_not_said_to_kill() -> None:
    assert lines(terms=terms(automatic=False)).lines[0].startswith("asks a person to kill above")
    assert lines(terms=terms(mode="observe")).lines[0].startswith("would kill above")
    observed = lines(terms=terms(observed=("surge",))).lines
    assert "kills alone above $1,080.00 in 6 h" in observed
    assert "only told of, never killed for: surge" in observed


def test_what_cannot_be_judged_is_said_with_the_reason() -> None:
    young = lines(track=track((1440, STEADY), knows=Knows(requests=False)))
    assert young.unjudged == (
        "no call records: tool loop, agent tree, growing conversation, cold calls, doubled jobs",
        "not told by the source: dearer calls",
        "not enough history (1 days): token mix, surge, steady growth, month spent early",
    )
    assert young.most == dollars(0.3)


def test_before_any_minute_is_known_the_lines_stand_and_no_sign_does() -> None:
    found = lines(track=None)
    assert (found.signs, found.nearest, found.most) == ((), None, None)
    assert found.lines[1] == "kills alone above $1,080.00 in 6 h"


def test_without_a_charter_there_are_none() -> None:
    assert signs_line(replace(facts(), terms=None), SETTINGS) is None
