"""The answers of GetMetricData, read strictly."""

from __future__ import annotations

import math
from typing import Any

import pytest

from console.providers.bedrock.metrics import RUNTIME, Measure, Series
from console.providers.bedrock.reading import Reading, complete
from console.providers.shared.fields import UnusableError
from console.providers.source import Tokens, UsageRow

T = 1_764_115_200
MODEL = Series(RUNTIME, "anthropic.claude-sonnet-4-6")
ASKED = [(MODEL, Measure.INPUT), (MODEL, Measure.CALLS)]


def result(number: int, *points: tuple[float, float], status: str = "Complete") -> dict[str, Any]:
    return {"Id": f"q{number}", "Label": "x", "StatusCode": status,
            "Timestamps": [at for at, _ in points], "Values": [value for _, value in points]}


def read(*pages: dict[str, Any]) -> list[UsageRow]:
    reading, states = Reading(T, T + 3600, 60), dict[str, str]()
    for page in pages:
        reading.page(page, ASKED, states)
    complete(states, len(ASKED))
    return list(reading.rows("1", "us-east-1", {}))


def page(*results: dict[str, Any]) -> dict[str, Any]:
    return {"MetricDataResults": list(results)}


def test_metrics_of_one_series_and_minute_become_one_row() -> None:
    (row,) = read(page(result(0, (T + 60, 12.0)), result(1, (T + 60, 2.0))))
    assert (row.bucket, row.tokens, row.requests) == (T + 60, Tokens(uncached_input=12), 2)


def test_a_series_goes_on_from_page_to_page() -> None:
    rows = read(page(result(0, (T, 1.0), status="PartialData")),
                page(result(0, (T + 60, 2.0)), result(1, (T, 1.0))))
    assert {row.bucket: row.tokens.uncached_input for row in rows} == {T: 1, T + 60: 2}


def test_calls_that_nobody_counts_are_unknown_and_not_zero() -> None:
    (row,) = read(page(result(0, (T, 5.0)), result(1)))
    assert row.requests is None


def test_a_minute_of_nothing_but_zeros_is_no_row() -> None:
    assert read(page(result(0, (T, 0.0)), result(1, (T, 0.0)))) == []


def test_a_model_under_its_name_and_its_arn_is_one_series() -> None:
    arn = Series(RUNTIME, "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6")
    reading, states = Reading(T, T + 3600, 60), dict[str, str]()
    reading.page(page(result(0, (T, 5.0), (T + 60, 1.0)), result(1, (T, 7.0))),
                 [(MODEL, Measure.INPUT), (arn, Measure.INPUT)], states)
    rows = list(reading.rows("1", "us-east-1", {}))
    assert {row.bucket: row.tokens.uncached_input for row in rows} == {T: 12, T + 60: 1}
    assert len({row.dimensions for row in rows}) == 1


@pytest.mark.parametrize("value", [-1.0, 0.5, math.inf, math.nan, 1e14])
def test_what_is_no_count_is_refused(value: float) -> None:
    with pytest.raises(UnusableError, match="instead of a count"):
        read(page(result(0, (T, value)), result(1)))


@pytest.mark.parametrize("at", [T - 60, T + 3600, T + 30, T + 0.5])
def test_a_time_that_was_not_asked_for_is_refused(at: float) -> None:
    with pytest.raises(UnusableError, match="no bucket that was asked"):
        read(page(result(0, (at, 1.0)), result(1)))


def test_the_same_minute_twice_is_refused_because_its_sum_would_count_double() -> None:
    with pytest.raises(UnusableError, match="two values"):
        read(page(result(0, (T, 1.0))), page(result(0, (T, 1.0)), result(1)))


def test_a_metric_that_is_not_answered_makes_the_window_not_whole() -> None:
    with pytest.raises(UnusableError, match="1 of 2 metrics"):
        read(page(result(0, (T, 1.0))))


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_metric_that_does_not_end_complete_makes_the_window_not_whole(status: str) -> None:
    with pytest.raises(UnusableError, match=status):
        read(page(result(0, (T, 1.0), status=status), result(1)))


def test_a_message_about_the_whole_answer_makes_it_not_whole() -> None:
    with pytest.raises(UnusableError, match="MaxMetricsExceeded"):
        read({**page(result(0), result(1)), "Messages": [{"Code": "MaxMetricsExceeded", "Value": "too many"}]})


@pytest.mark.parametrize("identifier", ["q7", "x0", "q-1", ""])
def test_an_answer_to_what_was_not_asked_is_refused(identifier: str) -> None:
    with pytest.raises(UnusableError, match="was not asked"):
        read(page({**result(0), "Id": identifier}))


def test_times_without_values_are_refused() -> None:
    with pytest.raises(UnusableError, match="1 times and 0 values"):
        read(page({**result(0, (T, 1.0)), "Values": []}))
