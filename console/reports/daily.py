"""The Daily as a document: what burns now, what alerts, and every workload."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.cadences.daily import AlertLine, Daily, UnattributedLine, WorkloadLine
from console.reports.document import (
    Block,
    Chart,
    Column,
    Document,
    Figure,
    Figures,
    Items,
    Paragraph,
    Section,
    Series,
    Table,
)
from console.wording import counted, named

_WORKLOADS = (
    Column("Workload", key="workload", width=2), Column("Owner", key="owner", width=1.5), Column("State", key="state"),
    Column("Burn", "burn", "burn_ratio"), Column("Today USD", "money", "today_usd"),
    Column("Month USD", "money", "month_usd"), Column("Expected USD", "money", "expected_month_usd"),
    Column("Projected USD", "money", "projected_month_usd"), Column("Kill at USD", "money", "kill_threshold_usd"),
    Column("Breaker", key="breaker"), Column("Alerts", "number", "alerts"),
)
_MORE = (Column("Name", key="name"), Column("Team", key="team"), Column("Estimated", key="estimated"),
         Column("Stale", key="stale"), Column("Last usage", "time", "last_usage_at"))
_ALERTS = (Column("Alert"), Column("Severity"), Column("Workload", width=1.5), Column("What", width=1.2),
           Column("State"), Column("Since", "time"), Column("It says", width=5))
_UNCLAIMED = (Column("Source"), Column("What", width=2), Column("Models", width=2), Column("Today USD", "money"),
              Column("Month USD", "money"))
_SOURCES = (Column("Source"), Column("State"), Column("Data until", "time"), Column("It says", width=3))


def document_of(value: Daily) -> Document:
    """What the Daily says, as a report."""
    until = [source.data_until for source in value.sources if source.data_until is not None]
    local = value.at.astimezone(ZoneInfo(value.time_zone))
    lines = sorted(value.workloads, key=_urgency)
    return Document(
        cadence="daily", period=f"{local:%Y-%m-%d}", title=f"Daily report · {local:%d %B %Y}",
        organisation=value.organisation, covers="What is burning now, how fast, and who owns it",
        at=value.at, time_zone=value.time_zone, simulated=value.simulated,
        partial="The day and the month are counted up to this instant.",
        data_until=min(until, default=None) if len(until) == len(value.sources) else None,
        sections=(
            Section("Now", (Paragraph(_lead(value), "lead"), *_warnings(value), _totals(value), *_hours(value))),
            Section("Alerts", (Table(_ALERTS, tuple(map(_alert, value.alerts)), "No alert is open."),)),
            Section("Spent by nobody that the MBOM knows", (Table(
                _UNCLAIMED, tuple(map(_unclaimed, value.unattributed)), "All usage belongs to a workload."),)),
            Section("Sources", (Table(_SOURCES, tuple(
                (line.name, line.state, line.data_until, line.message) for line in value.sources),
                "No source is configured."),)),
            Section("Workloads", (*_estimates(value), Table(
                _WORKLOADS, tuple(map(_workload, lines)), "The MBOM has no workload yet.")), wide=True),
        ),
        lines=Table((*_WORKLOADS, *_MORE), tuple((*_workload(line), *_more(line)) for line in lines)),
    )


def _lead(value: Daily) -> str:
    firing = [alert for alert in value.alerts if alert.state in ("firing", "no-data")]
    stopped = [line.slug for line in value.workloads if line.breaker in ("tripped", "held")]
    hot = [line.slug for line in value.workloads if line.state == "runaway"]
    parts = [f"{counted(len(value.workloads), 'workload')}; {counted(len(firing), 'alert')} firing."]
    if hot:
        parts.append(f"Runaway: {named(hot)}.")
    if stopped:
        parts.append(f"Turned off: {named(stopped)}.")
    return " ".join(parts)


def _warnings(value: Daily) -> tuple[Block, ...]:
    said = (*value.alarms, *value.notices)
    return (Items(said),) if said else ()


def _totals(value: Daily) -> Figures:
    total = value.totals
    unclaimed = sum(line.month for line in value.unattributed)
    return Figures((
        Figure("Spent today", "money", total.today), Figure("Spent this month", "money", total.month),
        Figure("Expected month", "money", total.expected_month, "of the Charters in force"),
        Figure("Projected month", "money", total.projected_month),
        Figure("Rate", "money", total.rate_per_hour, "an hour"),
        Figure("Unattributed this month", "money", unclaimed),
    ))


def _hours(value: Daily) -> tuple[Block, ...]:
    if not any(value.hours):
        return ()
    newest = value.at.astimezone(ZoneInfo(value.time_zone)).replace(minute=0)
    starts = [newest - timedelta(hours=back) for back in reversed(range(len(value.hours)))]
    return (Chart("Spend by hour, the last 24", tuple(map(_hour, starts)), (Series("Spent", value.hours),),
                  upright=True),)


def _hour(start: datetime) -> str:
    return f"{start:%H:%M}"


def _estimates(value: Daily) -> tuple[Block, ...]:
    estimated = [line.slug for line in value.workloads if line.estimated]
    stale = [line.slug for line in value.workloads if line.stale]
    texts = []
    if estimated:
        texts.append(f"Some of the money is priced by an estimate: {named(estimated)}.")
    if stale:
        texts.append(f"The data are old: {named(stale)}.")
    return (Paragraph(" ".join(texts), "note"),) if texts else ()


def _workload(line: WorkloadLine) -> tuple[str | int | float | None, ...]:
    none = "no Charter" if line.expected_month is None else None
    return (line.slug, line.owner or "nobody", line.state, line.burn_ratio if none is None else none, line.today,
            line.month, line.expected_month if none is None else none, line.projected_month,
            "none" if line.kill_threshold is None else line.kill_threshold, line.breaker, line.alerts)


def _more(line: WorkloadLine) -> tuple[str | datetime | None, ...]:
    return (line.name, line.team or "", "yes" if line.estimated else "no", "yes" if line.stale else "no",
            line.last_usage_at)


def _urgency(line: WorkloadLine) -> tuple[bool, bool, int, str]:
    """What is turned off first, then what alerts, then by what was spent."""
    return line.breaker not in ("tripped", "held"), not line.alerts, -(line.month or 0), line.slug


def _unclaimed(line: UnattributedLine) -> tuple[str | int, ...]:
    return line.source, line.name, ", ".join(line.models), line.today, line.month


def _alert(line: AlertLine) -> tuple[str | datetime, ...]:
    words = f"{line.summary} {line.advice}".strip()
    return (str(line.id), line.severity, line.workload, line.kind, line.state, line.since, words)
