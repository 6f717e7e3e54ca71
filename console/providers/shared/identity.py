"""Who answered, and which call it was: the same words from every source, so that copies of one call meet.

What tells who answered differs by instrumentation; the shape of an answer's identifier does not.
"""

from __future__ import annotations

import hashlib

from console.text import clean

LONGEST = 200
"""Characters of an identifier that is kept as it is; a longer one is kept as its hash."""

_PROVIDERS = {
    "aws.bedrock": "bedrock", "aws_bedrock": "bedrock", "amazon-bedrock": "bedrock", "amazon.bedrock": "bedrock",
    "aws": "bedrock", "bedrock": "bedrock", "bedrock_converse": "bedrock",
    "gcp.vertex_ai": "vertex", "vertex_ai": "vertex", "vertexai": "vertex", "google_vertexai": "vertex",
    "google-vertex": "vertex", "google_anthropic_vertex": "vertex", "vertex": "vertex",
    "gcp.gemini": "gemini", "gcp.gen_ai": "gemini", "google": "gemini", "google-gla": "gemini", "gemini": "gemini",
    "google.generative-ai": "gemini",
    "azure.ai.openai": "azure", "azure.ai.inference": "azure", "az.ai.openai": "azure", "az.ai.inference": "azure",
    "azure_openai": "azure", "azure-openai": "azure", "azure_ai": "azure", "azure": "azure",
    "litellm_proxy": "litellm", "x_ai": "x-ai", "xai": "x-ai",
}
_FRAMEWORKS = frozenset({
    "strands-agents", "langchain", "langgraph", "llamaindex", "llama_index", "crewai", "haystack", "semantic_kernel",
    "microsoft.agent_framework", "autogen", "agno", "smolagents", "dspy", "pydantic-ai", "pydantic_ai",
})
"""Some tell themselves where the provider belongs: then the answer or the model shows it."""
_FIRST_WORDS = frozenset({"anthropic", "openai", "azure", "bedrock", "vertex", "gemini", "litellm"})
# The longest first: Claude on another platform marks its answers as such.
_ANSWERS = (
    ("msg_bdrk_", "bedrock"), ("msg_vrtx_", "vertex"), ("msg_", "anthropic"), ("req_", "anthropic"),
    ("chatcmpl-", "openai"), ("resp_", "openai"), ("cmpl-", "openai"),
)
_MODELS = (
    ("claude", "anthropic"), ("gpt-", "openai"), ("chatgpt-", "openai"), ("o1", "openai"), ("o3", "openai"),
    ("o4", "openai"), ("text-embedding-", "openai"), ("gemini", "gemini"),
)


def provider_of(told: str, model: str = "", response: str = "") -> str:
    """The normalised name of who answered: as told, else as the answer or the model shows; else `unknown`."""
    word = clean(told.strip().lower(), 60)
    if word and word not in _FRAMEWORKS:
        found = _PROVIDERS.get(word)
        if found is None:
            first = word.split(".", 1)[0]  # anthropic.messages, openai.responses, azure-openai.chat
            found = first if first in _FIRST_WORDS else _PROVIDERS.get(first, word)
            found = "vertex" if word.startswith("google.vertex") else found
        return found
    if response and (shown := _by_beginning(_ANSWERS, response)):
        return shown
    name = model.lower()
    if "anthropic.claude" in name:
        return "bedrock"
    if "@" in name and name.startswith("claude"):
        return "vertex"
    if "/" in name and (first := name.split("/", 1)[0]) and (first in _FIRST_WORDS or first in _PROVIDERS):
        return _PROVIDERS.get(first, first)
    return _by_beginning(_MODELS, name) or "unknown"


def model_of(model: str, provider: str) -> str:
    """The model as its provider names it: without the provider's name before it, or a length of context behind it."""
    first, slash, rest = model.partition("/")
    if slash and rest and _PROVIDERS.get(first, first) == provider:
        model = rest
    return model.removesuffix("[1m]")


def key_of(provider: str, response: str) -> str:
    """The identity of the call that got this answer, whoever tells of it.

    A gateway names another provider than its client does for one answer; so where the identifier's shape shows who made
    it, that decides.
    """
    made_by = _by_beginning(_ANSWERS, response) or provider
    if len(response) > LONGEST:
        response = hashlib.blake2b(response.encode(errors="replace"), digest_size=16).hexdigest()
    return f"{made_by}/{clean(response)}"


def _by_beginning(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for beginning, name in table if text.startswith(beginning)), None)
