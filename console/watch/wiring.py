"""From settings to working parts: a source with its reading secret. Secrets are resolved late, at each use."""

from __future__ import annotations

from console import providers
from console.clock import Clock
from console.config import Config, SourceSettings
from console.kinds import SourceTools
from console.providers.source import Source
from console.watch import places
from console.watch.execution import this_process
from store.database import Database

__all__ = ["source", "this_process"]


def source(config: Config, settings: SourceSettings, clock: Clock, database: Database | None) -> Source:
    """The source that these settings describe, with its reading secret, which goes where it always went (`places`)."""
    key = places.sending(config, database, clock, settings, settings.secret)
    return providers.build(settings, SourceTools(key, clock, config.base))
