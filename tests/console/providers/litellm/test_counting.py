"""LiteLLM's counts as disjoint classes: what is inside the prompt is never counted twice."""

from __future__ import annotations

from typing import Any

import pytest

from console.pricing import PriceBook
from console.providers.litellm.counting import context_of, tokens_of
from console.providers.shared.fields import UnusableError
from console.providers.source import Tokens

DETAILS = {"cached_tokens": 5000, "cache_creation_tokens": 300, "cache_write_tokens": 300,
           "cache_creation_token_details": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}}


@pytest.mark.parametrize(("prompt", "usage", "expected"), [
    (5321, {"cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300, "prompt_tokens_details": DETAILS},
     Tokens(21, 100, 200, 5000, 17)),
    (5321, {"prompt_tokens_details": DETAILS}, Tokens(21, 100, 200, 5000, 17)),
    (5321, {"cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300}, Tokens(21, 300, 0, 5000, 17)),
    (1200, {"prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": None}}, Tokens(176, 0, 0, 1024, 17)),
    (40, {}, Tokens(40, 0, 0, 0, 17)),
    (40, {"cache_read_input_tokens": None, "prompt_tokens_details": None}, Tokens(40, 0, 0, 0, 17)),
    (21, {"cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300}, Tokens(21, 300, 0, 5000, 17)),
    (40, {"server_tool_use": {"web_search_requests": 2}}, Tokens(40, 0, 0, 0, 17, 2)),
])
def test_what_was_cached_is_taken_out_of_the_prompt(prompt: int, usage: dict[str, Any], expected: Tokens) -> None:
    assert tokens_of(prompt, 17, usage) == expected


@pytest.mark.parametrize(("prompt", "completion", "usage"), [
    (-1, 17, {}), (None, 17, {}), (1.5, 17, {}), (True, 17, {}), ("12", 17, {}), (10**11, 17, {}), (10, -1, {}),
    (10, 1, {"cache_read_input_tokens": -5}), (10, 1, {"prompt_tokens_details": {"cached_tokens": "5"}})])
def test_a_count_that_is_none_is_refused(prompt: object, completion: object, usage: dict[str, Any]) -> None:
    with pytest.raises(UnusableError, match="instead of a count"):
        tokens_of(prompt, completion, usage)


def test_our_price_of_a_call_is_what_litellm_reckons_for_it() -> None:
    tokens = tokens_of(5321, 17, {"prompt_tokens_details": DETAILS})
    dimensions = (("context_window", context_of(tokens)), ("model", "claude-sonnet-4-5-20250929"),
                  ("provider", "anthropic"))
    priced = PriceBook().price_dimensions("anthropic", dimensions, tokens, 1_795_442_400)
    assert (priced.cost_microusd, priced.estimated) == (3393, False)


def test_a_long_prompt_is_told_from_a_short_one() -> None:
    assert context_of(Tokens(uncached_input=1, cache_read=200_000)) == "200k-1M"
    assert context_of(Tokens(uncached_input=200_000, output=500_000)) == "0-200k"
