"""Build the Daily from facts, feeds, alerts and breakers: the one place where a workload's state gets its word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.cadences import drill, gathering, pace
from console.cadences.daily import AlertLine, Daily, Totals, UnattributedLine, WorkloadLine
from console.cadences.facts import Facts
from console.cadences.feed import Feed
from console.cadences.feed import line as source_line
from console.cadences.profile import spread
from console.cadences.signs.lines import signs_line
from console.clock import epoch, from_epoch
from console.config import Config
from store.registry import Watched
from store.tables import Alert, Breaker, Silence
from store.windows import UnattributedSpend

SEVERITIES = ("info", "warning", "error", "critical")
HOURS = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the Daily is drawn from, read in one transaction."""

    at: datetime
    workloads: Sequence[Watched]
    facts: Mapping[str, Facts]
    feeds: Sequence[Feed]
    alerts: Sequence[Alert]
    silences: Sequence[Silence]
    breakers: Mapping[str, Breaker]
    hours: Mapping[str | None, Mapping[int, int]]
    """Spend by hour, the last day, by workload; None is unattributed."""
    last_usage: Mapping[str | None, int]
    unattributed: Sequence[UnattributedSpend]
    names: Mapping[tuple[str, str, str], str]
    """(source, kind, identifier) to the provider's name."""
    billed: tuple[int, int] | None = None
    """(billed, metered) micro-dollars of the same closed days of this month."""
    disarmed: Mapping[str | None, datetime] = field(default_factory=dict)
    """Scope (None: everything) to the end of the disarm."""
    drilled: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """(workload, sort) to the last drill that passed."""
    leader: str = ""
    alarms: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def build(picture: Picture, config: Config) -> Daily:
    """The Daily at `picture.at`. Pure."""
    alerts = tuple(_alert_line(alert, picture.silences) for alert in picture.alerts)
    lines = tuple(_workload_line(entry, picture, alerts, config) for entry in picture.workloads)
    unattributed = _unattributed(picture)
    return Daily(
        at=picture.at, organisation=config.organisation.name, time_zone=config.organisation.time_zone,
        simulated=config.simulated, leader=picture.leader,
        sources=tuple(source_line(feed) for feed in picture.feeds), workloads=lines, alerts=alerts,
        unattributed=unattributed, totals=_totals(lines, unattributed, picture.billed),
        hours=_all_hours(picture), alarms=picture.alarms, notices=picture.notices,
    )


def _workload_line(entry: Watched, picture: Picture, alerts: Sequence[AlertLine], config: Config) -> WorkloadLine:
    facts = picture.facts[entry.slug]
    own = [line for line in alerts if line.workload == entry.slug and line.state == "firing"]
    known = facts.data_until is not None
    terms = facts.terms
    last = picture.last_usage.get(entry.slug)
    allowance = config.rules.probation_share
    drilled = drill.proving(picture.drilled, entry.slug, has_target=entry.has_test_target)
    return WorkloadLine(
        slug=entry.slug, name=entry.name, owner=entry.business_owner, team=entry.team,
        state=_state(entry, facts, picture.breakers.get(entry.slug), own),
        breaker=_breaker(entry, facts, picture),
        today=facts.today if _reaches_today(facts, config) else None, month=facts.month if known else None,
        expected_month=terms.expected if terms else None,
        burn_ratio=pace.burn_now(facts) if known else None,
        rate_per_hour=pace.rate_per_hour(facts) if known else None,
        projected_month=pace.projected_month(facts) if known else None,
        kill_threshold=pace.kill_line(facts, allowance), overshoot=pace.overshoot(facts) if known else None,
        seconds_to_kill=pace.seconds_to_kill(facts, allowance) if known else None,
        alerts=len(own), worst=max((line.severity for line in own), key=SEVERITIES.index, default=None),
        last_usage_at=from_epoch(last) if last is not None else None, data_until=facts.data_until,
        stale=not facts.fresh, estimated=facts.estimated > 0,
        hours=_hours(picture.hours.get(entry.slug, {}), picture.at),
        signs=signs_line(facts, config.rules) if known else None, drilled_at=drilled,
        proven=drill.proven(drilled, terms.drill_every_s, picture.at) if terms and entry.switched else None,
    )


def _reaches_today(facts: Facts, config: Config) -> bool:
    """Whether anything is known of the organisation's day: before, nothing spent and nothing read look the same."""
    start = gathering.today_start(facts.at, config.organisation.time_zone)
    return facts.data_until is not None and facts.data_until > start


def _state(entry: Watched, facts: Facts, breaker: Breaker | None, alerts: Iterable[AlertLine]) -> str:
    if breaker is not None and breaker.state in {"tripped", "held"}:
        return breaker.state
    if entry.status == "paused":
        return "paused"
    scenarios = {line.window for line in alerts if line.kind == "scenario"}
    if any(line.kind == "signs" and line.window == "kill" for line in alerts):
        return "runaway"
    by_month = facts.terms is not None and facts.month >= facts.terms.kill_threshold
    if "runaway" in scenarios or by_month:
        return "runaway"
    return "stretch" if "stretch" in scenarios else "ok"


