"""The Daily: what an on-call engineer needs to know now, as one frozen value.

Built by `watch/`, published once a tick, shown by the Daily screen, `status --json` and reports. This module imports
only the standard library, so that a screen can draw the last published Daily before anything heavy is loaded.
Money is whole micro-dollars; None is unknown, never zero.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from console.cadences import sign_lines
from console.cadences.sign_lines import SignsLine
from console.clock import parse_rfc3339, rfc3339
from console.money import MicroUsd, usd_or_none


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source's freshness, measured from its data."""

    name: str
    kind: str
    state: str
    """ok, stale, never, backed off, error."""
    data_until: datetime | None = None
    """End of the newest bucket known complete."""
    last_success_at: datetime | None = None
    lag_s: float | None = None
    """How old its newest data are when they are first seen, as measured; None before that."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class WorkloadLine:
    slug: str
    name: str
    owner: str | None = None
    team: str | None = None
    state: str = "ok"
    """ok, stretch, runaway, tripped, held, paused."""
    breaker: str = "no Charter"
    """armed, observe, asks first, no Charter, no switch, disarmed, tripped, held, probation."""
    today: MicroUsd | None = None
    month: MicroUsd | None = None
    expected_month: MicroUsd | None = None
    burn_ratio: float | None = None
    """Last hour's spend over what the expected scenario gives that hour; 1 is on plan."""
    rate_per_hour: MicroUsd | None = None
    projected_month: MicroUsd | None = None
    kill_threshold: MicroUsd | None = None
    seconds_to_kill: float | None = None
    """Until the kill threshold at the present rate; None where the rate is nil or there is no threshold."""
    overshoot: MicroUsd | None = None
    """Worst case past the threshold: rate x (lag + poll + act)."""
    alerts: int = 0
    worst: str | None = None
    """Severity of the worst firing alert."""
    last_usage_at: datetime | None = None
    data_until: datetime | None = None
    stale: bool = False
    estimated: bool = False
    """Some of the money is priced by an estimate."""
    hours: tuple[int, ...] = ()
    """Micro-dollars by hour, the last 24, oldest first."""
    signs: SignsLine | None = None
    """How near it is to a kill by signs, and the lines in force; None without a Charter."""
    drilled_at: datetime | None = None
    """When its breaker was last drilled and passed; where it has a test target, on that."""
    proven: bool | None = None
    """Whether that was within the Charter's period; None where the Charter demands no drill."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    id: int
    workload: str
    kind: str
    severity: str
    state: str
    """pending, firing, no-data, resolved."""
    since: datetime
    summary: str
    window: str = ""
    charter_line: str | None = None
    advice: str = ""
    acknowledged_by: str | None = None
    acknowledged_until: datetime | None = None
    silenced_by: str | None = None
    silenced_until: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class UnattributedLine:
    """Usage that no rule claims: one key (or whatever identifies it) with its models and dollars."""

    source: str
    identity: dict[str, str | None]
    """Its dimensions without the model: api_key_id, workspace_id, …"""
    name: str
    """What the provider calls it, or its identifier."""
    models: tuple[str, ...]
    today: MicroUsd
    month: MicroUsd
    last_usage_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    today: MicroUsd | None = None
    month: MicroUsd | None = None
    expected_month: MicroUsd | None = None
    projected_month: MicroUsd | None = None
    rate_per_hour: MicroUsd | None = None
    billed_month: MicroUsd | None = None
    """The provider's own cost for the days it has closed."""
    metered_same_days: MicroUsd | None = None
    """Our price for the same days; the difference is the reconciliation gap."""


@dataclass(frozen=True, slots=True)
class Daily:
    at: datetime
    organisation: str
    time_zone: str
    version: int = 0
    simulated: bool = False
    leader: str = ""
    """Who runs the engine: `this console`, `poll on host pid 12`, or empty for nobody."""
    sources: tuple[SourceLine, ...] = ()
    workloads: tuple[WorkloadLine, ...] = ()
    alerts: tuple[AlertLine, ...] = ()
    unattributed: tuple[UnattributedLine, ...] = ()
    totals: Totals = field(default_factory=Totals)
    hours: tuple[int, ...] = ()
    """The organisation's micro-dollars by hour, the last 24, oldest first."""
    alarms: tuple[str, ...] = ()
    """Sentences that stay on screen in red until a person ends what they tell of: a disarm, a review that is due."""
    notices: tuple[str, ...] = ()
    """Sentences that must stay on screen: one secret for reading and killing, the database is full, …"""


