"""From settings to working parts: a source with its reading secret. Secrets are resolved late, at each use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from console import providers
from console.cadences.called import Called
from console.clock import Clock
from console.config import Config, SourceSettings
from console.kinds import SourceTools
from console.pricing import PriceBook
from console.providers.source import PushSource, Source
from console.watch import places
from console.watch.automatic import Automatic
from console.watch.call_store import CallStore
from console.watch.execution import Held, this_process
from console.watch.judgement import Judge
from console.watch.listening import Fault, Listening
from console.watch.live import Live
from store.database import Database

__all__ = ["listening", "source", "this_process"]


def source(config: Config, settings: SourceSettings, clock: Clock, database: Database | None) -> Source:
    """The source that these settings describe, with its reading secret, which goes where it always went (`places`)."""
    key = places.sending(config, database, clock, settings, settings.secret)
    return providers.build(settings, SourceTools(key, clock, config.base))


def listening(database: Database, prices: PriceBook, called: Called, judge: Judge, automatic: Automatic,
              held: Callable[[], Held | None], fault: Fault, changed: Callable[[], Awaitable[None]]) -> Listening:
    """The push sources of the configuration, and what becomes of their calls."""
    config, clock = automatic.config, automatic.clock

    def build(settings: SourceSettings) -> PushSource:
        key = places.sending(config, database, clock, settings, settings.secret)
        return providers.build_push(settings, SourceTools(key, clock, config.base))

    calls = CallStore(database, prices, called, timedelta(seconds=config.calls_kept_s))
    live = Live(calls, judge, clock, held, automatic.trip, changed)
    return Listening(config, database, clock, build, live, fault)
