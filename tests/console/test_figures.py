"""Figures as screens, reports and commands write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.figures import change, number, percent, ratio
from console.wording import number_of


@pytest.mark.parametrize(
    ("value", "said"), [("1.005", "1.00"), ("-0.3682", "-0.37"), ("1234.5", "1,234.50"), (None, "?")]
)
def test_dollars_for_a_dollar_have_two_places(value: str | None, said: str) -> None:
    assert ratio(None if value is None else Decimal(value)) == said


def test_a_variance_has_its_sign_and_none_is_minus_nothing() -> None:
    assert [change(Decimal(text)) for text in ("0.3416", "-0.02", "-0.0001")] == ["+34.2 %", "-2.0 %", "+0.0 %"]
    assert change(Decimal("0.3416"), 0) == "+34 %"
    assert (percent(Decimal("0.25")), change(None)) == ("25.0 %", "?")


def test_a_count_has_as_many_places_as_it_has() -> None:
    assert [number(Decimal(text)) for text in ("12345", "12345.50", "0")] == ["12,345", "12,345.5", "0"]
    assert [number_of(count, "alert") for count in (0, 1, 1200)] == ["0 alerts", "1 alert", "1,200 alerts"]