def to_document(daily: Daily) -> str:
    """The whole value as JSON, for the snapshot row."""
    return json.dumps(asdict(daily), default=rfc3339, separators=(",", ":"))


def from_document(text: str) -> Daily:
    """The value that `to_document` wrote."""
    raw = json.loads(text)
    raw["totals"] = _build(Totals, raw["totals"])
    for item in raw["workloads"]:
        item["signs"] = sign_lines.restored(item.get("signs"))
    for name, kind in (("sources", SourceLine), ("workloads", WorkloadLine), ("alerts", AlertLine),
                       ("unattributed", UnattributedLine)):
        raw[name] = tuple(_build(kind, item) for item in raw[name])
    built = _build(Daily, raw)
    assert isinstance(built, Daily)
    return built


def status_document(daily: Daily) -> dict[str, Any]:
    """`status --json`, as the contract has it, with what it says of alerts and totals beside."""
    return {
        "at": rfc3339(daily.at),
        "stale": [source.name for source in daily.sources if source.state != "ok"],
        "workloads": [_workload_document(line) for line in daily.workloads],
        "unattributed": {
            "today_usd": usd_or_none(sum(line.today for line in daily.unattributed)),
            "month_usd": usd_or_none(sum(line.month for line in daily.unattributed)),
            "rows": [
                {"source": line.source, "name": line.name, **line.identity, "models": list(line.models),
                 "today_usd": usd_or_none(line.today), "month_usd": usd_or_none(line.month)}
                for line in daily.unattributed
            ],
        },
        "totals": {f"{item.name}_usd": usd_or_none(getattr(daily.totals, item.name)) for item in fields(Totals)},
        "alerts": [alert_document(line) for line in daily.alerts],
        "sources": [
            {"name": line.name, "kind": line.kind, "state": line.state, "message": line.message, "lag_s": line.lag_s,
             "data_until": rfc3339(line.data_until) if line.data_until else None}
            for line in daily.sources
        ],
        "alarms": list(daily.alarms),
        "simulated": daily.simulated,
    }


def alert_document(line: AlertLine) -> dict[str, Any]:
    """One alert as `status --json` and `alerts --json` print it."""
    return {
        "id": line.id, "workload": line.workload, "kind": line.kind, "window": line.window, "severity": line.severity,
        "state": line.state, "since": rfc3339(line.since), "summary": line.summary, "advice": line.advice,
        "charter_line": line.charter_line, "stale": line.stale, "acknowledged_by": line.acknowledged_by,
        "acknowledged_until": rfc3339(line.acknowledged_until) if line.acknowledged_until else None,
        "silenced_until": rfc3339(line.silenced_until) if line.silenced_until else None,
    }


def _workload_document(line: WorkloadLine) -> dict[str, Any]:
    return {
        "slug": line.slug, "owner": line.owner, "state": line.state,
        "today_usd": usd_or_none(line.today), "month_usd": usd_or_none(line.month),
        "expected_month_usd": usd_or_none(line.expected_month),
        "burn_ratio": None if line.burn_ratio is None else round(line.burn_ratio, 4),
        "projected_month_usd": usd_or_none(line.projected_month),
        "kill_threshold_usd": usd_or_none(line.kill_threshold),
        "seconds_to_kill": None if line.seconds_to_kill is None else round(line.seconds_to_kill),
        "overshoot_usd": usd_or_none(line.overshoot),
        "breaker": line.breaker, "alerts": line.alerts, "stale": line.stale, "estimated": line.estimated,
        "drilled_at": rfc3339(line.drilled_at) if line.drilled_at else None, "proven": line.proven,
        "last_usage_at": rfc3339(line.last_usage_at) if line.last_usage_at else None,
        "signs": sign_lines.document(line.signs),
    }


def _build(kind: type[Any], raw: dict[str, Any]) -> Any:
    """One dataclass from its JSON: times and tuples restored by the field's declared type."""
    values: dict[str, Any] = {}
    for item in fields(kind):
        if item.name not in raw:
            continue
        value = raw[item.name]
        declared = str(item.type)
        if isinstance(value, str) and declared.startswith("datetime"):
            value = parse_rfc3339(value)
        elif isinstance(value, list):
            value = tuple(value)
        values[item.name] = value
    return kind(**values)
