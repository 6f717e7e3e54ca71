"""A kind of source that tells usage by the hour alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from console.clock import Clock, epoch
from console.kinds import SourceKind, SourceTools
from console.providers.rows import Rows
from console.providers.source import (
    BilledRow,
    Capabilities,
    Failure,
    Named,
    SourceError,
    Tokens,
    UsageRow,
    UsageWindow,
)
from console.settings import SourceSettings

HOUR = 3600
NAME = "hourly"
LAG_S = 300
CAPABILITIES = Capabilities(bucket_widths=(HOUR,), buckets_per_request={HOUR: 168}, documented_lag_s=LAG_S,
                            dimensions=("api_key_id", "model"), covers=("anthropic",))


@dataclass
class Hourly:
    """What was used by hour, told once each hour is over and the lag has passed."""

    name: str = NAME
    kind: str = NAME
    capabilities: Capabilities = CAPABILITIES
    output: dict[int, int] = field(default_factory=dict)
    """Output tokens by the start of the hour."""
    dead: bool = False
    clock: Clock | None = None

    def put(self, hour: datetime, output: int = 1_000_000) -> None:
        self.output[epoch(hour) // HOUR * HOUR] = output

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        assert self.clock is not None
        if self.dead:
            raise SourceError(Failure.UNAVAILABLE, "it is down")
        told = (epoch(self.clock.now()) - LAG_S) // HOUR * HOUR
        dimensions = (("api_key_id", "apikey_01Claims"), ("model", "claude-sonnet-4-6"))
        rows = Rows(UsageRow(hour, dimensions, Tokens(output=output)) for hour, output in sorted(self.output.items())
                    if start <= hour < min(end, told))
        return UsageWindow(start, end, width, rows, 1, self.clock.now())

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        return []

    async def names(self) -> list[Named]:
        return []

    async def check(self) -> Named:
        return Named("organisation", NAME, NAME)

    async def close(self) -> None:
        pass


def installed(monkeypatch: pytest.MonkeyPatch) -> Hourly:
    """The kind, found by its name from now on; every source of it is the one that is returned."""
    source = Hourly()

    def build(settings: SourceSettings, tools: SourceTools) -> Hourly:
        source.clock = tools.clock
        return source

    kind = SourceKind(NAME, CAPABILITIES, build, needs_secret=False)
    monkeypatch.setitem(sys.modules, f"console.providers.{NAME}", SimpleNamespace(KIND=kind))
    return source
