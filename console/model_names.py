"""One model under its many names: Anthropic's own, Bedrock's, Vertex AI's, a gateway's.

What says where a model is called, and not which one it is, is taken away: routes, regions and profiles, the maker
before it, the version of Bedrock's card. What is not known to be such stays, so two different models never become one.
The price depends on where it is called: prices are asked for by the name as the provider wrote it.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ROUTES = frozenset({
    "anthropic", "bedrock", "bedrock_converse", "converse", "invoke", "responses", "vertex_ai", "vertex", "google",
    "gemini", "openai", "models",
})
"""What stands before a model's name as a path: at LiteLLM, and where a client writes its provider."""
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,3}-?\d{1,2}")
_LISTED = re.compile(r"(projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models/")
_ARN = re.compile(r"arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(foundation-model|inference-profile)/")
_PROFILE = re.compile(r"(global|apac|us-gov|[a-z]{2})\.(?=[a-z0-9]{3,16}\.[a-z])")
"""Over which regions Bedrock's own profiles reach, before the maker."""
_MAKER = re.compile(r"(anthropic|openai)\.(?=[a-z])")
"""Other makers' models have no name without theirs."""
_CARD = re.compile(r"(?P<name>claude-.*\d.*?)-v\d+(:\d+)?(:\d+k)?")
_OPEN_CARD = re.compile(r"(?P<name>gpt-.*?)-\d+:\d+")
_VERTEX_DATE = re.compile(r"(?:-v\d+)?@(20\d{6})$")
_DATED = re.compile(r"[-@]20\d\d(\d{4}|-\d\d-\d\d)$")
_LONG = "[1m]"
_LONGEST = 512
"""No model has a longer name; one that somebody sends is not searched."""
_WORD_FIRST = re.compile(r"[a-z0-9]+-[a-z0-9]")


@lru_cache(maxsize=8192)
def bare(name: str) -> str:
    """The model as its maker names it, in small letters, with the date of its release where it has one.

    bare("arn:aws:bedrock:us-east-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    bare("vertex_ai/claude-sonnet-4-5@20250929") and bare("claude-sonnet-4-5-20250929") are the same.
    """
    if len(name) > _LONGEST:
        return name.casefold()
    text, maker = _without_way(name)
    if maker == "openai" and (found := _OPEN_CARD.fullmatch(text)):
        return found["name"]
    if not text.startswith("claude-"):
        return text
    text = text.removesuffix(_LONG)
    text = text.removesuffix("@default").removesuffix("@latest").removesuffix("-latest")
    text = _VERTEX_DATE.sub(r"-\1", text)
    if found := _CARD.fullmatch(text):
        text = found["name"]
    return re.sub(r"(?<=\d)\.(?=\d)", "-", text)


def undated(name: str) -> str:
    """A name without the date of its release."""
    return _DATED.sub("", name)


def is_same(one: str, other: str) -> bool:
    """Whether two names mean one model, or one of them a dated release of the other."""
    first, second = bare(one), bare(other)
    return first == second or undated(first) == second or first == undated(second)


@lru_cache(maxsize=8192)
def spellings(name: str) -> tuple[str, ...]:
    """What a name is compared by: as it is written and bare, each also without the date of its release."""
    own, plain = name.casefold(), bare(name)
    return tuple(dict.fromkeys((own, undated(own), plain, undated(plain))))


def is_pattern(name: str) -> bool:
    """Whether a name stands for several, as a shell's patterns do. `[1m]` is a length of context."""
    return any(mark in name.removesuffix(_LONG) for mark in "*?[")


@lru_cache(maxsize=2048)
def patterns(name: str) -> tuple[str, ...]:
    """What a name or a pattern with `*` stands for, where it is compared with `spellings`.

    A pattern is taken without its way only where a word of the model is left: `eu.anthropic.*` is not every model.
    """
    own = name.casefold()
    if not is_pattern(own):
        return tuple(dict.fromkeys((own, bare(name))))
    plain, _ = _without_way(own)
    return tuple(dict.fromkeys((own, plain))) if _WORD_FIRST.match(plain) else (own,)


def without_route(name: str) -> str:
    """A name as the provider that is called writes it, without the way there: what a price may depend on stays."""
    text = name.strip().casefold()
    text = text[found.end():] if (found := _LISTED.match(text)) else text
    while "/" in text:
        first, rest = text.split("/", 1)
        if not rest or not (first in _ROUTES or _REGION.fullmatch(first)):
            break
        text = rest
    return text[found.end():] if (found := _ARN.match(text)) else text


def _without_way(name: str) -> tuple[str, str | None]:
    """A name without what stands before the model, and the maker that Bedrock writes there."""
    text = without_route(name)
    text = text[found.end():] if (found := _PROFILE.match(text)) else text
    return (text[found.end():], found[1]) if (found := _MAKER.match(text)) else (text, None)
