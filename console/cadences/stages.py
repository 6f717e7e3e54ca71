"""The stages of a kill: which switches belong to which, and how long spend may run on before the next one comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from console import kinds
from console.cadences.trip_sheet import LaterStage
from console.charters import durations
from console.config import Config, SourceSettings
from store import streams

FIRST, LAST = 1, 5
LEAST_S = 300.0
"""No stage comes sooner than this after the one before, unless the MBOM says so with `after`."""
DISABLE = "disable"
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an MBOM entry's `switches`."""

    kind: str
    source: str | None
    target: str
    stage: int
    after_s: float | None
    """How long spend may run on after the stage before; None: as `patience_s` says."""


def lines(entry: Mapping[str, Any]) -> list[Line]:
    """The switches of an MBOM entry that have a kind and a target, in its order."""
    found = []
    for row in entry.get("switches") or ():
        kind, target, stage = row.get("kind"), row.get("target"), row.get("stage")
        if isinstance(kind, str) and isinstance(target, str):
            after = durations.seconds(str(row.get("after", "")))
            found.append(Line(kind, row.get("source") or row.get("name"), target,
                              stage if isinstance(stage, int) else FIRST, None if after is None else float(after)))
    return found


def after(switches: Sequence[Line], reached: int) -> list[int]:
    """The stages beyond the one that was reached, the next one first."""
    return sorted({line.stage for line in switches if line.stage > reached})


def patience_s(switches: Sequence[Line], stage: int, freshness_s: float) -> float:
    """How long spend may run on until this stage comes, in seconds after the stage before was confirmed or failed.

    The longest `after` of the stage's switches; without one, what the switches of the stage before take to work and
    two freshness periods, in which usage that was under way is still seen; five minutes at least.
    """
    given = [line.after_s for line in switches if line.stage == stage and line.after_s is not None]
    if given:
        return max(given)
    before = max((line.stage for line in switches if line.stage < stage), default=stage)
    slowest = max((_propagation_s(line.kind) for line in switches if line.stage == before), default=0.0)
    return max(LEAST_S, slowest + 2 * freshness_s)


def freshness_s(tx: Session, config: Config, entry: Mapping[str, Any]) -> float:
    """One freshness period of the slowest source that the workload's usage comes from: its lag and its poll."""
    periods = []
    for settings in _sources(config, entry):
        lag = streams.get(tx, settings.name, "usage").measured_lag_s
        documented = kinds.source(settings.kind).capabilities.documented_lag_s
        periods.append((documented if lag is None else lag) + settings.poll_s)
    return max(periods, default=0.0)


def bucket_s(config: Config, entry: Mapping[str, Any]) -> int:
    """The widest of the finest buckets in which the workload's sources tell what was used, in seconds."""
    return max((kinds.source(settings.kind).capabilities.bucket_widths[0] for settings in _sources(config, entry)),
               default=MINUTE)


def seen_after_s(tx: Session, config: Config, entry: Mapping[str, Any]) -> float:
    """So long after an instant a source in order has told what was used in it: its bucket, its lag, and two polls."""
    lags = []
    for settings in _sources(config, entry):
        measured = streams.get(tx, settings.name, "usage").measured_lag_s or 0.0
        documented = kinds.source(settings.kind).capabilities.documented_lag_s
        lags.append(max(measured, documented) + 2 * settings.poll_s)
    return bucket_s(config, entry) + MINUTE + max(lags, default=0.0)


def _sources(config: Config, entry: Mapping[str, Any]) -> list[SourceSettings]:
    named = {rule.get("source") for rule in entry.get("usage") or ()}
    return [settings for settings in config.sources if not named or None in named or settings.name in named]


def later(tx: Session, config: Config, entry: Mapping[str, Any], reached: int) -> tuple[LaterStage, ...]:
    """The stages that would still come if spend ran on, and when."""
    switches = lines(entry)
    beyond = after(switches, reached)
    if not beyond:
        return ()
    fresh = freshness_s(tx, config, entry)
    return tuple(LaterStage(stage, patience_s(switches, stage, fresh), _targets(switches, stage)) for stage in beyond)


def _targets(switches: Iterable[Line], stage: int) -> tuple[str, ...]:
    return tuple(f"{DISABLE} {line.target} by {line.kind}" for line in switches if line.stage == stage)


def _propagation_s(kind: str) -> float:
    """What the kind says its stop takes to be seen; nothing of one that there is not."""
    verb = kinds.switch(kind).verbs.get(DISABLE) if kind in kinds.switch_names() else None
    return verb.propagation_s if verb else 0.0
