"""Whether what speaks for a kill is enough. What anybody may claim is not: it raises alerts, and alone never kills.

A push source whose senders prove nothing (no token) takes in what any process on the machine sends. So where such calls
were told of a workload within the hour, or count in its month, its Charter must order the kill without them (operations
SE-43).
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from console.cadences.called import Called
from console.cadences.facts import Facts
from console.clock import epoch
from console.config import Config
from console.kinds import source as kind_of
from console.watch import rules
from console.watch.rules.rule import Signal
from store import pushed


def unproven_sources(config: Config) -> frozenset[str]:
    """Push sources that take in what anybody sends."""
    return frozenset(source.name for source in config.sources
                     if kind_of(source.kind).capabilities.push and source.secret is None)


def suffices(tx: Session, signal: Signal, facts: Facts, called: Called, config: Config) -> bool:
    """Whether the signal may kill on these facts."""
    unproven = unproven_sources(config)
    if not unproven:
        return True
    claimed = pushed.counted(tx, facts.workload, epoch(facts.month_start), unproven)
    if not claimed and called.is_proven(facts.workload, facts.at):
        return True
    if not facts.sources - unproven:
        return False  # all that is known of it was claimed
    without = replace(facts, calls=None)
    if claimed:  # when it was claimed is not asked: all of it may be in any part of the month, and in any minute
        without = replace(
            without, month=facts.month - claimed, today=max(0, facts.today - claimed),
            since_resume=max(0, facts.since_resume - claimed),
            windows={length: max(0, spent - claimed) for length, spent in facts.windows.items()}, track=None, dearer={})
    return any(each.trips and (each.rule, each.window) == (signal.rule, signal.window)
               for each in rules.at_once(without, config.rules))
