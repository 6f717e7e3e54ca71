"""Alerts as rows of a table, and one alert in full. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from console.cadences.daily import AlertLine
from screens.columns.column import Cell, Column
from screens.columns.daily_strips import LIVE, SEVERITIES, SEVERITY_TONES, urgency
from screens.columns.page import PageLine, Times, ago, labelled, line, name, wrapped

_RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}
LABEL = 14


def identity(alert: AlertLine) -> str:
    """What a row is, wherever it stands."""
    return str(alert.id)


def words(alert: AlertLine) -> str:
    """What a filter looks in."""
    return " ".join((alert.severity, alert.state, alert.workload, alert.kind, alert.summary, handled(alert)))


def listed(alerts: Sequence[AlertLine]) -> list[AlertLine]:
    """The alerts in the order of the list without a sort."""
    return sorted(alerts, key=urgency)


def counts(alerts: Sequence[AlertLine]) -> str:
    """`2 critical, 1 error, 5 info firing · 3 pending`: what is open, the worst first; empty where nothing is."""
    firing = [alert.severity for alert in alerts if alert.state in LIVE]
    said = [f"{firing.count(severity)} {severity}" for severity in SEVERITIES if severity in firing]
    parts = [f"{', '.join(said)} firing"] if said else []
    for state in ("pending", "resolved"):
        number = sum(alert.state == state for alert in alerts)
        parts += [f"{number} {state}"] if number else []
    return " · ".join(parts)


def handled(alert: AlertLine) -> str:
    """What a person, or the feed, did to it, in a word each."""
    said = (("acknowledged", alert.acknowledged_until), ("silenced", alert.silenced_until), ("stale", alert.stale))
    return " ".join(word for word, is_so in said if is_so)


def columns(now: Callable[[], datetime]) -> tuple[Column[AlertLine], ...]:
    """The table's columns; `now` is for the ages."""
    return (
        Column(
            "SEVERITY",
            8,
            lambda alert: Cell(alert.severity, SEVERITY_TONES.get(alert.severity, ""), _RANKS.get(alert.severity, 9)),
            about="How urgent it is.",
        ),
        Column(
            "STATE",
            8,
            lambda alert: Cell(alert.state, "dim" if alert.state == "resolved" else "", alert.state),
            priority=3,
            about="pending, firing, no-data (the source is silent) or resolved.",
        ),
        Column(
            "WORKLOAD",
            20,
            lambda alert: Cell(alert.workload, "", alert.workload),
            most=32,
            about="Whose spending it is about.",
        ),
        Column(
            "RULE", 9, lambda alert: Cell(alert.kind, "", alert.kind), priority=5, most=12, about="Which rule fired."
        ),
        Column(
            "SINCE",
            7,
            lambda alert: Cell(ago((now() - alert.since).total_seconds()), "", alert.since.timestamp()),
            priority=2,
            right=True,
            descending=True,
            about="How long ago it began.",
        ),
        Column(
            "WHAT",
            26,
            lambda alert: Cell(
                f"({handled(alert)}) {alert.summary}" if handled(alert) else alert.summary, "", alert.summary
            ),
            most=120,
            about="What happened; before it in brackets: acknowledged, silenced, or judged on stale data.",
        ),
    )


def detail(alert: AlertLine, width: int, at: datetime, times: Times) -> list[PageLine]:
    """One alert in full: what, by which Charter line, what to do, and who has taken it on."""
    window = f" · {'' if alert.kind == 'signs' else 'window '}{alert.window}" if alert.window else ""
    lines = [
        line(
            Cell(alert.severity.upper(), SEVERITY_TONES.get(alert.severity, "")),
            f" {alert.state}  ",
            Cell(name(alert.workload), "strong"),
            Cell(f"  {alert.kind}{window} · alert {alert.id}", "dim"),
        ),
        *wrapped(alert.summary, width, most=6),
        *labelled("what to do", alert.advice or "Look at the workload.", width, label_width=LABEL),
        *labelled(
            "Charter line", alert.charter_line or "none: it does not come from a Charter", width, label_width=LABEL
        ),
        *labelled(
            "since", f"{times(alert.since)}, {ago((at - alert.since).total_seconds())} ago", width, label_width=LABEL
        ),
    ]
    if alert.acknowledged_until:
        lines += labelled(
            "acknowledged",
            f"by {name(alert.acknowledged_by or '?', 24)} until {times(alert.acknowledged_until)}",
            width,
            label_width=LABEL,
        )
    if alert.silenced_until:
        lines += labelled(
            "silenced",
            f"by {name(alert.silenced_by or '?', 24)} until {times(alert.silenced_until)}; a kill is not held back",
            width,
            label_width=LABEL,
        )
    if alert.stale:
        lines += labelled(
            "STALE",
            "its data are not fresh; a stale alert neither kills nor resolves",
            width,
            label_width=LABEL,
            tone="warn",
        )
    return lines
