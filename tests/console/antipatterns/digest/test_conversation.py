"""When a conversation is overgrown, and what a turn cap would have saved."""

from __future__ import annotations

from console.antipatterns.call_day import CallDay
from console.antipatterns.digest.making import made
from console.antipatterns.digest.row import COLD
from tests.console.antipatterns.digest.rows import row, turns


def test_history_that_is_carried_uncached_to_five_times_the_first_turn_is_overgrown() -> None:
    day = made(turns(range(2000, 62_000, 2000)))
    assert day.totals.overgrown == 1
    (grown,) = day.grown
    assert (grown.turns, grown.first, grown.tenth, grown.last) == (30, 2000, 20_000, 60_000)


def test_a_conversation_that_comes_to_less_than_five_times_its_first_turn_is_not() -> None:
    assert quiet(made(turns(range(2000, 10_000, 500))))
    assert not made(turns([*range(2000, 10_000, 500), *[9900] * 20])).totals.overgrown
    assert made(turns([*range(2000, 10_000, 500), *[10_000] * 5])).totals.overgrown


def test_turns_that_grow_and_cost_no_more_are_not() -> None:
    assert quiet(made(each._replace(cost=9000) for each in turns(range(2000, 62_000, 2000))))


def test_the_saving_is_what_beginning_anew_every_few_turns_would_have_saved() -> None:
    talk = turns(range(1000, 21_000, 1000))
    day = made(talk)
    """Seven turns of 1 to 7 thousand tokens, and one more of 7 thousand for the summary, make 5,000 a turn; output
    costs 3,000 micro-dollars each time."""
    seven = (28_000 * 3 + 7 * 3000 + 7000 * 3 + 3000) // 7
    counted = [each.cost for each in talk[13:]]
    assert (day.totals.over_turns, day.totals.over_cost) == (len(counted), sum(counted))
    assert day.totals.over_likely == sum(counted) - len(counted) * seven


def test_a_cached_session_of_many_turns_is_not_however_small_it_began() -> None:
    assert quiet(made(turns(range(20_000, 160_000, 1000), cached=True)))
    assert quiet(made(turns(range(1000, 160_000, 1000), cached=True)))


def test_a_conversation_that_is_cut_back_is_not() -> None:
    assert quiet(made(turns([1000, 2000, 3000, 4000] * 20)))


def test_work_whose_calls_differ_in_size_is_not() -> None:
    assert quiet(made(turns([300, 9000, 400, 12_000, 500, 200] * 20)))


def test_a_few_dear_turns_that_fill_the_cache_anew_are_not_and_five_in_a_row_are() -> None:
    talk = turns(range(10_000, 110_000, 2000), cached=True)
    for number in range(30, 34):
        talk[number] = talk[number]._replace(cost=talk[number].input * 4, cache=COLD)  # type: ignore[operator]
    assert quiet(made(talk))
    talk[34] = talk[34]._replace(cost=talk[34].input * 4, cache=COLD)  # type: ignore[operator]
    assert made(talk).totals.over_turns == 1


def test_a_greeting_is_no_first_turn_to_measure_by() -> None:
    assert quiet(made(turns([7, *range(100, 3000, 100)])))


def test_a_call_without_tokens_is_no_turn() -> None:
    day = made([row(0, input=None), *turns(range(2000, 62_000, 2000), every=1)])
    assert day.grown[0].turns == 30


def test_a_conversation_is_one_caller_on_one_model() -> None:
    helped = [each for number, one in enumerate(turns([50_000] * 30))
              for each in (row(number * 30, input=200, model="haiku"), one)]
    assert quiet(made(helped))


def quiet(day: CallDay) -> bool:
    assert day.totals.long_conversations
    return (day.totals.over_turns, day.grown) == (0, ())
