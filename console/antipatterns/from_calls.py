"""What the detectors that read call records share: the time the records are of, and what is at stake in a month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from console.antipatterns.call_day import CallDay
from console.antipatterns.finding import Figures, Stake, monthly
from console.antipatterns.spikes import excess, going_on, span
from console.antipatterns.spikes import hours as hours_of
from console.antipatterns.telemetry import Telemetry
from console.clock import from_epoch
from console.money import MicroUsd, display
from console.text import clean

HOW = "docs/otel.md tells how to send them"
_WIDTH = 40


def called(calls: CallDay) -> tuple[datetime, datetime]:
    """[start, end): from the first call to the last."""
    return from_epoch(calls.first_at), from_epoch(calls.last_at + 1)


def stake(seen: Telemetry, low: MicroUsd, likely: MicroUsd, high: MicroUsd) -> Stake:
    """What was wasted in the time looked at, as a month."""
    seconds = (seen.end - seen.start).total_seconds()
    return Stake(*sorted(monthly(each, seconds) for each in (low, likely, high)))


@dataclass(frozen=True, slots=True)
class Wasted:
    """Micro-dollars within [start, end), and what a month of it is."""

    start: datetime
    end: datetime
    likely: MicroUsd
    stake: Stake
    figures: Figures = ()
    """Of the usage that it was taken from, where call records tell of its beginning only."""


def lasting(seen: Telemetry, calls: CallDay, low: MicroUsd, likely: MicroUsd, high: MicroUsd, of: MicroUsd) -> Wasted:
    """What was wasted of calls that cost `of`; and of the hours in which it went on, the same share of what they cost
    beyond the usual."""
    hours = going_on(seen, calls)
    if not hours:
        return Wasted(*called(calls), likely, stake(seen, low, likely, high))
    whole = excess(hours)
    share = whole * likely // max(1, of)
    once = stake(seen, likely, share, whole)
    return Wasted(*span(hours), share, replace(once, low=min(share, once.likely)),
                  (("of the calls in the records", f"{display(likely)} USD"), *hours_of(hours)))


def named(session: str, caller: str) -> str:
    """A conversation as people read it: names come from outside."""
    return clean(f"{session} / {caller}" if caller else session, _WIDTH)
