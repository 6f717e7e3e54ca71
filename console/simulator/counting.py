"""`POST /v1/messages/count_tokens`: an endpoint of the Messages API, which takes a workspace's key and no admin key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from console.simulator.answers import RefusedError

PATH = ("v1", "messages", "count_tokens")
KEY_PREFIX = "sk-ant-api"
_EACH_MESSAGE, _EACH_TOOL, _TOOLS = 7, 40, 300
_BYTES = 4


def count(headers: Mapping[str, str], body: Any) -> dict[str, int]:
    """Input tokens of a request, by a rule of our own: so many bytes a token, and what wraps messages and tools."""
    if not headers.get("x-api-key", "").startswith(KEY_PREFIX):
        raise RefusedError(401, "invalid x-api-key")
    if "anthropic-version" not in headers:
        raise RefusedError(400, "anthropic-version: header is required")
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list) or not body["messages"]:
        raise RefusedError(400, "messages: at least one message is required")
    if not str(body.get("model", "")).startswith("claude-"):
        raise RefusedError(404, f"model: {body.get('model')}")
    tools = body.get("tools") or []
    if not all(isinstance(tool, dict) and "name" in tool and "input_schema" in tool for tool in tools):
        raise RefusedError(400, "tools: each needs a name and an input_schema")
    text = [str(body.get("system", "")), *(str(message.get("content", "")) for message in body["messages"]),
            *(json.dumps(tool) for tool in tools)]
    wrapping = _EACH_MESSAGE * len(body["messages"]) + (_TOOLS + _EACH_TOOL * len(tools) if tools else 0)
    return {"input_tokens": wrapping + sum(-(-len(each.encode()) // _BYTES) for each in text)}
