"""What frameworks and observability SDKs of today and yesterday send, in few words: what each tells and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.providers.source import PushedCall, Tokens
from tests.support.otlp import heard, normaliser, span, traces

TRUE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=300, output=17)
BY_LIFE = Tokens(uncached_input=21, cache_read=5000, cache_write_5m=100, cache_write_1h=200, output=17)
ANTHROPICS = {
    "input_tokens": 21, "output_tokens": 17, "cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
}
OPENAI = Tokens(uncached_input=36, cache_read=64, output=9)

AI_SDK = {
    "ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages",
    "ai.model.id": "claude-sonnet-4-6", "ai.response.id": "msg_7", "ai.telemetry.functionId": "triage",
    "ai.telemetry.metadata.sessionId": "s-1",
    "ai.response.toolCalls": '[{"toolCallId": "t1", "toolName": "look_up", "input": "{\\"name\\": \\"Doe\\"}"}]',
}
AI_SDK_4 = {**AI_SDK, "ai.usage.promptTokens": 21, "ai.usage.completionTokens": 17, "ai.response.providerMetadata": (
    '{"anthropic": {"cacheCreationInputTokens": 300, "cacheReadInputTokens": 5000}}')}
AI_SDK_5 = {**AI_SDK, "gen_ai.usage.input_tokens": 21, "gen_ai.usage.output_tokens": 17,
            "ai.response.providerMetadata": json.dumps({"anthropic": {"usage": ANTHROPICS}})}
AI_SDK_6 = {**AI_SDK, "ai.usage.inputTokens": 5321, "ai.usage.outputTokens": 17,
            "ai.usage.inputTokenDetails.noCacheTokens": 21, "ai.usage.inputTokenDetails.cacheReadTokens": 5000,
            "ai.usage.inputTokenDetails.cacheWriteTokens": 300}
AI_SDK_4_OPENAI = {
    "ai.operationId": "ai.streamText.doStream", "ai.model.provider": "openai.chat", "ai.model.id": "gpt-4o",
    "ai.usage.promptTokens": 100, "ai.usage.completionTokens": 9,
    "ai.response.providerMetadata": '{"openai": {"cachedPromptTokens": 64}}',
}
LANGFUSE = {
    "langfuse.observation.type": "generation", "langfuse.observation.model.name": "claude-sonnet-4-6",
    "langfuse.observation.usage_details": '{"input": 21, "output": 17, "cache_read_input_tokens": 5000, '
                                          '"cache_creation_input_tokens": 300}',
}
LANGFUSE_OPENAI = {
    "langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o",
    "langfuse.observation.usage_details": '{"prompt_tokens": 100, "completion_tokens": 9, '
                                          '"prompt_tokens_details": {"cached_tokens": 64}}',
}
LANGFUSE_RESPONSES = {
    "langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o",
    "langfuse.observation.output": '{"id": "msg_0f", "type": "message", "content": []}',
    "langfuse.observation.usage_details": '{"input_tokens": 100, "input_tokens_details": {"cached_tokens": 64}, '
                                          '"output_tokens": 9}',
}
RESULT = json.dumps({"generations": [[{"message": {"kwargs": {
    "content": "xyzzy", "response_metadata": {"id": "msg_7", "usage": ANTHROPICS},
    "tool_calls": [{"name": "look_up", "args": {"name": "Doe"}, "id": "t1"}]}}}]]})
LANGSMITH = {
    "langsmith.span.kind": "llm", "gen_ai.operation.name": "chat", "gen_ai.system": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4-6", "gen_ai.usage.input_tokens": "5321",
    "gen_ai.usage.output_tokens": "17", "gen_ai.completion": RESULT,
    "langsmith.metadata.usage_metadata": json.dumps({
        "input_tokens": 5321, "output_tokens": 17, "input_token_details": {
            "cache_read": 5000, "cache_creation": 0, "ephemeral_5m_input_tokens": 100,
            "ephemeral_1h_input_tokens": 200}}),
}
LANGCHAIN = {
    "openinference.span.kind": "LLM", "llm.provider": "anthropic", "llm.model_name": "claude-sonnet-4-6",
    "llm.token_count.prompt": 5321, "llm.token_count.completion": 17, "output.value": RESULT,
}
STRANDS = {
    "gen_ai.operation.name": "chat", "gen_ai.system": "strands-agents", "gen_ai.request.model": "claude-sonnet-4-6",
    "gen_ai.usage.input_tokens": 5321, "gen_ai.usage.output_tokens": 17, "gen_ai.usage.cache_read_input_tokens": 5000,
    "gen_ai.usage.cache_write_input_tokens": 300,
}


def one(told: dict[str, Any], folder: Path, **place: Any) -> PushedCall:
    [call] = heard(normaliser(folder), "traces", traces([span(1, told)], **place))
    assert "xyzzy" not in repr(call)
    return call


@pytest.mark.parametrize(("told", "provider", "model", "tokens"), [
    pytest.param(AI_SDK_4, "anthropic", "claude-sonnet-4-6", TRUE, id="AI SDK 4"),
    pytest.param(AI_SDK_5, "anthropic", "claude-sonnet-4-6", BY_LIFE, id="AI SDK 5"),
    pytest.param(AI_SDK_6, "anthropic", "claude-sonnet-4-6", TRUE, id="AI SDK 6"),
    pytest.param(AI_SDK_4_OPENAI, "openai", "gpt-4o", OPENAI, id="AI SDK 4 on OpenAI"),
    pytest.param(LANGFUSE, "anthropic", "claude-sonnet-4-6", TRUE, id="Langfuse"),
    pytest.param(LANGFUSE_OPENAI, "openai", "gpt-4o", OPENAI, id="Langfuse on Chat Completions"),
    pytest.param(LANGFUSE_RESPONSES, "openai", "gpt-4o", OPENAI, id="Langfuse on Responses"),
    pytest.param(LANGSMITH, "anthropic", "claude-sonnet-4-6", BY_LIFE, id="LangSmith"),
    pytest.param(LANGCHAIN, "anthropic", "claude-sonnet-4-6", BY_LIFE, id="OpenInference on LangChain"),
    pytest.param(STRANDS, "anthropic", "claude-sonnet-4-6", TRUE, id="Strands"),
])
def test_a_frameworks_call_is_counted_exactly(told: dict[str, Any], provider: str, model: str, tokens: Tokens,
                                             tmp_path: Path) -> None:
    call = one(told, tmp_path, scope="ai" if "ai.operationId" in told else "framework")
    assert (call.provider, call.model, call.tokens) == (provider, model, tokens)


@pytest.mark.parametrize("told", [LANGSMITH, LANGCHAIN], ids=["LangSmith", "OpenInference on LangChain"])
def test_langchains_result_names_the_answer_and_its_tools(told: dict[str, Any], tmp_path: Path) -> None:
    call = one(told, tmp_path)
    assert call.key == "anthropic/msg_7"
    assert [name for name, _ in call.tools] == ["look_up"]


def test_the_ai_sdk_names_function_session_and_tools(tmp_path: Path) -> None:
    call = one(AI_SDK_6, tmp_path)
    assert (call.key, call.session) == ("anthropic/msg_7", "s-1")
    assert ("agent", "triage") in call.dimensions
    assert [name for name, _ in call.tools] == ["look_up"]


def test_the_ai_sdks_sums_are_no_calls_and_its_failures_are(tmp_path: Path) -> None:
    outer = {**AI_SDK_6, "ai.operationId": "ai.generateText"}
    failed = {key: value for key, value in AI_SDK.items() if "response" not in key}
    spans = [span(1, outer), span(2, AI_SDK_6, parent=1), span(3, failed, parent=1, failed=True)]
    told = heard(normaliser(tmp_path), "traces", traces(spans, scope="ai"))
    assert sorted((call.failed, call.tokens) for call in told if call.tokens) == [(False, TRUE)]
    assert [call.tokens for call in told if call.failed] == [None]


def test_counts_that_its_sender_was_not_told_are_not_known(tmp_path: Path) -> None:
    base = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
    for untold in (float("nan"), "NaN", 0):
        call = one({**base, "gen_ai.usage.input_tokens": untold, "gen_ai.usage.output_tokens": untold}, tmp_path)
        assert (call.tokens, call.failed) == (None, False)


def test_what_is_learnt_of_one_provider_says_nothing_of_another(tmp_path: Path) -> None:
    receiver = normaliser(tmp_path)
    exclusive = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "m",
                 "gen_ai.usage.input_tokens": 21, "gen_ai.usage.output_tokens": 1,
                 "gen_ai.usage.cache_read.input_tokens": 5000}
    inclusive = {**exclusive, "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 100,
                 "gen_ai.usage.cache_read.input_tokens": 64}
    small = {**exclusive, "gen_ai.usage.cache_read.input_tokens": 5}
    told = heard(receiver, "traces", traces([span(1, exclusive), span(2, inclusive), span(3, small)]))
    assert [(call.tokens.uncached_input, call.tokens.cache_read) for call in told if call.tokens] == [
        (21, 5000), (36, 64), (21, 5)]


@pytest.mark.parametrize("scope", [
    "opentelemetry.instrumentation.botocore.bedrock-runtime", "opentelemetry.instrumentation.bedrock",
    "opentelemetry.instrumentation.genai.bedrock",
])
def test_bedrocks_input_leaves_the_cache_out_even_where_little_was_cached(scope: str, tmp_path: Path) -> None:
    told = {"gen_ai.operation.name": "chat", "gen_ai.system": "aws.bedrock", "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 9, "gen_ai.usage.cache_read.input_tokens": 64}
    assert one(told, tmp_path, scope=scope).tokens == Tokens(uncached_input=100, cache_read=64, output=9)


def test_an_exception_on_a_call_that_tells_no_counts_is_a_failure(tmp_path: Path) -> None:
    told = span(1, {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"})
    told["events"] = [{"name": "exception", "attributes": []}]
    [call] = heard(normaliser(tmp_path), "traces", traces([told]))
    assert call.failed


def test_agents_and_tools_of_before_the_conventions_named_them(tmp_path: Path) -> None:
    chat = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 5,
            "gen_ai.usage.output_tokens": 1}
    spans = [
        span(1, {"agent_name": "boss", "model_name": "gpt-4o", "gen_ai.usage.input_tokens": 10}, name="agent run"),
        span(2, chat, parent=1, seconds_ago=12),
        span(3, {"gen_ai.tool.name": "ask", "tool_arguments": '{"q": 1}'}, parent=1, name="running tool"),
        span(4, {"agent_name": "helper", "model_name": "gpt-4o"}, parent=3, name="agent run"),
        span(5, chat, parent=4, seconds_ago=10),
    ]
    first, below = heard(normaliser(tmp_path), "traces", traces(spans, scope="pydantic-ai"))
    assert (first.depth, [name for name, _ in first.tools]) == (0, ["ask"])
    assert (below.depth, below.parent) == (1, f"{1:016x}")
    assert ("agent", "helper") in below.dimensions


def test_a_run_of_the_agents_sdk_is_no_agent_above_its_agents(tmp_path: Path) -> None:
    spans = [
        span(1, {"openinference.span.kind": "AGENT"}, name="Agent workflow"),
        span(2, {"openinference.span.kind": "AGENT", "agent.name": "boss"}, parent=1),
        span(3, LANGCHAIN, parent=2),
    ]
    [call] = heard(normaliser(tmp_path), "traces", traces(spans, scope="openinference.instrumentation.openai_agents"))
    assert (call.depth, call.parent) == (0, None)


def test_an_agent_that_is_told_by_two_spans_is_one(tmp_path: Path) -> None:
    boss = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "boss"}
    spans = [span(1, boss), span(2, {**boss, "traceloop.span.kind": "workflow"}, parent=1), span(3, STRANDS, parent=2)]
    [call] = heard(normaliser(tmp_path), "traces", traces(spans))
    assert (call.depth, call.parent) == (0, None)
    again = [span(1, boss), span(4, {"gen_ai.operation.name": "execute_tool"}, parent=1), span(2, boss, parent=4),
             span(3, STRANDS, parent=2)]
    [below] = heard(normaliser(tmp_path), "traces", traces(again))
    assert below.depth == 1
