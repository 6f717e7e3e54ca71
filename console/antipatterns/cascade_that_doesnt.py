"""7, Cascade That Doesn't: measured escalation and misroute rates put the cascade at or above its workhorse alone
(playbook sections 7 and 8).

Each step's queries and dollars are measured: by user actions, where call records tell them with the models they used,
else by the calls of each model. `economics/cascade.py` has the cost of a query, E[C], against the workhorse alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from console.antipatterns.finding import Detector, Figures, Finding, NotEnough, Verdict
from console.antipatterns.from_calls import stake
from console.antipatterns.list_price import listed, paid_of_list
from console.antipatterns.telemetry import ModelUse, Telemetry
from console.charters.production import is_permitted
from console.charters.tram import DEFAULT
from console.economics.cascade import Cascade
from console.economics.stated_cascade import StatedCascade
from console.economics.wording import dollars, percent
from console.money import MICRO, display
from console.pricing import PICO_PER_MICRO, PriceBook
from console.wording import named

NAME = "Cascade That Doesn't"
LEAST_QUERIES = 100
"""Fewer tell no rate."""
MISROUTED = Fraction(16, 100)
"""The most that the lab's grid has: where even more would have to be misrouted, the cascade pays."""


class _Step(NamedTuple):
    """What reached one model of the cascade."""

    model: str
    queries: int
    cost: int


@dataclass(frozen=True, slots=True)
class _Measured:
    steps: tuple[_Step, ...]
    by_actions: bool
    flat: Fraction | None
    """Dollars a query, were the first step's tokens sent to the workhorse; None: they are not told."""


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    if not seen.models and seen.calls is None:
        return NotEnough("usage by model: none is known of this workload in the time looked at")
    stated = StatedCascade.of(seen.entry.get("cascade"))
    if stated is None:
        return _undeclared(seen)
    measured = _by_actions(seen, stated) or _by_calls(seen, stated)
    if measured is None:
        return NotEnough("how many calls each model had: the source does not count them; or call records that tell "
                         "their user actions")
    first, workhorse, *top = measured.steps
    if not first.queries or not workhorse.queries:
        return ()
    if first.queries < LEAST_QUERIES:
        return NotEnough(f"{LEAST_QUERIES} queries of its cascade; {first.queries} came")
    if workhorse.queries > first.queries or (top and top[0].queries > workhorse.queries):
        return NotEnough("call records with user actions: more calls reached a dearer step than the one before it, so "
                         "not all of them came through the cascade")
    return _judged(seen, stated, measured)


def _judged(seen: Telemetry, stated: StatedCascade, measured: _Measured) -> Verdict:
    cascade = _cascade(stated, measured)
    over = cascade.cost - cascade.workhorse
    if not cascade.workhorse:
        return NotEnough("what its workhorse costs: nothing was paid for it")
    if over < 0:
        needed = -over / cascade.rework if cascade.rework else None
        if stated.misroute is None and needed is not None and needed <= MISROUTED:
            return NotEnough(f"the misroute rate: this cascade pays unless {percent(needed)} of its queries are "
                             "misrouted; misroute_share under cascade in the MBOM states it")
        return ()
    return (_finding(seen, stated, measured, cascade),)


def _cascade(stated: StatedCascade, measured: _Measured) -> Cascade:
    """As it was measured; where nobody states how often it misroutes, it never does."""
    first, workhorse, *rest = measured.steps
    top = rest[0] if rest else _Step("", 0, 0)
    flat = _each(workhorse)
    return Cascade(_each(first), flat, _each(top), Fraction(workhorse.queries, first.queries),
                   Fraction(top.queries, workhorse.queries), stated.misroute or Fraction(0),
                   flat if stated.rework is None else stated.rework)


