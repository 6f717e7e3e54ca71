"""Calls of the renewal agent as spans of the GenAI conventions. Their identifiers follow from the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from console.simulator.everywhere.catalogue import AGENT
from console.simulator.prices import Amounts

_TOOLS = ("look_up_cover", "claims_history", "market_price", "propose_terms")
_NS = 1_000_000_000
_CALL_S, _TOOL_S = 2.0, 0.4

Span = dict[str, object]


def attributes(told: Mapping[str, str | int]) -> list[dict[str, object]]:
    """As OTLP's JSON writes them: a whole number is a text."""
    return [{"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
            for key, value in told.items()]


def action(minute: int, index: int, at: float, model: str, used: Amounts) -> Iterator[Span]:
    """One call of a user's action, and the tool that it has run. Every second call is the sub-agent's."""
    trace = _identifier(16, minute, index // 2, "action")
    main = _identifier(8, minute, index // 2, "agent")
    agent, above = (AGENT.slug, "") if index % 2 == 0 else ("cover-checker", main)
    place = main if index % 2 == 0 else _identifier(8, minute, index, "sub-agent")
    tool = _TOOLS[(minute // 60 + index) % len(_TOOLS)]
    session = f"renewal-{trace[:10]}"
    yield _model(trace, _identifier(8, minute, index, "call"), place, at, model, used, session)
    yield _tool(trace, _identifier(8, minute, index, "tool"), place, at, tool, f'{{"policy": "HV-{minute}-{index}"}}',
                session)
    yield _span(trace, place, above, f"invoke_agent {agent}", at - _CALL_S - _TOOL_S, at, {
        "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent, "gen_ai.conversation.id": session})


def loop_turn(minute: int, index: int, at: float, model: str, used: Amounts) -> Iterator[Span]:
    """One more turn of the session that asks for the same thing for ever."""
    trace = _identifier(16, minute, 0, "loop")
    place, session = _identifier(8, minute, 0, "looping agent"), "renewal-HV-20931"
    yield _model(trace, _identifier(8, minute, index, "loop call"), place, at, model, used, session)
    yield _tool(trace, _identifier(8, minute, index, "loop tool"), place, at, _TOOLS[0], '{"policy": "HV-20931"}',
                session)


def _model(trace: str, span: str, parent: str, at: float, model: str, used: Amounts, session: str) -> Span:
    uncached, written, _, read, output, _, _ = used
    return _span(trace, span, parent, f"chat {model}", at - _CALL_S, at, {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": model,
        "gen_ai.response.model": model, "gen_ai.response.id": f"msg_{trace[:8]}{span}",
        "gen_ai.conversation.id": session, "gen_ai.usage.input_tokens": uncached + written + read,
        "gen_ai.usage.cache_read.input_tokens": read, "gen_ai.usage.cache_creation.input_tokens": written,
        "gen_ai.usage.output_tokens": output})


def _tool(trace: str, span: str, parent: str, at: float, name: str, arguments: str, session: str) -> Span:
    return _span(trace, span, parent, f"execute_tool {name}", at - _TOOL_S, at, {
        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.call.arguments": arguments,
        "gen_ai.conversation.id": session})


def _span(trace: str, span: str, parent: str, name: str, start: float, end: float,
          told: Mapping[str, str | int]) -> Span:
    return {"traceId": trace, "spanId": span, "parentSpanId": parent, "name": name, "kind": 3,
            "startTimeUnixNano": str(int(start * _NS)), "endTimeUnixNano": str(int(end * _NS)),
            "attributes": attributes(told), "status": {}}


def _identifier(size: int, minute: int, index: int, what: str) -> str:
    return blake2b(f"{minute}/{index}/{what}".encode(), digest_size=size).hexdigest()
