"""Where usage is read: one file or folder a kind of source. `source.py` says what a source is.

Nothing here lists them: `console.kinds` finds a kind by its name.
"""

from __future__ import annotations

from console import kinds
from console.config import SourceSettings
from console.providers.source import Capabilities, PushSource, Source


def build(settings: SourceSettings, tools: kinds.SourceTools) -> Source:
    """The source that these settings describe. Raises BadConfiguration for a kind that there is not."""
    kind = kinds.source(settings.kind)
    assert not kind.capabilities.push, f"{settings.name} is told, not asked"
    source: Source = kind.build(settings, tools)
    return source


def build_push(settings: SourceSettings, tools: kinds.SourceTools) -> PushSource:
    """The source that is told of calls. Raises BadConfiguration for a kind that there is not."""
    kind = kinds.source(settings.kind)
    assert kind.capabilities.push, f"{settings.name} is asked, not told"
    source: PushSource = kind.build(settings, tools)
    return source


def capabilities_of(kind: str) -> Capabilities:
    """What a kind of source can tell. Raises BadConfiguration for one that there is not."""
    return kinds.source(kind).capabilities
