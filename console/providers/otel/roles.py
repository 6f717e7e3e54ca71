"""What a span is: a call to a model, an agent's run, a tool's run, or a link between them."""

from __future__ import annotations

from console.providers.otel import names
from console.providers.otel.records import Span
from console.providers.otel.told import Role
from console.providers.otel.words import text

_AGENTS_RUNS = "openinference.instrumentation.openai_agents"
_ROLES = {
    **dict.fromkeys(
        ("chat", "generate_content", "text_completion", "completion", "acompletion", "atext_completion", "responses",
         "aresponses", "anthropic_messages", "embeddings", "embedding", "aembedding", "rerank", "llm", "generation",
         "ai.generatetext.dogenerate", "ai.streamtext.dostream", "ai.generateobject.dogenerate",
         "ai.streamobject.dostream", "ai.embed.doembed", "ai.embedmany.doembed"),
        Role.CALL,
    ),
    **dict.fromkeys(
        ("invoke_agent", "agent", "ai.generatetext", "ai.streamtext", "ai.generateobject", "ai.streamobject"),
        Role.AGENT,
    ),
    **dict.fromkeys(("execute_tool", "tool", "ai.toolcall"), Role.TOOL),
    **dict.fromkeys(
        ("invoke_workflow", "workflow", "task", "chain", "create_agent", "plan", "retrieval", "retriever", "reranker",
         "guardrail", "evaluator", "prompt", "unknown", "agent_step", "execute_task", "execute_event_loop_cycle",
         "span", "ai.embed", "ai.embedmany"),
        Role.LINK,
    ),
}


def role_of(span: Span) -> Role:
    """What a span is, by the name of its operation, else by what else it tells."""
    attributes = span.attributes
    for name in names.OPERATION:
        operation = attributes.get(name)
        if isinstance(operation, str) and (role := _ROLES.get(operation.lower())) is not None:
            return Role.LINK if role is Role.AGENT and _is_only_a_trace(span) else role
    if attributes.get("agent_name"):  # pydantic-ai before 1.1
        return Role.AGENT
    if attributes.get("gen_ai.tool.name"):
        return Role.TOOL
    counted = any(attributes.get(name) is not None for name in (*names.INPUT, *names.OUTPUT))
    return Role.CALL if counted and any(attributes.get(name) for name in names.MODEL) else Role.LINK


def _is_only_a_trace(span: Span) -> bool:
    """OpenInference tells a whole run of the OpenAI Agents SDK as an agent without a name, above the agents."""
    return span.sender.scope == _AGENTS_RUNS and not text(span.attributes, names.AGENT, 100)
