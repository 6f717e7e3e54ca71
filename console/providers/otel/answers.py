"""The answer that a span carries as JSON: read for its identifier, usage and the tools it asks for, then dropped."""

from __future__ import annotations

from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.otel.usage_structures import json_object
from console.providers.otel.words import text

IDENTIFIERS = ("id", "responseId", "response_id")


def answer_of(attributes: Attributes) -> dict[str, Any]:
    """The provider's answer; empty where the span carries none. Read once: it takes the place of its text."""
    for name in names.ANSWERS:
        if name in attributes:
            answer = json_object(attributes[name])
            answer = _of_langchain(answer) if "generations" in answer else answer
            if name == names.MESSAGE:
                answer = {**answer, "id": None}  # not the answer's
            attributes[names.ANSWER] = answer
            return answer
    return {}


def identifier_of(answer: dict[str, Any]) -> str:
    """What its provider calls it; empty where it does not say."""
    return text(answer, IDENTIFIERS, 1_024)


def _of_langchain(result: dict[str, Any]) -> dict[str, Any]:
    """LangChain's serialised result as the answer within it."""
    message = result.get("generations")
    while isinstance(message, list) and message:
        message = message[0]
    inner = _object(_object(message).get("message"))
    message = _object(inner.get("kwargs")) or inner
    metadata = _object(message.get("response_metadata")) or _object(result.get("llm_output"))
    calls = message.get("tool_calls")
    return {
        "id": metadata.get("id"), "usage": metadata.get("usage") or metadata.get("token_usage"),
        "tool_calls": calls if isinstance(calls, list) else [],
    }


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
