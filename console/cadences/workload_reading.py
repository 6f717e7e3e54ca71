"""Read one workload, whole, from the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from console.cadences import announcements, pace
from console.cadences.daily import WorkloadLine
from console.cadences.drill import DrillLine
from console.cadences.orchestration_reading import read_orchestration
from console.cadences.profile import spread
from console.cadences.prompt_reading import read_lines
from console.cadences.reading import Reader
from console.cadences.workload import (
    ChangeLine,
    CharterBrief,
    FindingBrief,
    IntentLine,
    ModelLine,
    PushedLine,
    SwitchLine,
    WorkloadView,
)
from console.charters import signing
from console.charters.document import CharterDocument, from_canonical
from console.charters.terms import terms_of
from console.clock import day_start, epoch, from_epoch, month_bounds
from store import drills, exceptions, incidents, pushed, registry, streams, windows
from store.tables import Charter, ProviderName, Workload

HOURS, DAYS = 48, 35
CLASSES = ("uncached input", "cache write", "cache read", "output")
RECENT_S, THREE = 8 * 3600, 3 * pace.MINUTE
LATELY = timedelta(days=7)
"""The time that the Orchestration Multiplier is of."""
DRILLS = 10
KEPT = 50
"""Newest intents and changes that are shown."""


def read_workload(tx: Session, reader: Reader, slug: str, at: datetime) -> WorkloadView | None:
    """The view at `at`; None where the MBOM has no such entry."""
    entry = registry.workload(tx, slug)
    daily = reader.daily(tx, at)
    line = next((one for one in daily.workloads if one.slug == slug), None)
    if entry is None or line is None:
        return None
    hours_from = epoch(at) // pace.HOUR * pace.HOUR - (HOURS - 1) * pace.HOUR
    days_from = epoch(day_start(at)) - (DAYS - 1) * pace.DAY
    hours = windows.token_hours(tx, slug, hours_from, epoch(at) + pace.HOUR)
    days = windows.daily_spend(tx, days_from, epoch(at) + pace.DAY, slug).get(slug, {})
    charter = _newest(registry.charters(tx, slug))
    until = line.data_until or at
    recent_from = epoch(until) // pace.MINUTE * pace.MINUTE - RECENT_S
    return WorkloadView(
        line=line, at=at, charter=_brief(tx, charter) if charter else None,
        no_charter_reason=_no_charter_reason(tx, charter),
        hours_from=from_epoch(hours_from),
        tokens_by_hour={name: spread({hour: tokens[index] for hour, tokens in hours.items()}, hours_from, HOURS,
                                     pace.HOUR) for index, name in enumerate(CLASSES)},
        spend_by_hour=spread({hour: tokens[4] for hour, tokens in hours.items()}, hours_from, HOURS, pace.HOUR),
        recent_from=from_epoch(recent_from), recent_spend=_recent(tx, slug, recent_from),
        recent_plan=_plan(line, reader, until, recent_from),
        days_from=from_epoch(days_from), spend_by_day=spread(days, days_from, DAYS, pace.DAY),
        models=_models(tx, slug, at), switches=_switches(tx, entry),
        usage_rules=tuple(", ".join(f"{key} = {value}" for key, value in rule.items())
                          for rule in entry.entry.get("usage", [])),
        alerts=tuple(one for one in daily.alerts if one.workload == slug),
        intents=tuple(
            IntentLine(one.id, one.verb, one.origin, one.state, one.requested_at, one.requested_by, one.reason)
            for one in incidents.intents(tx, slug, KEPT) if one.verb != "drill"),
        history=tuple(ChangeLine(one.at, one.by, f"{one.field}: {_said(one.before)} → {_said(one.after)}")
                      for one in registry.changes(tx, slug)[:KEPT]),
        planned=tuple(one.says for one in announcements.announced(tx, at) if one.change.workload == slug),
        drills=tuple(DrillLine(each.workload, each.at, each.drilled_by, each.sort, each.target, each.requested_s,
                               each.confirmed_s, each.outcome, each.detail, each.intent)
                     for each in drills.of_workload(tx, slug, DRILLS)),
        drill_every_s=_drill_every_s(charter), prompts=read_lines(tx, slug, entry.entry),
        pushed=_pushed(tx, slug, at), findings=_findings(tx, slug),
        multiplier=next(iter(read_orchestration(tx, at - LATELY, at, slug).workloads), None),
    )


def _findings(tx: Session, slug: str) -> tuple[FindingBrief, ...]:
    rows = exceptions.standing(tx, "finding", slug)
    decided = exceptions.decisions(tx, (row.decision for row in rows if row.decision is not None))
    return tuple(sorted((FindingBrief(
        row.kind.partition(": ")[2], row.summary, row.stake_microusd, row.opened_at,
        decided[row.decision].verdict if row.decision is not None else None) for row in rows),
        key=lambda each: -(each.stake or 0)))


def _pushed(tx: Session, slug: str, at: datetime) -> PushedLine | None:
    beside = pushed.beside_polled(tx, slug, epoch(at) - pace.DAY, epoch(at))
    return None if beside is None else PushedLine(*beside)


def _drill_every_s(charter: Charter | None) -> float | None:
    if charter is None or charter.state != "signed":
        return None
    return terms_of(from_canonical(charter.document)).drill_every_s


def _recent(tx: Session, slug: str, start: int) -> tuple[int, ...]:
    """Micro-dollars by three minutes from `start` on."""
    minutes = windows.minute_spend(tx, slug, start, start + RECENT_S)
    return tuple(sum(minutes.get(minute, 0) for minute in range(begin, begin + THREE, pace.MINUTE))
                 for begin in range(start, start + RECENT_S, THREE))


def _plan(line: WorkloadLine, reader: Reader, until: datetime, start: int) -> tuple[int, ...]:
    """What its working week gives each of the same three minutes."""
    if line.expected_month is None:
        return ()
    month_start, month_end = map(epoch, month_bounds(until))
    profile = reader.profiles.of(line.slug)
    return tuple(round(line.expected_month * profile.share(begin, begin + THREE, month_start, month_end))
                 for begin in range(start, start + RECENT_S, THREE))


def _newest(charters: list[Charter]) -> Charter | None:
    """The one in force, else the newest that somebody is still working on."""
    in_force = [charter for charter in charters if charter.state == "signed"]
    return max(in_force or charters, key=lambda charter: charter.version, default=None)


def _brief(tx: Session, charter: Charter) -> CharterBrief:
    document = from_canonical(charter.document)
    terms = terms_of(document)
    valid = registry.signatures(tx, charter.workload, charter.version)
    signed = {one.role for one in valid}
    return CharterBrief(
        version=charter.version, state=charter.state, content_hash=charter.content_hash,
        purpose=document.purpose.purpose, expected=terms.expected, stretch_multiple=terms.stretch_multiple,
        runaway_multiple=terms.runaway_multiple, kill_threshold=terms.kill_threshold, automatic=terms.automatic,
        criteria=tuple(_criterion(document, index) for index in range(len(document.kill_criteria))),
        review=f"{document.review.who}: {document.review.what}, {document.review.when}, {document.review.authority}",
        models=document.tram.models,
        signatures=tuple((one.role, one.signed_by, one.signed_at) for one in valid),
        missing_roles=tuple(role for role in signing.required_roles(document.charter.domain) if role not in signed),
    )


def _criterion(document: CharterDocument, index: int) -> str:
    criterion = document.kill_criteria[index]
    how = "automatically" if criterion.automatic else "a person decides"
    return f"{criterion.kind}: {criterion.line} → {criterion.action}, {how}"


def _no_charter_reason(tx: Session, charter: Charter | None) -> str:
    if charter is None:
        return "no Charter was imported"
    if charter.state == "signed":
        return ""
    void = [one for one in registry.signatures(tx, charter.workload, charter.version, valid_only=False) if one.void_at]
    if void:
        return f"version {charter.version} was changed after it was signed, so its signatures are void"
    return f"version {charter.version} is {charter.state} and not yet signed by all"


def _models(tx: Session, slug: str, at: datetime) -> tuple[ModelLine, ...]:
    start, _ = month_bounds(at)
    spends = windows.model_month(tx, slug, epoch(start), epoch(at + timedelta(days=1)))
    lines = [ModelLine(one.model or "no model", one.uncached_input, one.cache_write, one.cache_read, one.output,
                       one.cost, one.estimated > 0) for one in spends]
    return tuple(sorted(lines, key=lambda line: -line.month))


def _switches(tx: Session, entry: Workload) -> tuple[SwitchLine, ...]:
    names, seen = streams.names(tx, None), incidents.last_states(tx, entry.slug)
    lines = []
    for switch in entry.entry.get("switches", []):
        source, target = switch.get("source"), str(switch.get("target", ""))
        named = names.get((str(source), "api_key", target))
        lines.append(SwitchLine(
            kind=str(switch.get("kind", "")), target=target, target_name=named.name if named else target, source=source,
            last_state=_last_state(named, seen.get(target)), shared_with=_sharing(tx, entry.slug, target),
            stage=switch.get("stage", 1)))
    return tuple(lines)


def _last_state(named: ProviderName | None, seen: tuple[str, datetime] | None) -> str | None:
    """The newer of what the provider listed and what a kill or resume read back."""
    if seen is not None and (named is None or seen[1] >= named.seen_at):
        return seen[0]
    return named.status if named else None


def _sharing(tx: Session, slug: str, target: str) -> tuple[str, ...]:
    """Other live workloads that name the same target in a switch or a usage rule."""

    def names(rows: list[Mapping[str, object]]) -> bool:
        return any(target in row.values() for row in rows)

    return tuple(other.slug for other in registry.workloads(tx) if other.slug != slug and other.status != "retired"
                 and (names(other.entry.get("switches", [])) or names(other.entry.get("usage", []))))


def _said(value: object) -> str:
    return "nothing" if value in (None, "", [], {}) else str(value)

