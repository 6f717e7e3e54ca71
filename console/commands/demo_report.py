"""What happened in a demo without screens, as one JSON document: what the console saw and did, beside the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from console.cadences.daily import Daily
from console.clock import epoch, parse_rfc3339, rfc3339
from console.money import usd
from store import incidents, windows
from store.database import Database
from store.tables import Alert, Intent

_MOST = 1000


class Truth(Protocol):
    """What knows the story's true spending."""

    start: datetime

    def state(self, until: datetime | None = None) -> dict[str, Any]:
        """As `GET /simulator/state` answers."""


def document(provider: Truth, database: Database, daily: Daily, *, story: str, seconds: float,
             until: datetime) -> dict[str, Any]:
    """The whole report; `until` is the simulated instant at which the engine was stopped. Dollars are strings."""
    truth = provider.state(until)
    end = parse_rfc3339(truth["now"])
    with database.read() as tx:
        seen = windows.period_spend(tx, epoch(provider.start), epoch(end))
        trips = [_trip(tx, provider, intent, truth) for intent in reversed(incidents.intents(tx, None, _MOST))
                 if intent.verb == "kill" and intent.requested_at >= provider.start]
        alerts = [_alert(alert) for alert in reversed(incidents.alerts(tx, None, _MOST))]
    return {
        "story": story, "seconds": seconds, "simulated_from": rfc3339(provider.start), "simulated_until": rfc3339(end),
        "night_ends": truth["night_ends"], "trips": trips, "alerts": alerts,
        "spend_true_usd": truth["spend"]["total_usd"],
        "spend_seen_usd": usd(sum(spend.cost for spend in seen.values())),
        "spend_by_night_end_usd": truth["spend"]["by_night_end_usd"],
        "spend_without_console_usd": truth["without_console"]["by_night_end_usd"],
        "sources": [{"name": line.name, "kind": line.kind, "state": line.state,
                     "data_until": rfc3339(line.data_until) if line.data_until else None} for line in daily.sources],
        "workloads": [
            {"slug": line.slug, "state": line.state, "breaker": line.breaker,
             "spend_true_usd": truth["spend"]["workloads"][line.slug]["usd"],
             "spend_seen_usd": usd(seen[line.slug].cost) if line.slug in seen else usd(0),
             "spend_by_night_end_usd": truth["spend"]["workloads"][line.slug]["by_night_end_usd"]}
            for line in daily.workloads
        ],
    }


def _trip(tx: Session, provider: Truth, intent: Intent, truth: dict[str, Any]) -> dict[str, Any]:
    steps = incidents.steps(tx, intent.id)
    confirmed = [step.confirmed_at for step in steps]
    stopped = [key["spend_stopped_at"] or "" for key in truth["keys"] if key["workload"] == intent.workload]
    at_trip = provider.state(intent.requested_at)["spend"]["workloads"].get(intent.workload, {})
    return {
        "workload": intent.workload, "rule": intent.evidence.get("rule"), "window": intent.evidence.get("window"),
        "origin": intent.origin, "at": rfc3339(intent.requested_at), "reason": intent.reason,
        "usd_at_trip": at_trip.get("usd"), "intent": intent.id, "state": intent.state,
        "state_confirmed_at": rfc3339(max(at for at in confirmed if at)) if steps and all(confirmed) else None,
        "spend_stopped_at": max(stopped, default="") or None,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {"workload": alert.workload, "kind": alert.rule, "window": alert.window, "severity": alert.severity,
            "state": alert.state, "at": rfc3339(alert.fired_at or alert.active_since), "summary": alert.summary}
