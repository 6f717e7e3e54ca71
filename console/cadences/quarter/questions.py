"""What a quarter asks of a workload's Charter, each with the number of the exception it came from, and why a workload
needs a page of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from console.cadences.monthly import EXPLAINED_BY
from console.money import MicroUsd, display
from store.quarters import Matter


class MonthSeen(NamedTuple):
    """One month of a workload, as far as it has gone by."""

    name: str
    spent: MicroUsd | None
    planned: MicroUsd | None
    over: bool
    """Whether the two differ by more than the threshold."""


class Asked(NamedTuple):
    """What the questions are asked of."""

    months: Sequence[MonthSeen]
    matters: Sequence[Matter]
    explained: Mapping[str, Sequence[str]]
    """Roles by month."""
    half_life: str
    half_life_ends: datetime | None
    half_life_over: bool
    charter_version: int | None
    status: str
    owner: str | None
    overdue: bool
    trips: int
    exceptions_open: int
    planned: MicroUsd | None
    spent: MicroUsd | None
    alpha_net: MicroUsd | None
    threshold: Decimal
    drill_every: str | None = None
    """As the Charter demands it; None where it demands none."""
    drilled_at: datetime | None = None
    """The last drill that proves the breaker, by then."""
    unproven: bool = False


def questions(asked: Asked) -> Iterator[str]:
    """Exceptions that need a revision, patterns, drift, months that differ from the plan, a half-life that is over."""
    numbered = set()
    for matter in asked.matters:
        if matter.kind == "variance: spend":
            numbered.add(matter.subject)
        said = _of_matter(matter)
        if said:
            yield f"exception {matter.exception}: {said}"
    for month in asked.months:
        if month.over and month.name not in numbered:
            yield f"{month.name}: {_differs(month)}; {_explained(asked.explained.get(month.name, ()))}"
        if month.spent and month.planned is None:
            yield f"{month.name}: {display(month.spent)} USD were spent without a Charter in force"
    if asked.unproven:
        last = f"the last one was on {asked.drilled_at:%Y-%m-%d}" if asked.drilled_at else "there never was one"
        yield (f"Its breaker is unproven: version {asked.charter_version} demands a drill every {asked.drill_every}, "
               f"and {last}. Who drills it, and when?")
    if asked.half_life_over and asked.half_life_ends is not None:
        yield (f"The half-life of version {asked.charter_version} ({asked.half_life}) ran out on "
               f"{asked.half_life_ends:%Y-%m-%d}: does the outcome still have the advantage it was signed for?")


def attention(asked: Asked) -> Iterator[str]:
    """Why the workload needs a page of its own."""
    if asked.charter_version is None and asked.status == "live":
        yield "no Charter in force"
    if not asked.owner and asked.status != "retired":
        yield "no business owner"
    if asked.overdue:
        yield "review overdue"
    if asked.half_life_over:
        yield "half-life run out"
    if asked.trips:
        yield "killed once" if asked.trips == 1 else f"killed {asked.trips} times"
    if asked.exceptions_open:
        yield "1 exception open" if asked.exceptions_open == 1 else f"{asked.exceptions_open} exceptions open"
    if any(matter.verdict == "revision" for matter in asked.matters):
        yield "a Charter revision required"
    if asked.planned and asked.spent is not None and asked.spent > asked.planned * (1 + asked.threshold):
        yield f"spent {display(asked.spent)} of {display(asked.planned)} USD planned"
    if asked.alpha_net is not None and asked.alpha_net < 0:
        yield f"an Alpha-net of {display(asked.alpha_net)} USD"


def _of_matter(matter: Matter) -> str:
    """Empty where it asks nothing of the Charter: not decided yet, bounded in time, or not a problem."""
    what = f"{matter.kind} {matter.subject}".strip()
    if matter.verdict == "revision":
        return f"{what}: Charter revision required: {matter.rationale}"
    if matter.verdict == "escalated":
        return f"{what}: escalated as a pattern: {matter.rationale}"
    if matter.origin == "variance" and matter.verdict is None:
        return f"{what}: {matter.summary}"
    if matter.origin == "drift" and matter.verdict is None:
        return f"{what}, open since {matter.opened_at:%Y-%m-%d}: {matter.summary}"
    return ""


def _differs(month: MonthSeen) -> str:
    assert month.spent is not None
    assert month.planned is not None
    apart = Decimal(month.spent - month.planned) / month.planned
    return f"{display(month.spent)} USD spent of {display(month.planned)} planned ({apart:+.0%})"


def _explained(roles: Sequence[str]) -> str:
    owed = [role for role in EXPLAINED_BY if role not in roles]
    return f"not explained by {' and '.join(owed)}" if owed else "explained by both"
