"""The lab's other topics, against examples that are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.economics import filtering, orchestration, thinking
from console.economics.eviction import Conversation
from console.economics.literacy import Training
from console.errors import UsageError
from tests.support.lab import lab, notes, results

few = settings(deadline=None, max_examples=30)
amounts = st.fractions(Fraction(1, 1000), 1_000_000, max_denominator=1000)


def test_the_multiplier_is_the_tokens_of_an_action_for_one_of_a_single_call() -> None:
    # 20,000 / 4,000 = 5. 100,000 actions: 2,000 million tokens at $3 are $6,000. At 2: 12,000 less of 20,000.
    assert results("orchestration") == {"multiplier": 5, "usd_per_month": 6000, "target_usd_per_month": 2400,
                                        "recoverable_usd_per_month": 3600, "recoverable_share": Fraction(3, 5)}
    assert "1 / 2.5 to 1 / 3.5, that is 40 % to 28.57 %" in notes("orchestration")


@few
@given(amounts, amounts, st.fractions(1, 10))
def test_what_is_recovered_brings_an_action_to_the_target(tokens: Fraction, single: Fraction, target: Fraction) -> None:
    left = orchestration.multiplier(tokens - orchestration.excess_tokens(tokens, single, target), single)
    assert left == min(target, tokens / single)


def test_without_a_single_call_there_is_no_multiplier() -> None:
    found = results("orchestration", single_call_tokens="0")
    assert found["multiplier"] is None
    assert found["recoverable_usd_per_month"] is None
    assert found["target_usd_per_month"] is None
    assert "there is no multiplier" in notes("orchestration", single_call_tokens="0")
    assert "at the target already" in notes("orchestration", tokens_per_action="4000")


def test_agents_earn_their_multiplier_only_under_all_three_conditions() -> None:
    # 0.012 x 6 x 100,000 = $7,200, of which five sixths are beyond single calls.
    assert results("decomposition", parallel="yes", stable="yes") == {
        "conditions_met": 2, "earns_its_multiplier": False, "usd_per_month": 7200,
        "single_calls_usd_per_month": 1200, "excess_usd_per_month": 6000}
    assert "one that only routes is overhead" in notes("decomposition", parallel="yes", stable="yes")
    assert results("decomposition", parallel="yes", synthesis="yes", stable="yes")["earns_its_multiplier"] is True
    with pytest.raises(UsageError, match="--stable 'maybe' is no answer: write yes or no"):
        lab("decomposition", stable="maybe")


def test_a_conversation_with_turn_cap_and_summary_is_a_seventh_at_turn_ten_and_half_in_all() -> None:
    # Without: 2,000 + 6,000 t; ten turns are 20,000 + 6,000 x 55. With: turns 1 to 6 are the same, 12,000 + 6,000 x 21;
    # turns 7 to 10 are 2,000 + 1,000 + 6,000 each, 36,000. The saving is 176,000 tokens at $3 a million.
    assert results("eviction") == {
        "last_turn_tokens_without": 62_000, "last_turn_tokens_with": 9000, "last_turn_ratio": Fraction(62, 9),
        "total_tokens_without": 350_000, "total_tokens_with": 174_000, "total_ratio": Fraction(350, 174),
        "saving_usd_per_conversation": Fraction("0.528"),
    }
    assert "55 turns' tokens" in notes("eviction")
    assert "The ratio is 3.4 at most" in notes("eviction")


@few
@given(amounts, amounts, st.integers(0, 20), st.integers(2, 20), st.integers(0, 20), st.integers(1, 40))
def test_eviction_with_an_empty_summary_never_holds_more_and_always_the_turn_itself(
    system: Fraction, per_turn: Fraction, cap: int, at: int, kept: int, turn: int
) -> None:
    talk = Conversation(system, per_turn, cap, at, kept, Fraction(0))
    assert system + per_turn <= talk.evicted(turn) <= talk.without(turn)


def test_a_summary_longer_than_what_it_stands_for_is_said_to_cost_more() -> None:
    assert "costs more than it saves" in notes("eviction", summary_tokens="1000000")
    assert results("eviction", tokens_per_turn="0", system_tokens="0", summary_tokens="0")["last_turn_ratio"] is None


def test_the_filtering_project_of_the_example_takes_ten_years() -> None:
    # 6.4 million x 365 x 0.7 = 1,635.2 million tokens at $3 a million: $4,905.60. 50,000 / 4,905.60.
    found = results("filtering")
    assert found["tokens_removed_per_year"] == 1_635_200_000
    assert found["saving_usd_per_year"] == Fraction("4905.6")
    assert found["payback_years"] == 50_000 / Fraction("4905.6")
    assert found["break_even_queries_per_day"] == 5000 * 50_000 / Fraction("4905.6")
    assert "which pay back in 10.2 years" in notes("filtering")


def test_a_project_that_saves_nothing_never_pays_for_itself() -> None:
    assert results("filtering", removed_share="0")["payback_years"] is None
    assert "never pays for itself" in notes("filtering", removed_share="0")
    # What one query a day saves does not depend on how many there are.
    assert results("filtering", queries_per_day="0")["break_even_queries_per_day"] == 250_000_000 / Fraction("4905.6")


@few
@given(amounts, amounts)
def test_what_is_saved_until_the_payback_is_what_the_project_cost(project: Fraction, saving: Fraction) -> None:
    years = filtering.payback_years(project, saving)
    assert years is not None
    assert years * saving == project


def test_training_and_hiring_of_the_example_earn_the_same() -> None:
    # 500 x 400 x 4 = 800,000 interactions x $0.50 = $400,000, less $200,000 and 2,000 hours at $50: $100,000.
    # 5 x $60,000 - $200,000 = $100,000.
    assert results("literacy") == {"training_net_usd": 100_000, "hiring_net_usd": 100_000, "training_is_ahead": False,
                                   "break_even_gain_per_interaction_usd": Fraction("0.5")}
    # Hiring for $200,000 that earns nothing loses what training costs but for the users' time, so nothing is needed.
    # Two levels take 500 users another 2,000 hours at 50 USD.
    assert results("literacy", levels="2")["training_net_usd"] == 0
    assert results("literacy", workloads="0", hours_per_user="0")["break_even_gain_per_interaction_usd"] == 0


@few
@given(amounts, amounts, st.integers(1, 1000), amounts)
def test_at_the_break_even_gain_training_nets_what_hiring_nets(
    budget: Fraction, interactions: Fraction, users: int, hiring: Fraction
) -> None:
    training = Training(budget, Fraction(users), Fraction(2), Fraction(4), Fraction(50), interactions, Fraction(4))
    even = training.break_even(hiring)
    assert even is not None
    assert training.touched * even - training.cost == hiring


def test_training_that_touches_nothing_has_no_break_even() -> None:
    assert results("literacy", users="0")["break_even_gain_per_interaction_usd"] is None
    assert "no gain of one breaks even" in notes("literacy", users="0")


def test_ten_thousand_reasoning_tokens_pay_where_they_spare_one_correction_in_twenty() -> None:
    # 10,000 at $15 a million: $0.15. (0.1 - 0.05) x $6 = $0.30, which buys 20,000 tokens. 0.15 / 6 = 0.025.
    assert results("thinking") == {"added_usd": Fraction("0.15"), "displaced_usd": Fraction("0.3"),
                                   "earns_its_place": True, "break_even_error_drop": Fraction(1, 40),
                                   "break_even_tokens": 20_000}


@few
@given(amounts, amounts)
def test_a_budget_at_its_break_even_costs_what_it_displaces(displaced: Fraction, price: Fraction) -> None:
    tokens = thinking.break_even_tokens(displaced, price)
    assert tokens is not None
    assert tokens * price / 1_000_000 == displaced


@pytest.mark.parametrize(("inputs", "said"), [
    ({"correction_usd": "0"}, "An error costs nothing here"),
    ({"correction_usd": "0.1"}, "Thinking costs more than an error does"),
    ({"errors_with": "0.2"}, "Thinking displaces nothing here"),
    ({"usd_per_million": "0"}, "Tokens are free here"),
])
def test_where_thinking_never_breaks_even_a_note_says_so(inputs: dict[str, str], said: str) -> None:
    assert said in notes("thinking", **inputs)
    found = results("thinking", **inputs)
    assert None in (found["break_even_error_drop"], found["break_even_tokens"])


def test_a_number_of_turns_is_whole() -> None:
    with pytest.raises(UsageError, match=r"--turns '2.5' is not a whole number from 1 to 1,000: write it like 10"):
        lab("eviction", turns="2.5")