def _finding(seen: Telemetry, stated: StatedCascade, measured: _Measured, cascade: Cascade) -> Finding:
    queries = measured.steps[0].queries
    over = cascade.cost - cascade.workhorse
    bounds = [over, replace(cascade, misroute=Fraction(0)).cost - cascade.workhorse]
    if measured.flat is not None:
        bounds.append(cascade.cost - measured.flat)
    low, likely, high = (round(max(each, Fraction(0)) * queries * MICRO) for each in (min(bounds), over, max(bounds)))
    a_month = stake(seen, low, likely, high)
    misrouted = "unknown, and counted as none" if stated.misroute is None else percent(stated.misroute)
    break_even = cascade.break_even
    return Finding(
        NAME, seen.workload,
        f"a query costs {dollars(cascade.cost)} with the cascade and {dollars(cascade.workhorse)} on "
        f"{measured.steps[1].model} alone: {percent(cascade.escalate)} are handed on"
        + (f", and it pays below {percent(break_even)}" if break_even is not None and break_even > 0 else
           ", and it pays at no rate"),
        seen.start, seen.end,
        (("queries", f"{queries:,}"), ("handed on", percent(cascade.escalate)),
         ("of these to the third step", percent(cascade.escalate_frontier)), ("misrouted", misrouted),
         ("rework each", dollars(cascade.rework)), ("measured by", "user actions" if measured.by_actions else "calls"),
         *((("the same tokens on the workhorse", dollars(measured.flat)),) if measured.flat is not None else ())),
        tuple(_row(step) for step in measured.steps), likely,
        a_month, "high" if measured.by_actions else "medium",
        f"Send everything to {measured.steps[1].model}, or hand on less: `token-console lab cascade` has the rates at "
        "which it pays. Measure both rates each month.", degree=a_month.likely // MICRO)


def _row(step: _Step) -> Figures:
    return (("model", step.model), ("queries", f"{step.queries:,}"), ("spent", f"{display(step.cost)} USD"),
            ("a query", dollars(_each(step))))


def _by_actions(seen: Telemetry, stated: StatedCascade) -> _Measured | None:
    """Of the user actions that began at the first step or came there; None where call records tell of none."""
    queries, costs = [0] * len(stated.models), [0] * len(stated.models)
    for one in seen.calls.model_sets if seen.calls is not None else ():
        steps = [_step_of(model, stated.models) for model in one.models]
        if 0 not in steps:
            continue
        for step in {each for each in steps if each is not None}:
            queries[step] += one.actions
        for reached, cost in zip(steps, one.costs, strict=True):
            if reached is not None:
                costs[reached] += cost
    if not queries[0]:
        return None
    return _Measured(tuple(map(_Step, stated.models, queries, costs)), True, None)


def _by_calls(seen: Telemetry, stated: StatedCascade) -> _Measured | None:
    """By the calls of each model; None where they are not counted, or none are known."""
    by_step: list[list[ModelUse]] = [[] for _ in stated.models]
    for each in seen.models:
        step = _step_of(each.model or "", stated.models)
        if step is not None:
            by_step[step].append(each)
    steps = []
    for model, uses in zip(stated.models, by_step, strict=True):
        counted = [each.used.requests for each in uses if each.used.requests is not None]
        if len(counted) < len(uses):
            return None
        steps.append(_Step(model, sum(counted), sum(each.used.cost for each in uses)))
    if not seen.models:
        return None
    return _Measured(tuple(steps), False, _flat(by_step[0], by_step[1], steps[0].queries, seen.prices))


def _step_of(model: str, steps: Sequence[str]) -> int | None:
    """Which step a model is, by its name or as a dated release of it."""
    return next((number for number, step in enumerate(steps) if is_permitted(model, (step,))), None)


def _flat(first: Sequence[ModelUse], workhorse: Sequence[ModelUse], queries: int, prices: PriceBook) -> Fraction | None:
    """The first step's tokens at what the workhorse's list price and what was paid of it come to."""
    dear = next((each for each in workhorse if each.used.cost), None)
    rates = prices.card(dear.provider, dear.model, dear.used.start).rates if dear is not None else None
    paid = paid_of_list(dear.used, rates) if dear is not None and rates is not None else None
    if rates is None or paid is None or not queries:
        return None
    return paid * sum(listed(each.used, rates) for each in first) / (PICO_PER_MICRO * MICRO * queries)


def _each(step: _Step) -> Fraction:
    """Dollars a query."""
    return Fraction(step.cost, step.queries * MICRO) if step.queries else Fraction(0)


def _undeclared(seen: Telemetry) -> Verdict:
    """Without a declared cascade two tiers may be one, or two jobs: nobody can tell."""
    tiers = _tiers(each.model for each in seen.models)
    if len(tiers) < 2:
        return ()
    return NotEnough(f"whether its tiers ({named(tiers)}) are a cascade: its MBOM entry says so under cascade, with "
                     "the models in their order")


def _tiers(models: Iterable[str | None]) -> list[str]:
    return sorted({tier for model in models if model is not None and (tier := DEFAULT.tier(model)) is not None})


DETECTOR = Detector(7, NAME, "a cascade of tiers that costs as much as its workhorse alone",
                    "the cascade in the MBOM, and usage by model or call records with user actions", look,
                    by_entry=True)