def _breaker(entry: Watched, facts: Facts, picture: Picture) -> str:
    breaker = picture.breakers.get(entry.slug)
    if breaker is not None and breaker.state != "armed":
        return breaker.state
    if facts.terms is None:
        return "no Charter"
    if not entry.switched:
        return "no switch"
    if entry.slug in picture.disarmed or None in picture.disarmed:
        return "disarmed"
    if facts.terms.mode == "observe":
        return "observe"
    automatic = facts.terms.automatic or any(criterion.automatic for criterion in facts.terms.criteria)
    return "armed" if automatic else "asks first"


def _alert_line(alert: Alert, silences: Iterable[Silence]) -> AlertLine:
    silence = next((one for one in silences
                    if one.workload == alert.workload and one.rule in {None, alert.rule}), None)
    return AlertLine(
        id=alert.id or 0, workload=alert.workload, kind=alert.rule, severity=alert.severity, state=alert.state,
        since=alert.fired_at or alert.active_since, summary=alert.summary, window=alert.window,
        charter_line=alert.charter_line, advice=alert.advice, acknowledged_by=alert.acknowledged_by,
        acknowledged_until=alert.acknowledged_until, silenced_by=silence.created_by if silence else None,
        silenced_until=silence.ends_at if silence else None, stale=alert.stale,
    )


def _unattributed(picture: Picture) -> tuple[UnattributedLine, ...]:
    """One line an identity: the dimensions that name a key or account, with every model it used."""
    grouped: dict[tuple[str, str], list[UnattributedSpend]] = {}
    for spend in picture.unattributed:
        identity = {name: spend.dimensions.get(name) for name in _identity_of(spend.dimensions)}
        grouped.setdefault((spend.source, json.dumps(identity, sort_keys=True)), []).append(spend)
    lines = [_unattributed_line(source, json.loads(identity), spends, picture)
             for (source, identity), spends in grouped.items()]
    return tuple(sorted(lines, key=lambda line: (-line.month, line.name)))


def _identity_of(dimensions: Mapping[str, str | None]) -> tuple[str, ...]:
    """What says whose usage it is: the identifying dimensions that have a value, else the key and the workspace."""
    wanted = ("service", "api_key_id", "service_account_id", "account_id", "project", "inference_profile",
              "workspace_id")
    present = tuple(name for name in wanted if dimensions.get(name))
    return present or tuple(name for name in ("api_key_id", "workspace_id") if name in dimensions)


def _unattributed_line(source: str, identity: dict[str, str | None], spends: Sequence[UnattributedSpend],
                       picture: Picture) -> UnattributedLine:
    key = identity.get("api_key_id")
    name = picture.names.get((source, "api_key", key), key) if key else None
    fallback = next((value for value in identity.values() if value), "no key (Console playground)")
    last = max(spend.last_bucket for spend in spends)
    return UnattributedLine(
        source=source, identity=identity, name=name or fallback,
        models=tuple(sorted({str(spend.dimensions.get("model") or "unknown model") for spend in spends})),
        today=sum(spend.today for spend in spends), month=sum(spend.month for spend in spends),
        last_usage_at=from_epoch(last),
    )


def _totals(lines: Sequence[WorkloadLine], unattributed: Sequence[UnattributedLine],
            billed: tuple[int, int] | None) -> Totals:
    def total(values: Iterable[int | None], beside: int = 0) -> int | None:
        known = [value for value in values if value is not None]
        return sum(known) + beside if known or beside else None

    def told(name: str, beside: int = 0) -> int | None:
        """Unknown where it is so of a workload of which the month is known."""
        values = [(line.month, getattr(line, name)) for line in lines]
        if any(month is not None and value is None for month, value in values):
            return None
        return total((value for _, value in values), beside)

    return Totals(
        today=total((line.today for line in lines), sum(line.today for line in unattributed)),
        month=total((line.month for line in lines), sum(line.month for line in unattributed)),
        expected_month=total(line.expected_month for line in lines),
        projected_month=told("projected_month", sum(line.month for line in unattributed)),
        rate_per_hour=told("rate_per_hour"),
        billed_month=billed[0] if billed else None, metered_same_days=billed[1] if billed else None,
    )


def _hours(spent: Mapping[int, int], at: datetime) -> tuple[int, ...]:
    start = epoch(at - timedelta(hours=HOURS - 1)) // pace.HOUR * pace.HOUR
    return spread(spent, start, HOURS, pace.HOUR)


def _all_hours(picture: Picture) -> tuple[int, ...]:
    everything = [_hours(spent, picture.at) for spent in picture.hours.values()]
    return tuple(sum(column) for column in zip(*everything, strict=True)) if everything else (0,) * HOURS
