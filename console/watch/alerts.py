"""The life of an alert: inactive, pending, firing, resolved, and no-data (operations 1.1).

A pure step from the open alerts, the signals of one evaluation and the time to what changes. Storing, notifying and
auditing what changed is the engine's work, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.watch.rules.month_steps import REFIRE_SHARE
from console.watch.rules.rule import Signal
from store.tables import Alert

Key = tuple[str, str, str]
"""Workload, rule, window: an alert's identity, and nothing else (AL-1)."""

SEVERITIES = ("info", "warning", "error", "critical")
STOP = timedelta(minutes=10)
"""So long without an evaluation is a stop; a pending alert then never fires within as long again (AL-6)."""
RESTORE_LIMIT = timedelta(hours=1)
"""After a longer stop a pending alert counts from zero (AL-6)."""
POLL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """One transition. `alert` is the row as it is to be stored."""

    alert: Alert
    kind: str
    """pending, fired, worse, resolved, no-data, dropped."""
    reason: str = ""
    """Why, where it is not that the condition ended."""


def key(alert: Alert) -> Key:
    """The identity of a stored alert."""
    return alert.workload, alert.rule, alert.window


def evaluate(
    open_alerts: Iterable[Alert],
    signals: Mapping[str, Iterable[Signal]],
    fresh: Mapping[str, bool],
    resolved_steps: Mapping[Key, int],
    now: datetime,
    every: timedelta = POLL,
) -> list[Change]:
    """One evaluation of every workload in `signals`.

    `open_alerts` are those not resolved; `fresh` says by workload whether its data may be believed; `resolved_steps`
    gives, for the month's steps that already fired and resolved, the limit they fired at in micro-dollars; `every` is
    the usual time from one evaluation to the next.
    """
    standing: dict[str, dict[Key, Alert]] = {}
    for alert in open_alerts:
        standing.setdefault(alert.workload, {})[key(alert)] = alert
    changes: list[Change] = []
    for workload, seen in signals.items():
        by_key = standing.get(workload, {})
        if not (seen or by_key):
            continue
        believed = fresh.get(workload, False)
        reported: set[Key] = set()
        for signal in seen:
            identity = (workload, signal.rule, signal.window)
            reported.add(identity)
            change = _step(by_key.get(identity), workload, signal, believed, resolved_steps.get(identity), now, every)
            if change is not None:
                changes.append(change)
        for identity, alert in by_key.items():
            if identity not in reported and believed:
                changes.append(_resolve(alert, now))
    return changes


def gone(open_alerts: Iterable[Alert], reasons: Mapping[str, str], now: datetime) -> list[Change]:
    """What becomes of the alerts of workloads and sources that are no longer watched, by the reason for each."""
    ended = []
    for alert in open_alerts:
        reason = reasons.get(alert.workload)
        if reason is not None:
            alert.advice = f"Nothing is left to do: {reason}."
            ended.append(replace(_resolve(alert, now), reason=reason))
    return ended


def _step(alert: Alert | None, workload: str, signal: Signal, believed: bool, fired_at_limit: int | None,
          now: datetime, every: timedelta) -> Change | None:
    stands_without_data = signal.rule in {"blind", "feed"}
    if not believed and not stands_without_data:
        return None if alert is None else _without_data(alert, now)
    if alert is None:
        return _begin(workload, signal, fired_at_limit, now) if signal.active else None
    gap = now - alert.last_evaluated
    alert.last_evaluated, alert.stale = now, False
    if signal.active:
        return _continue(alert, signal, gap, now, every)
    if alert.state in {"pending", "no-data"} and alert.fired_at is None:
        alert.state, alert.resolved_at = "resolved", now
        return Change(alert, "dropped")
    if not signal.clears:
        alert.last_true = now  # between the two lines: neither fires anew nor counts towards clearing (AL-4)
        return None
    return _resolve(alert, now) if now - alert.last_true >= timedelta(seconds=signal.keep_s) else None


def _begin(workload: str, signal: Signal, fired_at_limit: int | None, now: datetime) -> Change | None:
    if fired_at_limit is not None:
        spent = int(signal.figures.get("spent_microusd", "0"))
        if spent < fired_at_limit * REFIRE_SHARE:
            return None
    alert = Alert(
        workload=workload, rule=signal.rule, window=signal.window, severity=signal.severity, state="pending",
        active_since=now, last_true=now, last_evaluated=now, summary=signal.summary, charter_line=signal.charter_line,
        advice=signal.advice, figures=dict(signal.figures),
    )
    return _fire(alert, now) if signal.hold_s <= 0 else Change(alert, "pending")


def _continue(alert: Alert, signal: Signal, gap: timedelta, now: datetime, every: timedelta) -> Change | None:
    worse = SEVERITIES.index(signal.severity) > SEVERITIES.index(alert.severity)
    alert.last_true = now
    for name, said in (("severity", signal.severity), ("summary", signal.summary), ("advice", signal.advice),
                       ("charter_line", signal.charter_line), ("figures", dict(signal.figures))):
        if getattr(alert, name) != said:  # a table's row notes every change of it, at a cost
            setattr(alert, name, said)
    if alert.fired_at is None:
        hold = timedelta(seconds=signal.hold_s)
        alert.state, alert.active_since = "pending", _pending_since(alert.active_since, hold, gap, now, every)
        return _fire(alert, now) if now - alert.active_since >= hold else None
    alert.state = "firing"
    if worse:
        alert.transition += 1
        alert.acknowledged_by = alert.acknowledged_at = alert.acknowledged_until = None
        return Change(alert, "worse")
    return None


def _pending_since(since: datetime, hold: timedelta, gap: timedelta, now: datetime, every: timedelta) -> datetime:
    """From when a pending alert counts: a stop before this evaluation saw nothing of what went on meanwhile (AL-6)."""
    if gap < max(STOP, 2 * every):
        return since
    if gap > max(RESTORE_LIMIT, 2 * every):
        return now
    return max(since, now - hold + min(STOP, hold))


def _fire(alert: Alert, now: datetime) -> Change:
    alert.state, alert.fired_at = "firing", now
    alert.transition += 1
    return Change(alert, "fired")


def _resolve(alert: Alert, now: datetime) -> Change:
    fired = alert.fired_at is not None
    alert.state, alert.resolved_at, alert.last_evaluated, alert.stale = "resolved", now, now, False
    alert.transition += 1
    return Change(alert, "resolved" if fired else "dropped")


def _without_data(alert: Alert, now: datetime) -> Change | None:
    """Missing data resolve nothing and fire nothing (AL-5): firing stays, marked stale; pending waits as no-data."""
    alert.last_evaluated = now
    if alert.fired_at is not None:
        changed = not alert.stale
        alert.stale = True
    else:
        changed = alert.state != "no-data"
        alert.state = "no-data"
    return Change(alert, "no-data") if changed else None
