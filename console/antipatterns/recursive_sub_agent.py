"""1, Recursive Sub-Agent: agents start agents, and tokens rise 5 to 50 times without the traffic (playbook section 8).

Seen in call records: agents nest deeper than the Charter or the MBOM allows, or one starts more than allowed. Where
neither states a cap, deeper than the playbook's deepest architecture, three tiers, is too deep, and two hundred started
by one, where its runaway begins, are too many. Seen in usage: hours of several times the calls, each of which carries
several times the tokens (`spikes.py`); unless call records of most of it tell that no agent was started by another.

A run beyond its caps is held against the most that three tiers take, ten of its first agent's largest call
(`digest/run.py`); an hour of usage against what such an hour cost before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.antipatterns.call_day import CallDay, Spread
from console.antipatterns.finding import MOST_ROWS, Confidence, Detector, Figures, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import HOW, lasting, stake
from console.antipatterns.spikes import Spike, excess, hours, span, spikes
from console.antipatterns.telemetry import Telemetry
from console.clock import from_epoch
from console.money import MICRO, MicroUsd, display
from console.text import clean

NAME = "Recursive Sub-Agent"
THREE_TIERS = 2
"""How deep the agents of the playbook's deepest architecture nest: supervisor, worker, worker's worker."""
RUNAWAY = 200
ROOM = 2
"""So many times the fan-out cap, where only sessions are told: one session may serve several user actions."""
COST_SHARE = 0.01
"""Runs beyond their caps that cost less than this share of all calls are nobody's matter."""
MORE_CALLS = 5
"""In usage, agents that start agents show as so many times the calls; with fewer, each call only carries more."""
PLAN_MULTIPLE = 5
"""An hour within so many times the Charter's expected month is no spike, whatever came before it."""
FIX = ("Cap depth and fan-out in the code that starts agents, let the breaker trip at the Charter's runaway threshold, "
       "and have a person authorise the resume.")


@dataclass(frozen=True, slots=True)
class _Caps:
    depth: int
    fan_out: int | None
    stated: str
    """By what; empty: by nothing."""


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    calls = seen.calls if seen.calls is not None and seen.calls.calls else None
    usage = spikes(seen)
    tells_agents = calls is not None and (bool(calls.by_depth) or 2 * calls.totals.without_caller < calls.calls)
    if usage is None and not tells_agents:
        return NotEnough(f"usage of more than three days, or call records with the agent that called; {HOW}")
    caps = _caps(seen)
    beyond = _Beyond.of(calls, caps) if calls is not None else None
    if beyond is not None:
        return (_finding(seen, beyond, caps),)
    more = [each for each in usage or () if _beyond_plan(seen, each)]
    if not more or not _has_more_calls(more) or (calls is not None and tells_agents and _clears(calls, more)):
        return ()
    return (_of_usage(seen, more),)


@dataclass(frozen=True, slots=True)
class _Beyond:
    """Runs beyond their caps."""

    calls: CallDay
    deep: int
    wide: int
    low: MicroUsd
    likely: MicroUsd
    high: MicroUsd

    @classmethod
    def of(cls, calls: CallDay, caps: _Caps) -> _Beyond | None:
        """None: all keep to them, or what they cost is nobody's matter."""
        room = 1 if 2 * calls.totals.without_action < calls.calls else ROOM
        deep = [each for depth, each in calls.by_depth if depth > caps.depth]
        most = RUNAWAY - 1 if caps.fan_out is None else max(1, caps.fan_out)
        wide = [each for fan_out, each in calls.by_fan_out if fan_out > most * room]
        worst = max(deep, wide, key=lambda runs: sum(each.cost for each in runs))
        cost, likely = sum(each.cost for each in worst), sum(each.beyond for each in worst)
        if not worst or cost < COST_SHARE * calls.cost:
            return None
        deeper = sum(level.cost for depth, level in calls.depths if depth > caps.depth)
        return cls(calls, _runs(deep), _runs(wide), min(deeper, likely), likely, max(cost, deeper))


