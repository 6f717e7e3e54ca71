"""Whether a cascade pays, against hand-computed cases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.cadences.cascades import Rates, expected_cost, pays

HAIKU, SONNET, OPUS = Decimal(2800), Decimal(10_000), Decimal(16_667)


def rates(escalated: str, top: str | None, misrouted: str, rework: str | None = None) -> Rates:
    return Rates(Decimal(escalated), None if top is None else Decimal(top), Decimal(misrouted),
                 None if rework is None else Decimal(rework))


def test_three_steps_cost_the_sum_of_what_is_handed_on() -> None:
    cost = expected_cost((HAIKU, SONNET, OPUS), rates("0.3", "0.1", "0.04", "500"))
    assert cost == Decimal(2800) + 3000 + Decimal("500.01") + 20


def test_the_cascade_of_the_playbook_saves_about_a_third_at_real_prices() -> None:
    cost = expected_cost((HAIKU, SONNET, OPUS), rates("0.3", "0.05", "0.04"))
    assert cost is not None
    assert Decimal("0.34") < 1 - cost / SONNET < Decimal("0.37")


@pytest.mark.parametrize(("escalated", "misrouted", "answer"), [
    ("0.3", "0.04", True), ("0.71", "0", True), ("0.72", "0", False), ("0.6", "0.12", False), ("0", "0", True),
])
def test_it_pays_while_it_is_cheaper_than_the_workhorse_alone(escalated: str, misrouted: str, answer: bool) -> None:
    assert pays((HAIKU, SONNET), rates(escalated, None, misrouted)) is answer


def test_a_third_step_of_unknown_share_cannot_be_told() -> None:
    assert pays((HAIKU, SONNET, OPUS), rates("0.3", None, "0.04")) is None
