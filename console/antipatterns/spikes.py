"""Hours whose calls carry several times what they did before: tokens up without proportional traffic (playbook §8).

Healthy work rests for days and comes back at hundreds of times its last hour, so tokens alone say little. What it does
not do is to carry five times the tokens in each call as well. Both are held against the mean of the workload's own
earlier hours: those with usage, from three days on, hours like these left out. The recorded healthy tenants stay under
three times. Where requests are not counted, only fifty times the most of any earlier hour, the playbook's upper end, is
more than traffic explains; healthy tenants were seen at three times.
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
OF_RECORD = 10
"""Where requests are not counted: so many times `GROWTH`, of the most before."""
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
    """How many times the usual tokens; so are the next two, which are None where requests are not counted."""
    a_call: float | None
    calls: float | None
    excess: MicroUsd
    """Beyond what such an hour usually costs."""


def spikes(seen: Telemetry, growth: float = GROWTH) -> tuple[Spike, ...] | None:
    """Oldest first; by hour where the hours of the whole span were read, else by day. None: that cannot be told."""
    hourly = seen.hours_from is not None and seen.hours_from <= seen.start
    buckets = seen.hours if hourly else seen.days
    width, fewest = (HOUR_S, FEWEST_HOURS) if hourly else (DAY_S, FEWEST_DAYS)
    usual, found, told = _Usual(), list[Spike](), False
    counted = all(each.requests is not None for each in buckets)
    for each in buckets:
        if usual.hours >= fewest and each.start - usual.since >= KNOWN_S:
            told = True
            if each.tokens * usual.hours >= growth * usual.tokens:  # nearly no hour is: the others are passed over
                spike = usual.beside(each, width, counted)
                beyond = spike.tokens if spike.a_call is None else min(spike.tokens, spike.a_call)
                if beyond >= (growth if counted else growth * OF_RECORD):
                    found.append(spike)
                    continue
        usual.add(each)
    return tuple(found) if told else None


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
    unit, usual = "hours" if found[0].width < DAY_S else "days", "the usual"
    a_call, calls = ([each for each in some if each is not None]
                     for some in ((one.a_call for one in found), (one.calls for one in found)))
    if not calls:
        usual = "the most before"
    figures = [(f"{unit} of such usage", f"{len(found)}"), ("more than usual", f"{display(excess(found))} USD"),
               (f"most tokens, times {usual}", f"{max(each.tokens for each in found):,.0f}")]
    if a_call and calls:
        figures += [("most tokens a call, times the usual", f"{max(a_call):.1f}"),
                    ("most calls, times the usual", f"{max(calls):,.0f}")]
    return tuple(figures)


@dataclass(slots=True)
class _Usual:
    """The hours before, those left out that were none."""

    since: int = 0
    hours: int = 0
    tokens: int = 0
    requests: int = 0
    cost: MicroUsd = 0
    most: int = 0
    """Tokens of one hour."""

    def add(self, one: Bucket) -> None:
        """One more."""
        self.since = self.since or one.start
        self.hours += 1
        self.tokens, self.requests, self.cost = (
            self.tokens + one.tokens, self.requests + (one.requests or 0), self.cost + one.cost)
        self.most = max(self.most, one.tokens)

    def beside(self, one: Bucket, width: int, counted: bool) -> Spike:
        """An hour held against them. Where requests are not `counted`, against the most of them."""
        excess_, mean = max(0, one.cost - self.cost // self.hours), max(1, self.tokens) / self.hours
        if not counted:
            return Spike(one, width, one.tokens / max(1, self.most), None, None, excess_)
        calls, before = max(1, one.requests or 0), max(1, self.requests)
        return Spike(one, width, one.tokens / mean, one.tokens / calls * before / max(1, self.tokens),
                     calls * self.hours / before, excess_)
