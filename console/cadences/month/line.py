"""One workload's month as a line: what was spent and earned, against its Charter, and who owes an explanation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from console.cadences.known_usage import Known
from console.cadences.month import alpha
from console.cadences.month.alpha import Earned, Plan
from console.cadences.month.plans import Held
from console.cadences.monthly import EXPLAINED_BY, ExplanationLine, MonthLine
from console.money import MicroUsd
from store.months import MonthSpend
from store.registry import Entry

NOTHING = Earned()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was read for a month, by workload."""

    known: Known
    over_share: Decimal
    floor: MicroUsd
    spent: MonthSpend
    plans: Mapping[str, Held]
    earned: Mapping[str, Earned]
    explained: Mapping[str, tuple[ExplanationLine, ...]]
    exceptions: Mapping[str, tuple[int, ...]]
    trips: Mapping[str, tuple[str, ...]]


class Against(NamedTuple):
    """The month against its Charter."""

    planned: MicroUsd | None = None
    planned_alpha_net: MicroUsd | None = None
    planned_per_dollar: Decimal | None = None
    spend_variance: Decimal | None = None
    return_variance: Decimal | None = None
    over: tuple[str, ...] = ()
    """Which variance is above the threshold: spend, return."""


WITHOUT_CHARTER = Against()


def line(entry: Entry, seen: Seen) -> MonthLine:
    """The workload's line."""
    slug, held, gap = entry.slug, seen.plans.get(entry.slug), seen.known.gap(entry.sources)
    plan = held.plan if held else None
    earned = seen.earned.get(slug, NOTHING)
    inference = None if gap else seen.spent.cost.get(slug, 0)
    net = alpha.alpha_net(earned, inference)
    per_dollar = alpha.per_dollar(net, inference)
    against = _against(plan, inference, per_dollar, seen) if plan else WITHOUT_CHARTER
    written = seen.explained.get(slug, ())
    silent = _silent(written) if written else EXPLAINED_BY
    owed = silent if against.over and seen.known.over else ()  # nobody explains a month that still runs
    return MonthLine(
        slug=slug, name=entry.name, owner=entry.business_owner, platform_lead=entry.platform_lead,
        outcome=plan.outcome if plan else "", outcomes=earned.outcomes, value=earned.value, baseline=earned.baseline,
        inference=inference, review=earned.review, rework=earned.rework, alpha_net=net, per_dollar=per_dollar,
        missing=alpha.missing(earned, inference) if net is None else (),
        charter_version=plan.version if plan else None, planned=against.planned,
        planned_alpha_net=against.planned_alpha_net, planned_per_dollar=against.planned_per_dollar,
        spend_variance=against.spend_variance, return_variance=against.return_variance, over=bool(against.over),
        state=_state(plan, inference, against, silent, closed=seen.known.over), explanations=written, owed=owed,
        exceptions=seen.exceptions.get(slug, ()), trips=seen.trips.get(slug, ()),
        estimated=slug in seen.spent.estimated, over_of=against.over,
        remarks=_remarks(held, gap) if gap or held else ())


def _silent(written: Sequence[ExplanationLine]) -> tuple[str, ...]:
    """Who has not explained it."""
    said = {each.role for each in written}
    return tuple(role for role in EXPLAINED_BY if role not in said)


def _against(plan: Plan, inference: MicroUsd | None, per_dollar: Decimal | None, seen: Seen) -> Against:
    planned, promised = alpha.part(plan.expected, seen.known.elapsed) or 0, plan.per_dollar
    spend, earned = alpha.variance(inference, planned), alpha.variance(per_dollar, promised)
    over: tuple[str, ...] = ()
    if inference is not None:
        if alpha.is_over(spend, abs(inference - planned), seen.over_share, seen.floor):
            over = ("spend",)
        if per_dollar is not None and promised is not None and alpha.is_over(
                earned, abs(per_dollar - promised) * inference, seen.over_share, seen.floor):
            over = (*over, "return")
    return Against(planned, alpha.part(plan.alpha_net, seen.known.elapsed), promised, spend, earned, over)


def _state(plan: Plan | None, inference: MicroUsd | None, against: Against, silent: tuple[str, ...], *,
           closed: bool) -> str:
    if plan is None:
        return "no Charter"
    if against.over and silent:
        return "open" if closed else "off plan"
    if against.over:
        return "explained"
    promised_and_unknown = against.planned_per_dollar is not None and against.return_variance is None
    return "unknown" if inference is None or (promised_and_unknown and inference) else "on plan"


def _remarks(held: Held | None, gap: str) -> tuple[str, ...]:
    said = [f"What it spent is unknown: {gap}."] if gap else []
    if held is not None and (held.remarks or held.plan.unstated):
        said += held.remarks
        if held.plan.unstated:
            said.append(f"The Charter projects no Alpha-net: it does not state {', '.join(held.plan.unstated)}.")
    return tuple(said)
