"""Who called and what answered, as LiteLLM's rows and callbacks name them, in the console's own words."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from console.providers.shared.identity import provider_of

_WAYS = ("converse", "invoke", "responses")
"""Ways of calling a model that stand before its name."""
_LONGEST = 1024


def key_of_row(value: object) -> str | None:
    """A key as the SHA-256 that LiteLLM knows it by. One in the clear, as old versions log it, never stays so."""
    text = text_or_none(value)
    return hashlib.sha256(text.encode()).hexdigest() if text is not None and text.startswith("sk-") else text


def model_and_provider(model: object, provider: object) -> tuple[str | None, str]:
    """The model by its provider's own name, and the normalised name of the provider."""
    name, word = text_or_none(model), text_or_none(provider) or ""
    normalised = provider_of(word, name or "")
    while name is not None and "/" in name:
        first, rest = name.split("/", 1)
        if first not in _WAYS and first != word and provider_of(first) != normalised:
            break
        name = rest
    return name or None, normalised


def text_or_none(value: object) -> str | None:
    """A short text; None for an empty one, which is how LiteLLM writes that there is none."""
    return value[:_LONGEST] if isinstance(value, str) and value else None


def moment_or_none(value: object) -> datetime | None:
    """A time, aware; None for what is none. One without an offset is in UTC, as the gateway's database keeps it."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
