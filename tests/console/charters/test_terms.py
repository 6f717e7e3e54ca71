"""What the running rules take from a Charter."""

from __future__ import annotations

import pytest

from console.charters.parsing import parse
from console.charters.terms import terms_of, terms_of_reading
from console.errors import InputError
from tests.support.charters import CLAIMS_TRIAGE, edited, reading

FAST = '\n[[kill_criteria]]\nkind = "economic"\nmetric = "spend_usd"\nabove = "150"\nwindow = "10m"\naction = "pause"\n'
QUALITY = '\n[[kill_criteria]]\nkind = "quality"\nmetric = "day_usd"\nabove = "1"\nwindow = "7d"\naction = "pause"\n'


def test_money_multiples_and_the_threshold_come_over_exactly() -> None:
    terms = terms_of(parse(CLAIMS_TRIAGE, "x"))
    assert (terms.expected, terms.kill_threshold) == (1_860_000_000, 9_300_000_000)
    assert (terms.stretch_multiple, terms.runaway_multiple) == (2.5, 15.0)
    assert terms.automatic
    assert terms.mode == "enforce"


def test_a_multiple_of_the_expected_month_is_a_threshold_too() -> None:
    assert terms_of(parse(edited(('kill_usd = "9300"', "kill_multiple = 4.5")), "x")).kill_threshold == 8_370_000_000


def test_only_measured_economic_criteria_become_rules_and_they_name_their_line() -> None:
    month, fast = terms_of(parse(CLAIMS_TRIAGE + QUALITY + FAST, "x")).criteria
    assert month.label == "kill_criteria[1]: month_usd above 9300 over month"
    assert (month.window, month.automatic) == ("month", True)
    assert fast.label == "kill_criteria[3]: spend_usd above 150 over 10m"
    assert (fast.window, fast.above) == ("10m", 150_000_000)
    assert not fast.automatic


def test_a_draft_needs_its_scenarios_and_nothing_else() -> None:
    draft = reading(("[transparency]", "[unknown]"), ('who = "Claims officer with delegated authority B"', ""))
    assert draft.document is None
    assert terms_of_reading(draft).kill_threshold == 9_300_000_000


def test_a_draft_without_a_threshold_says_what_to_write() -> None:
    with pytest.raises(InputError, match="kill_multiple = 5"):
        terms_of_reading(reading(('kill_usd = "9300" ', "")))
    with pytest.raises(InputError, match="monthly_usd is missing"):
        terms_of_reading(reading(('monthly_usd = "1860" ', "")))
