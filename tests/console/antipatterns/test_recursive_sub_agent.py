"""Recursive Sub-Agent: agents beyond their caps in call records, tokens beyond the traffic in usage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.antipatterns.digest.making import made
from console.antipatterns.digest.row import Row
from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.recursive_sub_agent import DETECTOR
from console.antipatterns.telemetry import Bucket, Telemetry
from console.charters.in_force import InForce
from console.charters.parsing import parse
from tests.console.antipatterns.digest.rows import row
from tests.console.antipatterns.seen import ENTRY, START, bucket, telemetry
from tests.support.charters import edited

SIGNED = InForce.of(parse(edited(), "claims-triage"))


def found(seen: Telemetry) -> tuple[Finding, ...]:
    verdict = DETECTOR.look(seen)
    assert not isinstance(verdict, NotEnough)
    return verdict


def tree(deepest: int, calls: int = 40) -> list[Row]:
    """A first agent, and under it one chain of agents that each call so often."""
    rows = [row(0, cost=100)]
    for depth in range(1, deepest + 1):
        rows += [row(depth + number / 100, caller=f"a{depth}", parent="main" if depth == 1 else f"a{depth - 1}",
                     depth=depth, cost=100) for number in range(calls)]
    return rows


def hours(week: list[tuple[int, int, int]], *, counted: bool = True) -> tuple[Bucket, ...]:
    """(tokens, requests, micro-dollars) of one hour after the other."""
    return tuple(bucket(START + timedelta(hours=number), uncached=tokens, requests=requests if counted else None,
                        cost=cost) for number, (tokens, requests, cost) in enumerate(week))


USUAL, TRAFFIC, RUNAWAY = (1_000_000, 100, 3_000_000), (9_000_000, 900, 27_000_000), (99_000_000, 900, 300_000_000)


def test_agents_deeper_than_the_mbom_allows_are_found_with_what_went_beyond_three_tiers() -> None:
    day = made(tree(4))
    (finding,) = found(telemetry(calls=day, entry=ENTRY | {"depth_cap": 2}))
    assert (finding.excess, finding.confidence) == (161 * 100 - 10 * 100, "high")
    assert "agents 4 deep" in finding.summary
    assert found(telemetry(calls=day, entry=ENTRY | {"depth_cap": 4})) == ()


def test_the_charter_in_force_goes_before_the_mbom() -> None:
    tram = replace(SIGNED.tram, depth_cap=3)
    day, entry = made(tree(4)), ENTRY | {"depth_cap": 4}
    (finding,) = found(telemetry(calls=day, entry=entry, charter=replace(SIGNED, tram=tram)))
    assert finding.charter_line == f"Charter v1, tram: depth_cap 3, fan_out_cap {SIGNED.tram.fan_out_cap}"


def test_one_deep_run_that_costs_a_hundredth_of_all_is_nobodys_matter() -> None:
    others = [row(60, session=f"s{number}", cost=20_000) for number in range(100)]
    assert found(telemetry(calls=made([*tree(3, calls=1), *others]))) == ()


def test_where_no_cap_is_stated_deeper_than_three_tiers_is_too_deep() -> None:
    assert found(telemetry(calls=made(tree(2)))) == ()
    (finding,) = found(telemetry(calls=made(tree(3))))
    assert (finding.confidence, "no cap is stated" in finding.summary) == ("medium", True)


def test_more_agents_from_one_than_allowed_are_found() -> None:
    day = made([row(number, action="a", depth=1, parent="main", caller=f"a{number}") for number in range(9)])
    assert found(telemetry(calls=day)) == ()
    (finding,) = found(telemetry(calls=day, entry=ENTRY | {"fan_out_cap": 4}))
    assert dict(finding.figures)["most started by one agent"] == "9"


def test_where_no_cap_is_stated_two_hundred_agents_from_one_are_a_runaway() -> None:
    agents = [row(number, action="a", depth=1, parent="main", caller=f"a{number}") for number in range(200)]
    assert found(telemetry(calls=made(agents[:199]))) == ()
    assert found(telemetry(calls=made(agents)))


def test_a_session_may_serve_several_user_actions_so_its_fan_out_has_room() -> None:
    day = made([row(number, depth=1, parent="main", caller=f"a{number}") for number in range(7)])
    assert found(telemetry(calls=day, entry=ENTRY | {"fan_out_cap": 4})) == ()
    assert found(telemetry(calls=day, entry=ENTRY | {"fan_out_cap": 3}))


def test_hours_of_more_calls_each_of_which_carries_more_are_found_with_what_they_cost_beyond_the_usual() -> None:
    (finding,) = found(telemetry(hours=hours([USUAL] * 80 + [RUNAWAY] * 3 + [USUAL] * 4), hours_from=START))
    assert (finding.excess, finding.confidence) == (3 * 297_000_000, "medium")
    assert (finding.start, finding.end) == (START + timedelta(hours=80), START + timedelta(hours=83))


@pytest.mark.parametrize("week", [
    [USUAL] * 80 + [TRAFFIC] * 6, [USUAL] * 60 + [RUNAWAY] * 3, [USUAL] * 80 + [(9_000_000, 100, 27_000_000)] * 6,
], ids=["more traffic", "before three days are known", "heavier calls, no more of them"])
def test_other_weeks_are_healthy(week: list[tuple[int, int, int]]) -> None:
    verdict = DETECTOR.look(telemetry(hours=hours(week), hours_from=START))
    assert verdict == () or isinstance(verdict, NotEnough)


def test_hours_within_five_times_the_charters_plan_are_healthy() -> None:
    week, hour = hours([USUAL] * 80 + [RUNAWAY] * 3), 30 * 24
    for expected, many in ((300_000_000 * hour // 5 + hour, 0), (300_000_000 * hour // 5 - hour, 1)):
        charter = replace(SIGNED, terms=replace(SIGNED.terms, expected=expected))
        assert len(found(telemetry(hours=week, hours_from=START, charter=charter))) == many


def test_where_requests_are_not_counted_only_fifty_times_the_most_before_is_more_than_traffic() -> None:
    week = [USUAL] * 80
    assert found(telemetry(hours=hours([*week, (49_000_000, 0, 1)], counted=False), hours_from=START)) == ()
    (finding,) = found(telemetry(hours=hours([*week, (51_000_000, 0, 153_000_000)], counted=False), hours_from=START))
    assert (finding.excess, "any earlier hour" in finding.summary) == (150_000_000, True)


def test_by_day_it_is_found_where_hours_were_not_read_so_far_back() -> None:
    days = tuple(bucket(START + timedelta(days=number), uncached=tokens, requests=requests, cost=cost)
                 for number, (tokens, requests, cost) in enumerate([USUAL] * 5 + [RUNAWAY]))
    (finding,) = found(telemetry(days, hours=hours([RUNAWAY] * 3), hours_from=START + timedelta(days=5)))
    assert (finding.excess, finding.start) == (297_000_000, START + timedelta(days=5))


def test_records_of_most_of_the_usage_that_tell_of_no_agent_clear_it() -> None:
    week = hours([USUAL] * 80 + [RUNAWAY] * 3)
    assert found(telemetry(hours=week, hours_from=START, calls=made([row(cost=450_000_000)]))) == ()
    assert found(telemetry(hours=week, hours_from=START, calls=made([row(cost=449_000_000)])))


def test_it_is_not_judged_without_usage_and_without_agents() -> None:
    assert isinstance(DETECTOR.look(telemetry()), NotEnough)
    assert isinstance(DETECTOR.look(telemetry(calls=made([row(caller="")]))), NotEnough)


def test_hours_after_the_records_end_are_counted_where_usage_shows_that_it_went_on() -> None:
    records = [each._replace(at=each.at + 80 * 3_600_000_000) for each in tree(3)]
    week = hours([USUAL] * 80 + [RUNAWAY] * 3)
    (finding,) = found(telemetry(hours=week, hours_from=START, calls=made(records)))
    assert finding.excess == 3 * 297_000_000 * (121 - 10) // 121
    assert finding.end == START + timedelta(hours=83)
