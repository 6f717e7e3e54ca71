"""Every name by which senders tell the same thing, newest first. All generations are on the wire at once.

Sources: GenAI conventions 1.27 to 1.42 and their new repository, OpenInference, Traceloop, logfire and pydantic-ai,
LiteLLM's callback, the Anthropic SDK's own spans, Claude Code.
"""

from __future__ import annotations

PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider")
OPERATION = (
    "gen_ai.operation.name", "openinference.span.kind", "llm.request.type", "traceloop.span.kind", "ai.operationId",
    "langfuse.observation.type", "langsmith.span.kind",
)
MODEL = (
    "gen_ai.response.model", "llm.response.model_name", "llm.model_name", "gen_ai.request.model",
    "llm.request.model_name", "embedding.model_name", "llm.request.model", "llm.response.model", "ai.response.model",
    "ai.model.id", "langfuse.observation.model.name",
)
PARAMETERS = "llm.invocation_parameters"
"""OpenInference's parameters of the request as JSON: the only place of the model where no answer came."""
RESPONSE = ("gen_ai.response.id", "llm.response.id", "ai.response.id")
ANSWER = "output.value"
MESSAGE = "langfuse.observation.output"
ANSWERS = (ANSWER, "gen_ai.completion", MESSAGE)
"""OpenInference and LangSmith put the whole answer here, Langfuse the message in it."""

INPUT = (
    "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens",
    "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens",
)
FRESH = ("ai.usage.inputTokenDetails.noCacheTokens",)
"""Input without what was cached."""
OUTPUT = (
    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
    "llm.usage.completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens",
)
CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read", "llm.usage.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_input_tokens", "gen_ai.usage.details.cache_read_tokens",
    "gen_ai.usage.details.cached_tokens", "ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens",
)
CACHE_WRITE = (
    "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
    "llm.usage.cache_creation_input_tokens", "gen_ai.usage.details.cache_creation_input_tokens",
    "gen_ai.usage.details.cache_write_tokens", "ai.usage.inputTokenDetails.cacheWriteTokens",
    "gen_ai.usage.cache_write_input_tokens",
)
WRITE_5M = (
    "anthropic.usage.cache_creation.ephemeral_5m_input_tokens", "gen_ai.usage.details.ephemeral_5m_input_tokens",
)
WRITE_1H = (
    "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", "gen_ai.usage.details.ephemeral_1h_input_tokens",
)
RAW_USAGE = ("gen_ai.usage.raw", "langfuse.observation.usage_details", "langsmith.metadata.usage_metadata")
PROVIDER_METADATA = "ai.response.providerMetadata"
"""The AI SDK's, by provider; usage is one of the things in it."""
USAGE_TEXT = "metadata.usage_object"
"""LiteLLM's usage as Python writes it, the only place where it tells of the cache."""
WEB_SEARCHES = ("anthropic.usage.server_tool_use.web_search_requests",)

STRUCTURES = frozenset({*ANSWERS, *RAW_USAGE, PROVIDER_METADATA, USAGE_TEXT})
"""Where usage may be told as a structure."""

SESSION = (
    "gen_ai.conversation.id", "session.id", "traceloop.association.properties.session_id", "thread.id",
    "traceloop.association.properties.thread_id", "langfuse.session.id", "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id", "ai.telemetry.metadata.sessionId",
)
AGENT = (
    "gen_ai.agent.name", "agent_name", "agent.name", "graph.node.id",
    "traceloop.association.properties.lc_agent_name", "ai.telemetry.functionId",
)
TOOL = ("gen_ai.tool.name", "tool.name", "tool_name", "traceloop.entity.name", "ai.toolCall.name")
TOOL_CALL = ("gen_ai.tool.call.id", "tool_call.id", "tool_use_id", "ai.toolCall.id")
TOOL_ARGUMENTS = (
    "gen_ai.tool.call.arguments", "tool_arguments", "input.value", "traceloop.entity.input", "tool_input",
    "tool_parameters", "full_command", "ai.toolCall.args", "langfuse.observation.input",
)
TIER = ("anthropic.response.service_tier", "gen_ai.openai.response.service_tier", "openai.response.service_tier")
PENDING = "logfire.span_type"
"""`pending_span`: a span told when it began; it is told once more when it has ended."""

RAISED = "exception"
"""A span's event that tells of one."""

MESSAGES = ("gen_ai.output.messages", "events", "ai.response.toolCalls")
"""Answers as structures; read for the tools they ask for, then dropped."""
TOOL_PREFIXES = ("gen_ai.completion.", "llm.output_messages.")
"""Answers as one attribute a field, likewise."""
FLAT = "\0flat"
"""Where those are put together; no sender's attribute is called so, for it would not be wanted."""

CLAUDE_CODE = "claude_code."
CLAUDE_CODE_FIELDS = (
    "model", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "request_id",
    "cache_creation_5m_tokens", "cache_creation_1h_tokens", "client_request_id", "speed", "query_source",
    "query_source_safe", "agent_id", "subagent_type", "anthropic.provider", "prompt.id", "event.name",
    "event.timestamp", "event.sequence", "duration_ms", "success", "user.email", "user.id", "type", "gen_ai.token.type",
)

DIMENSIONS = {
    "anthropic.workspace.id": "workspace_id",
    "anthropic.organization.id": "organization_id",
    "metadata.user_api_key_hash": "api_key_id",
    "metadata.user_api_key_alias": "api_key_alias",
    "metadata.user_api_key_team_id": "team_id",
    "metadata.user_api_key_team_alias": "team",
}
"""Span attributes that are usage dimensions under another name."""
TRACE_ATTRIBUTES = (
    "gen_ai.workflow.name", "traceloop.workflow.name", "gen_ai.prompt.name", "traceloop.prompt.key", "workload",
)
"""Span attributes that MBOM rules may name as trace.X, with those that the configuration adds."""

WANTED = frozenset(
    name
    for names in (
        PROVIDER, OPERATION, MODEL, RESPONSE, INPUT, OUTPUT, CACHE_READ, CACHE_WRITE, WRITE_5M, WRITE_1H, WEB_SEARCHES,
        SESSION, AGENT, TRACE_ATTRIBUTES, TOOL, TOOL_CALL, TOOL_ARGUMENTS, TIER, MESSAGES, CLAUDE_CODE_FIELDS,
        DIMENSIONS,
        FRESH, STRUCTURES, (PARAMETERS, PENDING, "error.type"),
    )
    for name in names
)
"""What is read of a span, a log record or a data point; all else is passed over unread."""

MACHINE_LABELS = (
    "telemetry.", "process.", "host.", "os.", "container.", "k8s.pod.", "k8s.container.", "device.", "browser.",
    "service.instance.", "service.name", "service.version", "faas.instance", "cloud.resource_id", "webengine.",
    "logfire.", "pydantic_ai.",
)
"""Resource attributes that tell of a machine or a version; as labels they would make a series of every process."""
