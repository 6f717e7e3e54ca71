"""One model under its many names, and never two models under one."""

from __future__ import annotations

from itertools import combinations

import pytest

from console.charters.production import is_permitted
from console.charters.tram import DEFAULT
from console.model_names import bare, is_same

ACCOUNT = "arn:aws:bedrock:eu-central-1:111122223333"
NAMES = {
    "claude-sonnet-4-5-20250929": (
        "claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929[1m]", "anthropic.claude-sonnet-4-5-20250929-v1:0",
        *(f"{where}.anthropic.claude-sonnet-4-5-20250929-v1:0"
          for where in ("us", "eu", "apac", "jp", "us-gov", "global")),
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        f"{ACCOUNT}:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-sonnet-4-5-20250929-v1:0:200k", "claude-sonnet-4-5@20250929",
        "publishers/anthropic/models/claude-sonnet-4-5@20250929",
        "projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929",
        "vertex_ai/claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4-5-20250929",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/us-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0",
        f"bedrock/{ACCOUNT}:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "Anthropic/Claude-Sonnet-4.5-20250929"),
    "claude-sonnet-4-5": ("claude-sonnet-4-5", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5@default",
                          "claude-sonnet-4-5-latest"),
    "claude-sonnet-4-6": ("claude-sonnet-4-6", "global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6-v1",
                          "claude-sonnet-4-6@default", "vertex_ai/claude-sonnet-4-6"),
    "claude-sonnet-4": ("claude-sonnet-4",),
    "claude-opus-4-5": ("claude-opus-4-5", "us.anthropic.claude-opus-4-5-v1:0"),
    "claude-3-5-sonnet-20240620": ("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet@20240620"),
    "claude-3-5-sonnet-20241022": ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-v2@20241022"),
    "claude-v2": ("anthropic.claude-v2",),
    "claude-v2:1": ("anthropic.claude-v2:1",),
    "claude-instant-v1": ("anthropic.claude-instant-v1",),
    "gpt-oss-120b": ("openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b"),
    "gpt-oss-20b": ("openai.gpt-oss-20b-1:0",),
    "gpt-5": ("gpt-5", "openai/gpt-5"),
    "gemini-2.5-pro": ("gemini-2.5-pro", "google/gemini-2.5-pro", "vertex_ai/gemini-2.5-pro", "models/gemini-2.5-pro",
                       "publishers/google/models/gemini-2.5-pro"),
    # What is somebody's own, and what nobody knows here, stays as it is.
    f"{ACCOUNT}:custom-model/anthropic.claude-3-haiku-20240307-v1:0/abc": (
        f"{ACCOUNT}:custom-model/anthropic.claude-3-haiku-20240307-v1:0/abc",),
    f"{ACCOUNT}:application-inference-profile/abc123claims": (f"{ACCOUNT}:application-inference-profile/abc123claims",),
    "azure/claude-sonnet-4-6": ("azure/claude-sonnet-4-6",),
    "ft:gpt-5:example::abc": ("ft:gpt-5:example::abc",),
    "amazon.nova-pro-v1:0": ("amazon.nova-pro-v1:0", "bedrock/amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    "meta.llama3-70b-instruct-v1:0": ("meta.llama3-70b-instruct-v1:0",),
    "claude-" + "9-v1" * 200: ("claude-" + "9-v1" * 200,),
    "abc123claims": ("abc123claims",), "": ("",), "/": ("/",), "bedrock/": ("bedrock/",),
}


@pytest.mark.parametrize("model", NAMES)
def test_every_name_of_a_model_is_that_model(model: str) -> None:
    assert {name: bare(name) for name in NAMES[model]} == dict.fromkeys(NAMES[model], model)
    assert bare(model) == model


def test_two_models_are_never_one() -> None:
    dated = {frozenset(("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"))}
    for one, other in combinations(NAMES, 2):
        assert is_same(one, other) == (frozenset((one, other)) in dated)


@pytest.mark.parametrize("name", NAMES["claude-sonnet-4-5-20250929"])
def test_a_charter_means_a_model_by_whichever_name_it_is_called(name: str) -> None:
    for committed in ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-sonnet-*",
                      "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-*",
                      "vertex_ai/claude-sonnet-4-5@20250929"):
        assert is_permitted(name, [committed]), committed
    for other in ("claude-sonnet-4", "claude-sonnet-4-6", "claude-opus-*", "claude-sonnet-4-5-20251001", "bedrock/x*"):
        assert not is_permitted(name, [other]), other
    assert DEFAULT.tier(name) == "workhorse"


@pytest.mark.parametrize(("release", "model"), [
    ("claude-sonnet-4-6-20260217", "claude-sonnet-4-6"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
    ("openai/gpt-4o-mini-2024-07-18", "gpt-4o-mini")])
def test_a_name_without_a_date_means_every_release_and_one_with_a_date_that_one(release: str, model: str) -> None:
    assert is_permitted(release, [model])
    assert is_same(release, model)
    assert not is_permitted(model, [release])
    assert not is_permitted(release, [f"{model}-2025-01-01", f"{model}-20250101"])


def test_a_pattern_of_a_region_alone_means_what_is_called_there_and_not_every_model() -> None:
    assert is_permitted("eu.anthropic.claude-opus-5", ["eu.anthropic.*"])
    assert not is_permitted("us.anthropic.claude-opus-5", ["eu.anthropic.*"])
    assert not is_permitted("claude-opus-5", ["eu.anthropic.*", "bedrock/*", "anthropic/*"])


def test_a_tier_is_found_behind_a_gateways_name() -> None:
    names = ("openai/gpt-5", "bedrock/openai.gpt-oss-20b-1:0", "google/gemini-2.5-pro")
    assert [DEFAULT.tier(name) for name in names] == ["workhorse"] * 3
