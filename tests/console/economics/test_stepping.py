"""How far a key moves an input: a step that is seen and not too far, whatever the input's size."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.economics.catalogue import TOPICS
from console.economics.rounding import power_of_ten, rounded_down, rounded_up
from console.economics.stepping import stepped
from console.economics.topic import Input

F = Fraction
INPUTS = {f"{topic.name}.{each.name}": each for topic in TOPICS.values() for each in topic.inputs}
few = settings(deadline=None, max_examples=60)
positive = st.fractions(F(1, 10**9), 10**9, max_denominator=10**9)


@pytest.mark.parametrize(("name", "value", "way", "tenfold", "to"), [
    ("cascade.escalate", "0.3", 1, False, "0.31"),
    ("cascade.escalate", "0.3", 1, True, "0.4"),
    ("cascade.escalate", "1", 1, False, "1"),
    ("review.error_rate", "0.02", -1, False, "0.019"),
    ("prework.queries_per_day", "5000", 1, False, "5100"),
    ("prework.queries_per_day", "10000", -1, False, "9900"),
    ("prework.queries_per_day", "4817.3", 1, False, "4900"),
    ("prework.queries_per_day", "0", 1, False, "100"),
    ("prework.queries_per_day", "0", -1, False, "0"),
    ("prework.days_per_year", "365", 1, True, "366"),
    ("eviction.turns", "10", 1, False, "11"),
    ("eviction.kept_turns", "0", 1, False, "1"),
    ("cascade.distilled_usd", "0.000001", -1, False, "0"),
    ("decomposition.parallel", "0", 1, False, "1"),
    ("decomposition.parallel", "1", 1, True, "0"),
])
def test_a_step_goes_to_the_next_round_value(name: str, value: str, way: int, tenfold: bool, to: str) -> None:
    assert stepped(INPUTS[name], F(value), way, tenfold=tenfold) == F(to)


@few
@given(st.sampled_from(sorted(INPUTS)), st.fractions(0, 1), st.sampled_from((1, -1)), st.booleans())
def test_a_step_leads_to_what_the_input_takes_and_never_the_wrong_way(name: str, part: F, way: int,
                                                                      tenfold: bool) -> None:
    each: Input = INPUTS[name]
    least, most = each.bounds
    value = least + (most - least) * part
    value = F(round(value)) if each.whole or each.kind == "yes or no" else value
    to = stepped(each, value, way, tenfold=tenfold)
    assert each.takes(to)
    assert each.kind == "yes or no" or (to - value) * way >= 0


@few
@given(positive)
def test_a_round_number_encloses_what_it_was_made_of(value: F) -> None:
    assert rounded_down(value) <= value <= rounded_up(value)
    assert rounded_up(value) / value < F(5, 2) + F(1, 10)
    assert power_of_ten(value) <= value < 10 * power_of_ten(value)
