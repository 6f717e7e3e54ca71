"""Trips and alerts as exceptions: which of them are, what they say, and what they cost past the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from console.cadences.facts import Facts
from console.clock import epoch, from_epoch, month_bounds
from console.money import MicroUsd, display
from console.watch import open_matters
from console.watch.alerts import SEVERITIES
from console.watch.exceptions import Seen
from console.watch.rules import scenario
from store import windows
from store.tables import Alert, Intent

LEAST = SEVERITIES.index("error")
_DOLLARS = "_microusd"


def is_exception(alert: Alert, slugs: Iterable[str]) -> bool:
    """An alert of a workload that is an error or critical, or says which scenario it is in. What waits for a person
    about a kill belongs to the trip's exception, and the machinery's own alerts are no matter of a Charter."""
    serious = SEVERITIES.index(alert.severity) >= LEAST or alert.rule == scenario.NAME
    return serious and alert.fired_at is not None and alert.rule not in open_matters.RULES and alert.workload in slugs


def of_alert(alert: Alert, facts: Facts | None) -> Seen:
    """What an alert says, with what the workload spent past its plan as the stake."""
    kind, subject = identity(alert)
    return Seen(alert.workload, "alert", kind, alert.summary, subject, alert.advice, alert.charter_line,
                past_plan(facts), _figures(alert.figures), alert=alert.id)


def identity(alert: Alert) -> tuple[str, str]:
    """Kind and subject: the rule and its window; a scenario is a pattern by itself, `alert: stretch`."""
    return (f"alert: {alert.window}", "") if alert.rule == scenario.NAME else (f"alert: {alert.rule}", alert.window)


def past_plan(facts: Facts | None) -> MicroUsd | None:
    """This month's spend above what the plan gives the month so far; without a plan all of it; None where nothing is
    known of it."""
    if facts is None or facts.data_until is None:
        return None
    planned = round(facts.terms.expected * facts.month_share) if facts.terms is not None else 0
    return max(0, facts.month - planned)


def of_kill(tx: Session, intent: Intent, alert: int | None, facts: Facts | None) -> Seen:
    """What a kill was for, with what was truly spent past the plan from its window's start to the stop as the stake."""
    said = intent.evidence
    by_hand = intent.origin == "manual"
    summary = f"killed by {intent.requested_by}: {intent.reason}" if by_hand else str(said.get("summary")
                                                                                     or intent.reason)
    observed = intent.state == "observed"
    return Seen(intent.workload, "trip", f"trip: {_why(intent)}",
                f"would have been killed: {summary}" if observed else summary, intent.id,
                "Read the trip sheet, mend the cause before it is resumed, and decide what becomes of the Charter.",
                said.get("charter_line"), _cost_of(tx, intent, facts),
                {"state": intent.state, "asked for by": intent.requested_by,
                 **({"after the stop USD": display(intent.tail_microusd)} if intent.tail_microusd is not None else {}),
                 **_figures(said.get("figures") or {})}, alert=alert, intent=intent.id)


def alert_of(intent: Intent, alerts: Iterable[Alert]) -> Alert | None:
    """The alert whose rule and window a kill was decided for: the newest that had fired by then."""
    found = [alert for alert in alerts
             if (alert.rule, alert.window) == (intent.evidence.get("rule"), intent.evidence.get("window"))
             and alert.fired_at is not None and alert.fired_at <= intent.requested_at]
    return max(found, key=lambda alert: alert.id or 0, default=None)


def _why(intent: Intent) -> str:
    if intent.state == "observed":
        return "observed"
    return "by hand" if intent.origin == "manual" else str(intent.evidence.get("rule") or "by hand")


def _cost_of(tx: Session, intent: Intent, facts: Facts | None) -> MicroUsd | None:
    """Spend from the start of the window that it was decided on to the stop, above the plan of so long; None where it
    was not decided on usage."""
    start = intent.evidence.get("window_start")
    if not isinstance(start, int):
        return None
    known = epoch(facts.data_until) if facts is not None and facts.data_until is not None else 0
    end = epoch(intent.spend_stopped_at) if intent.spend_stopped_at else max(
        known, int(intent.evidence.get("window_end") or start))
    spent = windows.workload_spend(tx, intent.workload, start, max(start, end))
    if facts is None or facts.terms is None:
        return spent
    month = [epoch(each) for each in month_bounds(from_epoch(start))]
    return max(0, spent - facts.terms.expected * (end - start) // (month[1] - month[0]))


def _figures(figures: Mapping[str, object]) -> dict[str, str]:
    """Figures as people read them: `spent_microusd` is `spent USD`."""
    told = {}
    for name, value in figures.items():
        text = str(value)
        is_money = name.endswith(_DOLLARS) and text.lstrip("-").isdigit()
        told[(f"{name.removesuffix(_DOLLARS)} USD" if is_money else name).replace("_", " ")] = (
            display(int(text)) if is_money else text)
    return told
