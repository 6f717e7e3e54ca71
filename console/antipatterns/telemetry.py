"""What is known of one workload within a span of time, as the detectors read it. Values only: nothing is asked here.

Instants of buckets are whole seconds since 1970 (UTC); tokens are disjoint classes; money is whole micro-dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from console.antipatterns.call_day import CallDay
from console.charters.in_force import InForce
from console.charters.tram import DEFAULT, Matrix
from console.evaluations.recorded import Recorded
from console.pricing import PriceBook
from console.prompts.version import Prompt


class Bucket(NamedTuple):
    """What a workload used of all its models in one hour or one day."""

    start: int
    uncached: int
    written_5m: int
    written_1h: int
    read: int
    output: int
    requests: int | None
    """None where a source does not count them."""
    cost: int
    estimated: int
    """The part of `cost` that is an estimate."""

    @property
    def written(self) -> int:
        """Tokens written to the cache."""
        return self.written_5m + self.written_1h

    @property
    def tokens(self) -> int:
        """Of every class."""
        return self.uncached + self.written_5m + self.written_1h + self.read + self.output


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a workload used of one model within the span, at one price."""

    provider: str
    """As the price library names it."""
    model: str | None
    used: Bucket
    """Its `start` is that of the span."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One workload in [start, end)."""

    workload: str
    start: datetime
    end: datetime
    entry: Mapping[str, Any]
    """Its MBOM entry, as the `[[workload]]` table has it; empty where it has none."""
    charter: InForce | None
    """None: no signed Charter is in force."""
    prices: PriceBook
    days: tuple[Bucket, ...] = ()
    """Oldest first, and none of a day without usage; so are the hours."""
    hours: tuple[Bucket, ...] = ()
    hours_from: datetime | None = None
    """Hours before it were not read; None: none were."""
    tells_cache: bool = True
    """False where the source does not report what was written to the cache and read from it: zeros then mean nothing.
    """
    models: tuple[ModelUse, ...] = ()
    """The dearest first."""
    calls: CallDay | None = None
    """The sum of all days with call records; None: there are none."""
    reviewed_at: datetime | None = None
    """When its Charter was last signed or its quarter reviewed."""
    known_since: datetime | None = None
    """When the MBOM first had it; None: that is not known."""
    status_since: datetime | None = None
    """Since when its status is what the entry says; None: that is not known."""
    owner_left: str | None = None
    """Who signed as business owner and holds that role no longer."""
    evaluations: tuple[Recorded, ...] | None = ()
    """The newest first; None: nobody says whether there are any, as beside files."""
    matrix: Matrix = DEFAULT
    """It says which tier a model is of."""
    prompts: tuple[Prompt, ...] = ()
    """As the last scans of their checkouts found them, with their newest versions."""
