"""Content that varies from call to call: what is told of it, where, and what is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.prompts.placeholders import MOST, places, varies

TIME, CALL, PERSON, DRAWN, ASKED = ("the time", "an identifier of the call", "who is served",
                                    "a number or identifier drawn anew", "what is asked or was found for it")


@pytest.mark.parametrize(("text", "column", "what"), [
    ("{{now}}", 1, TIME), ("Today is {date}.", 10, TIME), ("${TODAY}", 1, TIME), ("$TODAY", 1, TIME),
    ("{datetime.now():%Y-%m-%d %H:%M}", 1, TIME), ("{datetime.now().strftime('%Y')}", 1, TIME),
    ("{{ today | date('Y') }}", 1, TIME), ("{% now 'UTC' %}", 1, TIME), ("<%= Time.now %>", 1, TIME),
    ("$(date +%F)", 1, TIME), ("%(timestamp)s", 1, TIME), ("The date is %Y-%m-%d %H:%M", 13, TIME),
    ("{currentDate}", 1, TIME), ("id {{ request_id }}", 4, CALL), ("{requestId!r}", 1, CALL), ("{reqID}", 1, CALL),
    ("{{ uuid4() }}", 1, DRAWN), ("{uuid.uuid4()}", 1, DRAWN), ("{user_id}", 1, PERSON), ("{{ user.name }}", 1, PERSON),
    ("{{ question }}", 1, ASKED), ("Ünïcode before {context}", 16, ASKED),
])
def test_what_varies_is_told_with_its_column(text: str, column: int, what: str) -> None:
    [place] = places(text, "system.md")
    assert (place.line, place.column, place.what) == (1, column, what)


@pytest.mark.parametrize("text", [
    "{{ company }}", "{date_format}", "{knowledge_cutoff_date}", "{time_zone}", "{max_messages}", "{{ 'now' }}",
    '{"now": 1}', '{date: "2026-11-26"}', "{ now }", "Give dates as %Y-%m-%d", "costs $5 and $total", "<date>x</date>",
    '{"$date": 1}', "{{! now }}", "{{> date}}", "{{/user}}",
    "{{user_guide}}", "{{customer_policy}}", "10 % and 20 % of the time", "f(x) = {x}", "",
])
def test_what_may_be_constant_is_left_in_peace(text: str) -> None:
    assert places(text, "system.md") == ()


def test_lines_count_from_one_and_each_is_told_once() -> None:
    text = "one\n{now} and {user_id}\n\nfour {{ now }}"
    assert [(place.line, place.column, place.text) for place in places(text, "a.md")] == [
        (2, 1, "{now}"), (4, 6, "{{ now }}")]


def test_only_the_cached_prefix_counts_and_what_somebody_calls_constant_does_not() -> None:
    text = "{now}\n{date}\n"
    assert [place.line for place in places(text, "a.md", end=5)] == [1]
    assert [place.line for place in places(text, "a.md", constant={"now"})] == [2]


def test_single_braces_are_plain_text_in_a_template_that_doubles_them() -> None:
    assert places("Answer as {date}", "system.j2") == ()
    assert places("Answer on {{ date }}", "system.j2")


def test_of_very_many_the_first_ones_are_told() -> None:
    assert len(places("{now}\n" * 500, "a.md")) == MOST


@given(st.text(max_size=400))
def test_any_text_is_read_and_every_place_is_within_it(text: str) -> None:
    lines = text.split("\n")
    for place in places(text, "a.md"):
        assert lines[place.line - 1][place.column - 1:]


@given(st.text(max_size=80))
def test_any_expression_is_understood_or_not(inner: str) -> None:
    assert varies(inner) in (None, TIME, CALL, PERSON, DRAWN, ASKED)
