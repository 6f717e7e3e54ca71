"""The providers by kind. One file in this folder each; `source.py` says what a provider is."""

from __future__ import annotations

from collections.abc import Callable

from console.clock import Clock
from console.config import SourceSettings
from console.errors import BadConfiguration
from console.providers.anthropic import AnthropicSource
from console.providers.source import Capabilities, Source

KINDS = {AnthropicSource.kind: AnthropicSource}


def build(settings: SourceSettings, key: Callable[[], str], clock: Clock) -> Source:
    """The source that these settings describe; `key` gives its reading secret when it is needed.

    clock: what the provider's own is compared with.
    """
    return _kind(settings.kind)(settings.name, settings.base_url, key, clock=clock)


def capabilities_of(kind: str) -> Capabilities:
    """What a kind of source can tell."""
    return _kind(kind).capabilities


def _kind(kind: str) -> type[AnthropicSource]:
    if kind not in KINDS:
        raise BadConfiguration(f"There is no kind of source called {kind!r}; there are: {', '.join(sorted(KINDS))}.")
    return KINDS[kind]
