"""Hours whose calls carry several times what they did before: tokens up without proportional traffic (playbook §8).

Healthy work rests for days and comes back at hundreds of times its last hour, so tokens alone say nothing. What it does
not do is to carry five times the tokens in each call as well. Both are held against the mean of the workload's own
earlier hours: those with usage, from three days on, hours like these left out. The recorded healthy tenants stay under
three times. Where no requests are counted nothing can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.antipatterns.call_day import CallDay
from console.antipatterns.finding import Figures
from console.antipatterns.telemetry import Bucket, Telemetry
from console.clock import from_epoch
from console.money import MicroUsd, display

HOUR_S, DAY_S = 3600, 86_400
GROWTH = 5
"""The least of the playbook's 5 to 50 times."""
CONFIRMED = GROWTH / 2
"""Where call records tell what it is."""
KNOWN_S = 3 * DAY_S
FEWEST_HOURS, FEWEST_DAYS = 24, 3


@dataclass(frozen=True, slots=True)
class Spike:
    """One hour or day, with the mean of those before it that were none."""

    bucket: Bucket
    width: int
    tokens: float
    """How many times the usual tokens; so are the next two."""
    a_call: float
    calls: float
    excess: MicroUsd
    """Beyond what such an hour usually costs."""


def spikes(seen: Telemetry, growth: float = GROWTH) -> tuple[Spike, ...] | None:
    """Oldest first; by hour where the hours of the whole span were read, else by day. None: that cannot be told."""
    hourly = seen.hours_from is not None and seen.hours_from <= seen.start
    buckets = seen.hours if hourly else seen.days
    if not buckets or any(each.requests is None for each in buckets):
        return None
    return _spikes(buckets, HOUR_S, FEWEST_HOURS, growth) if hourly else _spikes(buckets, DAY_S, FEWEST_DAYS, growth)


def going_on(seen: Telemetry, calls: CallDay) -> tuple[Spike, ...]:
    """The hours in which what call records tell of went on, where they tell of its beginning only: hours one after the
    other from the first call on, of which less than half the cost is in the records."""
    found = list[Spike]()
    for each in spikes(seen, CONFIRMED) or ():
        after = found[-1].bucket.start if found else calls.first_at // each.width * each.width
        if 0 <= each.bucket.start - after <= 2 * each.width:
            found.append(each)
    return tuple(found) if 2 * calls.cost < sum(each.bucket.cost for each in found) else ()


def excess(found: Sequence[Spike]) -> MicroUsd:
    """Of all of them."""
    return sum(each.excess for each in found)


def span(found: Sequence[Spike]) -> tuple[datetime, datetime]:
    """[start, end): from the first to the last."""
    return from_epoch(found[0].bucket.start), from_epoch(found[-1].bucket.start + found[-1].width)


def hours(found: Sequence[Spike]) -> Figures:
    """What they come to."""
    unit = "hours" if found[0].width < DAY_S else "days"
    return ((f"{unit} of such usage", f"{len(found)}"), ("more than usual", f"{display(excess(found))} USD"),
            ("most tokens, times the usual", f"{max(each.tokens for each in found):,.0f}"),
            ("most tokens a call, times the usual", f"{max(each.a_call for each in found):.1f}"),
            ("most calls, times the usual", f"{max(each.calls for each in found):,.0f}"))


def _spikes(buckets: Sequence[Bucket], width: int, fewest: int, growth: float) -> tuple[Spike, ...] | None:
    found, usual, told = list[Spike](), list[Bucket](), False
    tokens = requests = cost = 0
    for each in buckets:
        calls = each.requests or 0
        if calls and len(usual) >= fewest and each.start - usual[0].start >= KNOWN_S and tokens and requests:
            told = True
            spike = Spike(each, width, each.tokens * len(usual) / tokens, each.tokens / calls * requests / tokens,
                          calls * len(usual) / requests, max(0, each.cost - cost // len(usual)))
            if min(spike.tokens, spike.a_call) >= growth:
                found.append(spike)
                continue
        usual.append(each)
        tokens, requests, cost = tokens + each.tokens, requests + calls, cost + each.cost
    return tuple(found) if told else None
