"""Each topic's chart as points: its lines are the topic's own results, and cross where it is said to break even."""

from __future__ import annotations

from fractions import Fraction

import pytest

from console.economics.catalogue import TOPICS
from console.economics.sampling import BEYOND, Sampled, sampled
from console.economics.topic import Topic, Values

F = Fraction
CHARTS = [topic for topic in TOPICS.values() if topic.curve is not None]


def chart(name: str, count: int = 80, **inputs: str) -> Sampled:
    topic, given = TOPICS[name], TOPICS[name].read(inputs)
    found = sampled(topic, given, topic.work(given), count)
    assert found is not None
    return found


def results(topic: Topic, given: Values) -> dict[str, Fraction | bool | None]:
    return {each.name: each.value for each in topic.work(given).results}


@pytest.mark.parametrize("topic", CHARTS, ids=lambda topic: topic.name)
def test_a_line_is_the_result_that_it_names_wherever_the_swept_input_is(topic: Topic) -> None:
    assert topic.curve is not None
    points = chart(topic.name, 5).at
    for point in points:
        given = {**topic.read({}), topic.curve.sweeps: point}
        found = results(topic, given)
        assert [line.value(given) for line in topic.curve.lines] == [found[line.result] for line in topic.curve.lines]


@pytest.mark.parametrize("topic", [each for each in CHARTS if each.curve and each.curve.even],
                         ids=lambda topic: topic.name)
def test_lines_cross_exactly_where_it_breaks_even(topic: Topic) -> None:
    assert topic.curve is not None
    even = chart(topic.name).even
    assert even is not None
    at_even = {**topic.read({}), topic.curve.sweeps: even}
    one, other = (*(line.value(at_even) for line in topic.curve.lines), F(0))[:2]
    assert one is not None
    assert other is not None
    assert abs(one - other) < F(1, 10**30)  # a logarithm has its last digit


@pytest.mark.parametrize("topic", CHARTS, ids=lambda topic: topic.name)
def test_a_chart_holds_where_one_is_and_where_it_breaks_even_and_rises_to_a_round_end(topic: Topic) -> None:
    found = chart(topic.name)
    assert list(found.at) == sorted(set(found.at))
    assert found.at[0] <= found.here <= found.at[-1]
    assert found.even is None or found.at[0] <= found.even <= found.at[-1]
    assert all(len(values) == len(found.at) <= 80 for _, values in found.lines)


def test_the_end_stays_while_an_input_moves_a_little() -> None:
    assert chart("cascade", escalate="0.3").at == chart("cascade", escalate="0.31").at


def test_what_is_counted_whole_is_drawn_whole() -> None:
    assert chart("eviction", 200).at == tuple(map(F, range(1, 21)))


def test_a_chart_of_logarithms_rises_by_the_same_ratio() -> None:
    at = chart("cache", 10).at
    assert at[1] / at[0] == pytest.approx(float(at[-1] / at[-2]), rel=1e-6)


def test_a_break_even_far_beyond_is_told_and_not_drawn() -> None:
    found = chart("filtering", queries_per_day="100")
    assert found.even is not None
    assert found.even > BEYOND * 100
    assert found.at[-1] == 200


def test_where_the_input_cannot_reach_it_there_is_no_break_even() -> None:
    assert chart("review", value_usd="1").even is None
    assert chart("cascade", distilled_usd="9").even is None


def test_without_anything_to_start_from_the_playbooks_example_gives_the_range() -> None:
    assert chart("orchestration", tokens_per_action="0", single_call_tokens="0").at[-1] == 50_000
