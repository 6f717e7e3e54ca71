"""What Bedrock's metrics mean, from CloudWatch's words to series and token classes."""

from __future__ import annotations

import pytest

from console.providers.bedrock.metrics import (
    MANTLE,
    RUNTIME,
    Listing,
    Measure,
    Series,
    batches,
    dimensions_of,
    model_behind,
    query,
    tokens_of,
)
from console.providers.source import Tokens

SONNET = "anthropic.claude-sonnet-4-6"


def metric(namespace: str, name: str, **dimensions: str) -> dict[str, object]:
    return {"Namespace": namespace, "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()]}


def listing(*metrics: dict[str, object]) -> Listing:
    found = Listing()
    found.add(metrics)
    return found


def test_on_the_runtime_endpoint_input_is_told_without_what_the_cache_held() -> None:
    counts = [900, 350, 6000, 150, 1]
    assert tokens_of(RUNTIME, counts) == Tokens(uncached_input=900, cache_write_5m=150, cache_read=6000, output=350)


def test_on_mantle_the_total_input_includes_the_cache_which_is_never_counted_twice() -> None:
    counts = [7050, 350, 6000, 150, 1]
    assert tokens_of(MANTLE, counts) == Tokens(uncached_input=900, cache_write_5m=150, cache_read=6000, output=350)


def test_a_mantle_that_tells_nothing_of_a_cache_counts_all_input_as_uncached() -> None:
    assert tokens_of(MANTLE, [7050, 350, 0, 0, 1]) == Tokens(uncached_input=7050, output=350)


def test_more_cached_than_total_leaves_no_negative_count() -> None:
    assert tokens_of(MANTLE, [10, 0, 30, 0, 1]).uncached_input == 0


def test_both_namespaces_are_listed_each_with_its_own_names() -> None:
    found = listing(metric(RUNTIME, "InputTokenCount", ModelId=SONNET), metric(RUNTIME, "Invocations", ModelId=SONNET),
                    metric(MANTLE, "TotalOutputTokens", Model=SONNET, Project="p1"),
                    metric(RUNTIME, "TotalInputTokens", ModelId=SONNET))
    assert found.series == {Series(RUNTIME, SONNET): {Measure.INPUT, Measure.CALLS},
                            Series(MANTLE, SONNET, "p1"): {Measure.OUTPUT}}


def test_of_the_levels_that_mantle_publishes_only_the_finest_is_read() -> None:
    found = listing(metric(MANTLE, "TotalInputTokens"), metric(MANTLE, "TotalInputTokens", Model=SONNET),
                    metric(MANTLE, "TotalInputTokens", Project="p1"),
                    metric(MANTLE, "TotalInputTokens", Model=SONNET, Project="p1"))
    assert [series for series, _ in found.queries()] == [Series(MANTLE, SONNET, "p1")]


def test_a_model_of_mantle_that_no_project_tells_of_is_read_by_itself() -> None:
    found = listing(metric(MANTLE, "TotalInputTokens", Model="openai.gpt-oss-120b"),
                    metric(MANTLE, "TotalInputTokens", Model=SONNET, Project="p1"),
                    metric(MANTLE, "TotalInputTokens", Model=SONNET))
    assert [series for series, _ in found.queries()] == [Series(MANTLE, SONNET, "p1"),
                                                         Series(MANTLE, "openai.gpt-oss-120b")]
    asked = query(0, Series(MANTLE, "openai.gpt-oss-120b"), Measure.INPUT, 60)
    assert asked["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "Model", "Value": "openai.gpt-oss-120b"}]


def test_parts_of_a_metric_by_a_further_dimension_are_not_added_to_it() -> None:
    found = listing(metric(RUNTIME, "InputTokenCount", ModelId=SONNET),
                    metric(RUNTIME, "InputTokenCount", ModelId=SONNET, ImageSize="big"))
    assert list(found.series) == [Series(RUNTIME, SONNET)]


def test_a_metric_that_counts_tokens_and_is_not_known_is_told_of() -> None:
    found = listing(metric(RUNTIME, "ReasoningTokenCount", ModelId=SONNET),
                    metric(RUNTIME, "TimeToFirstToken", ModelId=SONNET),
                    metric(RUNTIME, "InvocationLatency", ModelId=SONNET))
    assert found.unmapped == {"AWS/Bedrock ReasoningTokenCount"}
    assert not found.series


def test_only_metrics_that_exist_are_asked_for_five_hundred_a_call() -> None:
    found = listing(*(metric(RUNTIME, name, ModelId=f"model.{number}") for number in range(300)
                      for name in ("InputTokenCount", "OutputTokenCount")))
    asked = list(batches(found.queries()))
    assert [len(batch) for batch in asked] == [500, 100]
    assert query(7, Series(MANTLE, SONNET, "p1"), Measure.INPUT, 60) == {"Id": "q7", "MetricStat": {
        "Metric": {"Namespace": MANTLE, "MetricName": "TotalInputTokens",
                   "Dimensions": [{"Name": "Model", "Value": SONNET}, {"Name": "Project", "Value": "p1"}]},
        "Period": 60, "Stat": "Sum"}}


@pytest.mark.parametrize(
    ("model_id", "profile", "model"),
    [
        (SONNET, None, SONNET),
        (f"us.{SONNET}", f"us.{SONNET}", f"us.{SONNET}"),
        (f"global.{SONNET}", f"global.{SONNET}", f"global.{SONNET}"),
        ("openai.gpt-5.4", None, "openai.gpt-5.4"),
        ("ai21.jamba-1-5", None, "ai21.jamba-1-5"),
        ("abc123claims", "abc123claims", SONNET),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123claims", "abc123claims", SONNET),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/gone", "gone", "gone"),
        ("arn:aws:bedrock:us-east-1:1:provisioned-model/pm1", None, "pm1"),
        ("unlisted", "unlisted", "unlisted"),
    ],
)
def test_a_model_id_is_a_model_a_profile_or_an_arn_of_either(model_id: str, profile: str | None, model: str) -> None:
    found = dict(dimensions_of("1", "us-east-1", Series(RUNTIME, model_id), {"abc123claims": SONNET}))
    assert (found["inference_profile"], found["model"]) == (profile, model)


def test_dimensions_are_sorted_by_name_and_say_account_region_and_endpoint() -> None:
    found = dimensions_of("111122223333", "eu-central-1", Series(MANTLE, SONNET, "p1"), {})
    assert list(found) == sorted(found)
    assert dict(found) == {"account": "111122223333", "region": "eu-central-1", "endpoint": "mantle", "project": "p1",
                           "model": SONNET, "inference_profile": None}


def test_a_profile_over_all_regions_has_the_price_of_global() -> None:
    regional = {"models": [{"modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}"}]}
    everywhere = {"models": [*regional["models"], {"modelArn": f"arn:aws:bedrock:::foundation-model/{SONNET}"}]}
    assert model_behind(regional) == SONNET
    assert model_behind(everywhere) == f"global.{SONNET}"
    assert model_behind({"models": []}) is None
