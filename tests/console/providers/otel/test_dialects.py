"""What every generation of conventions and every emitter tells of one call comes to the same words and counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.providers.shared.identity import key_of, model_of, provider_of
from console.providers.source import PushedCall, Tokens
from tests.support.otlp import heard, normaliser, span, traces

TRUE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=300, output=17)
BY_LIFE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=100, cache_write_1h=200, output=17)
RAW = ('{"input_tokens": 21, "output_tokens": 17, "cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300,'
       ' "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}}')
NEWEST = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.usage.input_tokens": 5321, "gen_ai.usage.output_tokens": 17, "gen_ai.usage.cache_read.input_tokens": 5000,
    "gen_ai.usage.cache_write.input_tokens": 300,
}
OLD = {
    "gen_ai.system": "anthropic", "llm.request.type": "chat", "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.usage.prompt_tokens": 5321, "gen_ai.usage.completion_tokens": 17,
    "gen_ai.usage.cache_read_input_tokens": 5000, "gen_ai.usage.cache_creation_input_tokens": 300,
}
LITELLM = {
    "gen_ai.operation.name": "acompletion", "gen_ai.system": "", "gen_ai.response.id": "msg_7",
    "gen_ai.request.model": "anthropic/claude-sonnet-4-6", "gen_ai.usage.input_tokens": "5321",
    "gen_ai.usage.output_tokens": "17", "metadata.user_api_key_hash": "ab12", "metadata.user_api_key_team_alias": "x",
    "metadata.usage_object": "{'completion_tokens': 17, 'prompt_tokens': 5321, 'cache_creation_input_tokens': 300, "
                             "'prompt_tokens_details': {'cached_tokens': 5000}, 'cache_read_input_tokens': 5000}",
}


def one(told: dict[str, Any], folder: Path, **place: Any) -> PushedCall:
    [call] = heard(normaliser(folder), "traces", traces([span(1, told)], **place))
    return call


@pytest.mark.parametrize(("told", "counted"), [
    (NEWEST, TRUE),
    (OLD, TRUE),
    (LITELLM, TRUE),
    ({**NEWEST, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 100,
      "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 200}, BY_LIFE),
    ({key: value for key, value in NEWEST.items() if "cache" not in key} | {"gen_ai.usage.raw": RAW}, BY_LIFE),
    ({"openinference.span.kind": "LLM", "llm.system": "anthropic", "llm.model_name": "claude-sonnet-4-6",
      "llm.token_count.prompt": 5321.0, "llm.token_count.completion": 17.0,
      "output.value": '{"id": "msg_7", "type": "message", "usage": ' + RAW + "}"}, BY_LIFE),
    ({**NEWEST, "gen_ai.operation.name": "a word of 2031"}, TRUE),
])
def test_a_call_is_counted_alike_in_every_dialect(told: dict[str, Any], counted: Tokens, tmp_path: Path) -> None:
    call = one(told, tmp_path)
    assert call.tokens == counted
    assert (call.provider, call.model) == ("anthropic", "claude-sonnet-4-6")


def test_a_model_that_never_answered_is_known_from_the_request(tmp_path: Path) -> None:
    told = {"openinference.span.kind": "LLM", "llm.system": "openai",
            "llm.invocation_parameters": '{"model": "gpt-4o-mini", "stream": true}'}
    call = one(told, tmp_path)
    assert (call.provider, call.model, call.tokens) == ("openai", "gpt-4o-mini", None)


def test_a_gateways_key_and_team_are_dimensions(tmp_path: Path) -> None:
    assert dict(one(LITELLM, tmp_path, scope="litellm").dimensions) == {
        "service": "triage", "api_key_id": "ab12", "team": "x"}


def test_labels_are_what_the_organisation_says_of_a_service_and_not_its_machine(tmp_path: Path) -> None:
    told = {"team.id": "claims", "deployment.environment.name": "production", "process.pid": 77, "host.name": "h",
            "telemetry.sdk.name": "opentelemetry", "service.instance.id": "x"}
    call = one({**NEWEST, "gen_ai.agent.name": "reader", "gen_ai.workflow.name": "claims"}, tmp_path, resource=told)
    assert dict(call.dimensions) == {
        "service": "triage", "label.team.id": "claims", "label.deployment.environment.name": "production",
        "agent": "reader", "trace.gen_ai.workflow.name": "claims",
    }


def test_an_agent_that_is_told_above_a_call_is_a_dimension_of_it_too(tmp_path: Path) -> None:
    agent = span(2, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "reader"})
    [call] = heard(normaliser(tmp_path), "traces", traces([span(1, NEWEST, parent=2), agent]))
    assert ("agent", "reader") in call.dimensions


def test_a_span_that_only_says_that_it_began_is_nothing_yet(tmp_path: Path) -> None:
    pending = traces([span(1, {**NEWEST, "logfire.span_type": "pending_span"})])
    assert heard(normaliser(tmp_path), "traces", pending) == []


@pytest.mark.parametrize(("told", "model", "response", "name"), [
    ("aws.bedrock", "", "", "bedrock"), ("gcp.vertex_ai", "", "", "vertex"), ("gcp.gen_ai", "", "", "gemini"),
    ("azure.ai.openai", "", "", "azure"), ("anthropic.messages", "", "", "anthropic"), ("OpenAI", "", "", "openai"),
    ("mistral_ai", "", "", "mistral_ai"), ("", "claude-sonnet-4-6", "", "anthropic"),
    ("", "us.anthropic.claude-opus-4-6-v1:0", "", "bedrock"), ("", "claude-opus-4-6@20260101", "", "vertex"),
    ("", "gpt-5", "", "openai"), ("", "gemini-3-pro", "", "gemini"), ("", "", "msg_bdrk_1", "bedrock"),
    ("", "vertex_ai/gemini-3", "", "vertex"), ("", "", "", "unknown"),
])
def test_providers_have_one_name(told: str, model: str, response: str, name: str) -> None:
    assert provider_of(told, model, response) == name


def test_one_answer_has_one_key_whoever_tells_of_it() -> None:
    assert key_of("litellm", "msg_01A") == key_of("anthropic", "msg_01A") == "anthropic/msg_01A"
    assert key_of("anthropic", "chatcmpl-5") == "openai/chatcmpl-5"
    assert key_of("mistral_ai", "abc") == "mistral_ai/abc"
    assert len(key_of("openai", "resp_" + "x" * 5000)) < 50


def test_models_are_named_as_their_provider_names_them() -> None:
    assert model_of("anthropic/claude-sonnet-4-6", "anthropic") == "claude-sonnet-4-6"
    assert model_of("claude-sonnet-4-6[1m]", "anthropic") == "claude-sonnet-4-6"
    assert model_of("anthropic/claude-sonnet-4-6", "openrouter") == "anthropic/claude-sonnet-4-6"
