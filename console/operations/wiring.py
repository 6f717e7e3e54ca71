"""What the console is wired to: each configured source with what it can tell and how it stands, and each kind of switch
with what it does and who is stopped by it. Nothing outside is asked: that is `doctor`'s work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console import kinds
from console.cadences import stages
from console.cadences.feed import feed_of, line
from console.config import SourceSettings
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import registry, streams

OFF = stages.DISABLE


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One `[[sources]]` table. Times are in seconds; what is not told is null."""

    name: str
    kind: str
    push: bool
    """It is told of calls, and never asked."""
    bucket_s: tuple[int, ...]
    """Widths of its buckets, the finest first; none of a source that is told of each call."""
    documented_lag_s: int
    measured_lag_s: float | None
    requests: bool
    """Whether it tells numbers of calls."""
    cost: bool
    """Whether it tells what its provider bills a day."""
    cache: str
    """What it tells of a cache, in words."""
    dimensions: tuple[str, ...]
    """What a usage rule may match on beside `label.X` and `trace.X`."""
    covers: tuple[str, ...]
    """The providers whose calls its figures include; `*` for a gateway, which has any."""
    state: str
    """ok, stale, never, backed off, error."""
    data_until: datetime | None


@dataclass(frozen=True, slots=True)
class SwitchUse:
    """A target of the MBOM."""

    workload: str
    source: str | None
    """The table that it works with, as the entry names it."""
    target: str
    stage: int


@dataclass(frozen=True, slots=True)
class SwitchEntry:
    """One kind of switch, and every workload that is not retired and has one."""

    kind: str
    works_at: str | None
    """The kind of source whose kill secret it uses; null: it has a `[[switches]]` table of its own."""
    action_class: str
    """K0 tells somebody, K1 limits, K2 disables: K3 and K4, which nobody can undo, are never automatic."""
    wanted: str
    """The state that its read-back must show."""
    reversible: bool
    propagation_s: float
    """So long it may take until that is seen."""
    read_back: str
    goes_on: str
    """What may still run and cost, in words."""
    used_by: tuple[SwitchUse, ...]


async def sources(desk: Desk, actor: Actor) -> tuple[SourceEntry, ...]:
    """Every source of the configuration, in its order."""
    return await gate.read(desk, lambda tx: tuple(_source(tx, desk, each) for each in desk.config.sources))


async def switches(desk: Desk, actor: Actor) -> tuple[SwitchEntry, ...]:
    """Every kind of switch that there is, by name."""
    return await gate.read(desk, _switches)


def _source(tx: Session, desk: Desk, settings: SourceSettings) -> SourceEntry:
    told = kinds.told_of(settings)
    stream = streams.get(tx, settings.name, "usage")
    shown = line(feed_of(settings, stream, told.documented_lag_s, desk.clock.now(), told.bucket_widths[0],
                         push=told.push))
    return SourceEntry(
        settings.name, settings.kind, told.push, () if told.push else told.bucket_widths, told.documented_lag_s,
        shown.lag_s, told.reports_requests, told.reports_cost, str(told.cache), told.dimensions, told.covers,
        shown.state, shown.data_until)


def _switches(tx: Session) -> tuple[SwitchEntry, ...]:
    uses: dict[str, list[SwitchUse]] = {}
    for row in registry.workloads(tx):
        if row.status != "retired":
            for each in stages.lines(row.entry):
                uses.setdefault(each.kind, []).append(SwitchUse(row.slug, each.source, each.target, each.stage))
    return tuple(_switch(kinds.switch(name), tuple(uses.get(name, ()))) for name in sorted(kinds.switch_names()))


def _switch(kind: kinds.SwitchKind, used_by: tuple[SwitchUse, ...]) -> SwitchEntry:
    verb = kind.verbs[OFF]
    return SwitchEntry(kind.kind, kind.works_at, str(verb.action_class), verb.wanted, verb.reversible,
                       verb.propagation_s, verb.read_back, verb.goes_on, used_by)
