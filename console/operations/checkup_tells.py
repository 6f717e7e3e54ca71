"""What `doctor` says of each source's figures: what its kind can tell, and how late they really came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console import kinds
from console.cadences.feed import feed_of
from console.clock import Clock, rfc3339
from console.config import Config, SourceSettings
from console.operations.checkup import Check, Health
from console.operations.mbom.wired import ONCE, TWICE
from console.providers.source import Capabilities
from console.watch.covering import counted_twice
from console.watch.planning import Wired
from console.wording import named
from store import registry, streams
from store.database import Database

SHOWN = 3
"""Workloads that one line names."""
_WIDTHS = {60: "the minute", 300: "five minutes", 3600: "the hour", 86_400: "the day"}


def of_kind(settings: SourceSettings) -> Check:
    """What this kind of source can tell, as it declares it."""
    kind = kinds.source(settings.kind)
    charge = kind.charge(settings)
    said = _told(settings.kind, kinds.told_of(settings))
    return Check(f"source {settings.name}: tells", Health.OK, f"{said}. {charge}" if charge else said)


def of_permissions(settings: SourceSettings) -> Iterator[Check]:
    """All that must be permitted to read it; nothing said where its provider knows no permissions."""
    if (least := kinds.source(settings.kind).least(settings)) is not None:
        yield Check(f"source {settings.name}: permissions", Health.OK, f"to read, no more than {least}")


def of_switching(config: Config, lines: Iterable[Wired]) -> Iterator[Check]:
    """The same to switch off and on again what the MBOM names, by source and kind of switch."""
    targets: dict[tuple[str, str], list[str]] = {}
    for line in set(lines):
        if line.kind not in kinds.switch_names():  # its own line says so
            continue
        switch = kinds.switch(line.kind)
        there = [each.name for each in config.sources
                 if each.kind == switch.works_at and line.source in (None, each.name)]
        if len(there) == 1 and switch.check_target(line.target) is None:
            targets.setdefault((there[0], line.kind), []).append(line.target)
    settings = {each.name: each for each in config.sources}
    for (source, kind), named_there in sorted(targets.items()):
        if (least := kinds.switch(kind).least(settings[source], sorted(named_there))) is not None:
            yield Check(f"source {source}: permissions of {kind}", Health.OK, f"to switch, no more than {least}")


def of_data(settings: SourceSettings, database: Database, clock: Clock) -> Check:
    """How fresh its figures are, measured from the figures themselves."""
    told = kinds.source(settings.kind).capabilities
    with database.read() as tx:
        stream = streams.get(tx, settings.name, "usage")
    feed = feed_of(settings, stream, told.documented_lag_s, clock.now(), told.bucket_widths[0])
    name = f"source {settings.name}: freshness"
    if feed.data_until is None:
        return Check(name, Health.OK, "nothing was read yet")
    measured = "not measured yet" if stream.measured_lag_s is None else f"{stream.measured_lag_s:.0f} s after its end"
    said = (f"complete to {rfc3339(feed.data_until)}; the newest figures came {measured}, "
            f"{told.documented_lag_s} s are documented")
    if feed.fresh:
        return Check(name, Health.OK, said)
    return Check(name, Health.WARNING, f"{said}. That is stale, and nothing is killed by it: let a console run "
                 "(token-console poll), or see what its connection says.")


def of_usage(config: Config, database: Database) -> Check:
    """Whether any workload's usage is read from two sources that tell of the same calls."""
    told = {source.name: kinds.source(source.kind).capabilities for source in config.sources}
    with database.read() as tx:
        twice = [(row.slug, *pair) for row in registry.workloads(tx) if row.status != "retired"
                 for pair in counted_twice(row.entry.get("usage") or (), told)]
    if not twice:
        return Check("usage rules", Health.OK, "no workload names a gateway beside a provider that it leads to")
    said = "; ".join(f"{slug}: {TWICE.format(*pair)}" for slug, *pair in twice[:SHOWN])
    further = f"; and {len(twice) - SHOWN} more" if len(twice) > SHOWN else ""
    return Check("usage rules", Health.WARNING, f"{said}{further}. In the MBOM, {ONCE}.")


def _told(kind: str, told: Capabilities) -> str:
    by = f"by {named(told.dimensions, 12)}" if told.dimensions else "by whatever the calls say of themselves"
    counts = "with" if told.reports_requests else "without"
    cost = "the provider's own cost a day" if told.reports_cost else "no cost of the provider's own"
    if told.push:
        return f"{kind} tells of each call as it ends, {by}; {told.cache}; {cost}"
    width = _WIDTHS.get(told.bucket_widths[0], f"{told.bucket_widths[0]} s")
    return (f"{kind} tells usage by {width}, about {told.documented_lag_s} s late, {counts} numbers of calls, {by}; "
            f"{told.cache}; {cost}")
