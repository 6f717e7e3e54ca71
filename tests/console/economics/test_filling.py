"""What a topic starts from: what is stated, else what is known, else the playbook's example; and it says which."""

from __future__ import annotations

from fractions import Fraction

from console.economics.catalogue import TOPICS
from console.economics.filling import EXAMPLE, YOURS, Known, filled

F = Fraction
CACHE, EVICTION = TOPICS["cache"], TOPICS["eviction"]


def test_what_nobody_knows_is_the_playbooks_example_and_never_zero() -> None:
    found = filled(CACHE, {})
    assert found.values == CACHE.read({})
    assert set(found.origins.values()) == {EXAMPLE}


def test_what_is_stated_goes_before_what_is_known_and_that_before_the_example() -> None:
    known = {"calls_per_minute": Known(F(7), "measured"), "cache_read_multiple": Known(F(1, 20), "today's price")}
    found = filled(CACHE, known, {"read_multiple": F(1, 5)})
    assert (found.values["calls_per_minute"], found.origins["calls_per_minute"]) == (F(7), "measured")
    assert (found.values["read_multiple"], found.origins["read_multiple"]) == (F(1, 5), YOURS)
    assert found.origins["ttl_seconds"] == EXAMPLE


def test_what_an_input_does_not_take_stays_the_example_and_says_so() -> None:
    found = filled(EVICTION, {"calls_per_session": Known(F(5000), "traces")})
    assert (found.values["turns"], found.origins["turns"]) == (F(10), "playbook's example: traces is out of its range")


def test_a_measured_figure_is_rounded_to_what_the_input_takes() -> None:
    known = {"calls_per_session": Known(F(20, 3), "traces"), "input_usd_per_million": Known(F(1, 3), "")}
    found = filled(EVICTION, known)
    assert (found.values["turns"], found.values["usd_per_million"]) == (F(7), F("0.333333"))