def _finding(seen: Telemetry, beyond: _Beyond, caps: _Caps) -> Finding:
    wasted = lasting(seen, beyond.calls, beyond.low, beyond.likely, beyond.high, beyond.high)
    trees = beyond.calls.trees
    depth, fan_out = max(each.depth for each in trees), max(each.fan_out for each in trees)
    allowed = f"the {caps.stated} allows {caps.depth} and {_cap(caps.fan_out)}" if caps.stated else (
        "no cap is stated, and the playbook's deepest architecture is 2 deep, its runaway begins at 200")
    confidence: Confidence = "high" if caps.stated or wasted.figures else "medium"
    return Finding(
        NAME, seen.workload,
        f"agents {depth} deep and {fan_out} from one; {allowed}. {display(wasted.likely)} USD went beyond what three "
        "tiers take",
        wasted.start, wasted.end,
        (("deepest", f"{depth}"), ("most started by one agent", f"{fan_out}"), ("runs too deep", f"{beyond.deep}"),
         ("runs too wide", f"{beyond.wide}"), ("beyond three tiers", f"{display(wasted.likely)} USD"),
         ("all calls cost", f"{display(beyond.calls.cost)} USD"), *wasted.figures),
        tuple((("run", clean(each.run, 40)), ("depth", f"{each.depth}"), ("fan-out", f"{each.fan_out}"),
               ("agents", f"{each.agents:,}"), ("calls", f"{each.calls:,}"), ("cost", f"{display(each.cost)} USD"),
               ("beyond three tiers", f"{display(each.beyond)} USD")) for each in trees),
        wasted.likely, wasted.stake, confidence, FIX, degree=wasted.stake.likely // MICRO,
        charter_line=_line(seen, caps))


def _clears(calls: CallDay, more: Sequence[Spike]) -> bool:
    """Records of half of such usage and more tell of no agent that another one started."""
    return not calls.by_depth and 2 * calls.cost >= sum(each.bucket.cost for each in more)


def _has_more_calls(more: Sequence[Spike]) -> bool:
    """On average over them; where requests are not counted it is not asked."""
    calls = [each.calls for each in more if each.calls is not None]
    return not calls or sum(calls) >= MORE_CALLS * len(calls)


def _of_usage(seen: Telemetry, more: Sequence[Spike]) -> Finding:
    worst, lost = max(more, key=lambda each: each.tokens), excess(more)
    at_stake = stake(seen, 0, lost, lost)
    rose = f"tokens rose to {worst.tokens:,.0f} times " + (
        "the most of any earlier hour" if worst.a_call is None
        else f"the usual, and the tokens of each call to {worst.a_call:.0f} times")
    return Finding(
        NAME, seen.workload, f"{rose}: more than traffic explains. It cost {display(lost)} USD more than usual",
        *span(more), hours(more),
        tuple(_row(each) for each in sorted(more, key=lambda each: -each.excess)[:MOST_ROWS]),
        lost, replace(at_stake, low=min(lost, at_stake.likely)), "medium", FIX, degree=at_stake.likely // MICRO)


def _row(spike: Spike) -> Figures:
    used, counted = spike.bucket, spike.a_call is not None
    calls = (("calls", f"{used.requests:,}"),
             ("tokens a call, times the usual", f"{spike.a_call:.1f}")) if counted else ()
    return (("from", f"{from_epoch(used.start):%Y-%m-%d %H:%M}"), ("tokens", f"{used.tokens:,}"),
            ("times the usual" if counted else "times the most before", f"{spike.tokens:,.0f}"), *calls,
            ("cost", f"{display(used.cost)} USD"), ("more than usual", f"{display(spike.excess)} USD"))


def _caps(seen: Telemetry) -> _Caps:
    if seen.charter is not None:
        tram = seen.charter.tram
        return _Caps(tram.depth_cap, tram.fan_out_cap, "Charter")
    depth, fan_out = seen.entry.get("depth_cap"), seen.entry.get("fan_out_cap")
    wide = fan_out if isinstance(fan_out, int) else None
    if isinstance(depth, int):
        return _Caps(depth, wide, "MBOM")
    return _Caps(THREE_TIERS, wide, "MBOM" if wide is not None else "")


def _beyond_plan(seen: Telemetry, spike: Spike) -> bool:
    if seen.charter is None:
        return True
    plan = seen.charter.terms.expected * spike.width / (30 * 86_400)
    return spike.bucket.cost >= PLAN_MULTIPLE * plan


def _line(seen: Telemetry, caps: _Caps) -> str | None:
    if seen.charter is None:
        return None
    return (f"Charter v{seen.charter.terms.version}, tram: depth_cap {caps.depth}, fan_out_cap {_cap(caps.fan_out)}")


def _cap(cap: int | None) -> str:
    return "any number" if cap is None else f"{cap}"


def _runs(told: Sequence[Spread]) -> int:
    return sum(each.runs for each in told)


DETECTOR = Detector(1, NAME, "agents that start agents, and tokens far beyond the traffic",
                    "usage with requests, and call records with agents where there are any", look)
