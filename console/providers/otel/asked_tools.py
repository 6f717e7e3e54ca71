"""The tools that an answer asks for, out of every shape in which senders write answers: name and hash, no arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.shared.arguments import ArgumentHash
from console.text import clean

MOST_TOOLS = 32
"""Of one call."""
LONGEST_NAME = 100
Tools = dict[str, tuple[str, str]]
"""By the identifier of the tool call: name and keyed hash."""

_CHOICE = "gen_ai.choice"
_TELLING = frozenset({names.FLAT, names.ANSWER, *names.MESSAGES})
_FLAT = re.compile(
    r"(?:gen_ai\.completion\.(\d+)\.tool_calls|llm\.output_messages\.(\d+)\.message\.tool_calls)\.(\d+)\."
    r"(?:tool_call\.)?(?:function\.)?(name|arguments|id)$"
)


def asked(attributes: Attributes, hashing: ArgumentHash) -> Tools:
    """Tools whose arguments are told; a name without them says nothing of repeats."""
    found: Tools = {}
    if _TELLING.isdisjoint(attributes):
        return found
    for identifier, name, arguments in _calls(attributes):
        if name and arguments is not None and len(found) < MOST_TOOLS:
            found[identifier or f"#{len(found)}"] = clean(name, LONGEST_NAME), hashing.of(arguments)
    return found


def ran(attributes: Attributes, name: str, hashing: ArgumentHash) -> tuple[str, tuple[str, str]] | None:
    """The identifier, name and hash of the tool call that a span or an event is; None where arguments are not told."""
    tool = next((attributes[each] for each in names.TOOL if attributes.get(each)), name)
    arguments = next((attributes[each] for each in names.TOOL_ARGUMENTS if attributes.get(each) is not None), None)
    if arguments is None or not isinstance(tool, str) or not tool:
        return None
    identifier = next((attributes[each] for each in names.TOOL_CALL if attributes.get(each)), "")
    return str(identifier)[:200], (clean(tool, LONGEST_NAME), hashing.of(arguments))


def _calls(attributes: Attributes) -> Iterator[tuple[str, str, Any]]:
    flat: dict[tuple[str, str], dict[str, Any]] = {}
    for key, value in attributes.get(names.FLAT, {}).items():
        if part := _FLAT.fullmatch(key):
            flat.setdefault((part[1] or part[2], part[3]), {})[part[4]] = value
    for each in flat.values():
        yield str(each.get("id") or ""), str(each.get("name") or ""), each.get("arguments")
    if flat:
        return
    for name in names.MESSAGES:
        if attributes.get(name):
            yield from _of_messages(_parsed(attributes[name]))
            return
    yield from _of_answer(attributes.get(names.ANSWER))


def _of_messages(messages: Any) -> Iterator[tuple[str, str, Any]]:
    """Messages of the conventions: parts of type tool_call. Older events: `tool_calls` with a function."""
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict):
            continue
        if message.get("event.name", _CHOICE) != _CHOICE:
            continue  # the conversation until now, told once more
        for part in _dicts(message.get("parts")):
            if part.get("type") == "tool_call":
                yield str(part.get("id") or ""), str(part.get("name") or ""), part.get("arguments")
        if message.get("toolName"):  # the AI SDK's
            arguments = message.get("input", message.get("args"))
            yield str(message.get("toolCallId") or ""), str(message["toolName"]), arguments
        inner = message.get("message")
        for call in _dicts((inner if isinstance(inner, dict) else message).get("tool_calls")):
            yield _function(call)


def _of_answer(answer: Any) -> Iterator[tuple[str, str, Any]]:
    """A provider's own answer: Anthropic's content blocks, OpenAI's choices, or the output of its newer interface."""
    if not isinstance(answer, dict):
        return
    for block in _dicts(answer.get("content")):
        if block.get("type") == "tool_use":
            yield str(block.get("id") or ""), str(block.get("name") or ""), block.get("input")
    for item in _dicts(answer.get("output")):
        if item.get("type") == "function_call":
            yield str(item.get("call_id") or ""), str(item.get("name") or ""), item.get("arguments")
    for call in _dicts(answer.get("tool_calls")):
        yield _function(call)
    for choice in _dicts(answer.get("choices")):
        message = choice.get("message")
        for call in _dicts(message.get("tool_calls")) if isinstance(message, dict) else ():
            yield _function(call)


def _function(call: dict[str, Any]) -> tuple[str, str, Any]:
    function = call.get("function")
    inner = function if isinstance(function, dict) else call
    return str(call.get("id") or ""), str(inner.get("name") or ""), inner.get("arguments", inner.get("args"))


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value[:1] in "[{" else None
    except (ValueError, RecursionError):
        return None
