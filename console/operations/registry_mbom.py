"""The MBOM: questions, imports and single changes. Every change is kept, audited, and re-attributes stored usage."""

from __future__ import annotations

import asyncio
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tomlkit
from sqlmodel import Session

from console.charters.problem import Problem, in_order, refuse
from console.charters.reading import NAME
from console.charters.signing import SIGNED
from console.errors import NotPermitted, UsageError
from console.operations import mbom_forms
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.gate import permitted
from console.operations.mbom import file as mbom_file
from console.operations.mbom.export import to_toml
from console.operations.mbom.file import Entry
from console.text import clean
from console.watch.attribution import Attribution, Tie, rules_of, ties
from console.watch.drift_keeping import look_again
from store import audit, usage
from store import registry as store
from store.tables import Workload, WorkloadChange

UNSET = "unset"
"""As a value of `set_field`: take the field away."""


@dataclass(frozen=True, slots=True)
class MbomLine:
    """One entry in short, with the Charter that it is held to."""

    slug: str
    name: str
    team: str | None
    environment: str
    status: str
    business_owner: str | None
    platform_lead: str | None
    tier: str | None
    usage_rules: int
    switches: int
    charter_version: int | None
    """Of the Charter in force; None: no Charter."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MbomEntry:
    """One entry, whole."""

    line: MbomLine
    entry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    at: datetime
    by: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. It was all or nothing."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    warnings: tuple[str, ...]
    """With file and line, as a person reads them."""
    reattributed: int
    """Stored series that belong to another workload than before, or to one at all."""
    ties: tuple[Tie, ...]


async def import_mbom(desk: Desk, actor: Actor, *, text: str, name: str) -> Imported:
    """Add and replace the entries of an MBOM file called `name`, all or none. Raises InputError with every fault.

    Entries that the file does not have stay as they are.
    """
    may_edit(desk, actor)
    name = clean(name, NAME)

    def write() -> Imported:
        with desk.database.read() as tx:
            stored = {row.slug: row.entry for row in store.workloads(tx)}
        read = mbom_forms.read(text, name, desk.config, stored)
        return _import(desk, actor, read.entries, read.problems, name)

    done = await asyncio.to_thread(write)
    await redraw(desk)
    return done


async def mbom(desk: Desk, actor: Actor) -> list[MbomLine]:
    """Every entry, by slug."""

    def read() -> list[MbomLine]:
        with desk.database.read() as tx:
            in_force = {row.workload: row.version for row in store.charters(tx, None) if row.state == SIGNED}
            return [_line(workload, in_force.get(workload.slug)) for workload in store.workloads(tx)]

    return await asyncio.to_thread(read)


async def show_mbom(desk: Desk, actor: Actor, *, slug: str) -> MbomEntry:
    """One entry. Raises UsageError where there is none of this slug."""

    def read() -> MbomEntry:
        with desk.database.read() as tx:
            workload = existing(tx, slug)
            charter = store.charter_in_force(tx, slug)
            return MbomEntry(_line(workload, charter.version if charter else None), dict(workload.entry))

    return await asyncio.to_thread(read)


async def mbom_history(desk: Desk, actor: Actor, *, slug: str) -> list[FieldChange]:
    """Every change of one entry, oldest first."""

    def read() -> list[FieldChange]:
        with desk.database.read() as tx:
            existing(tx, slug)
            return [FieldChange(row.at, row.by, row.field, row.before, row.after) for row in
                    sorted(store.changes(tx, slug), key=lambda row: row.id or 0)]

    return await asyncio.to_thread(read)


async def set_field(desk: Desk, actor: Actor, *, slug: str, field: str, value: str) -> Imported:
    """Change one field (`tier`, `review.what`) of one entry. `value` is TOML, or plain text for a field of text.

    The value `unset` takes the field away. Raises InputError where the entry would not be sound.
    """
    may_edit(desk, actor)
    if field == "slug":
        raise UsageError("A slug never changes: usage, Charters and incidents are kept under it. Import a new entry "
                         f"and retire this one: token-console mbom set {slug} status retired")

    def write() -> Imported:
        with desk.database.read() as tx:
            stored = existing(tx, slug).entry
            entry = _with_field(stored, field, value)
        _not_misspelt(entry, field)
        name = f"{slug} {field}"
        read = mbom_file.read(to_toml([entry]), name, desk.config, {slug: stored})
        unplaced = [Problem(problem.rule, None, problem.message, problem.remedy, problem.severity)
                    for problem in read.problems]
        return _import(desk, actor, read.entries, unplaced, name)

    done = await asyncio.to_thread(write)
    await redraw(desk)
    return done


def existing(tx: Session, slug: str) -> Workload:
    """The MBOM entry of a slug. Raises UsageError, with the nearest slug there is."""
    workload = store.workload(tx, slug)
    if workload is None:
        near = difflib.get_close_matches(slug[:64], [row.slug for row in store.workloads(tx)], 1)
        hint = f"Did you mean {near[0]}?" if near else "`token-console mbom list` shows those it has."
        raise UsageError(f"The MBOM has no workload {slug[:64]!r}. {hint}")
    return workload


async def redraw(desk: Desk) -> None:
    """Let every screen see the change at once, where the engine runs here."""
    if desk.engine is not None:
        await desk.engine.redraw()


def reattribute(tx: Session) -> tuple[int, tuple[Tie, ...]]:
    """Give every stored series to the workload that the MBOM names now: how many moved, and the ties."""
    attribution = Attribution(rules_of(workload.entry for workload in store.workloads(tx)))
    moved: dict[int, str | None] = {}
    rows = []
    for series in usage.all_series(tx):
        dimensions = json.loads(series.dimensions)
        rows.append((series.source, dimensions))
        workload = attribution.workload_of(series.source, dimensions)
        if workload != series.workload and series.id is not None:
            moved[series.id] = workload
    if moved:
        usage.set_workloads(tx, moved)
    return len(moved), tuple(ties(attribution, rows))


def may_edit(desk: Desk, actor: Actor) -> None:
    """Raises NotPermitted, written down, for who may not change the MBOM, and in a console that only looks."""
    permitted(desk, actor, "edit_mbom", "mbom")
    if desk.read_only:
        raise NotPermitted("This console is read-only, so the MBOM stays as it is. Start it without --read-only.")


def _import(desk: Desk, actor: Actor, entries: Sequence[Entry], problems: Sequence[Problem], name: str) -> Imported:
    with desk.database.write() as tx:
        others = [workload.entry for workload in store.workloads(tx)]
        found = [*problems, *mbom_file.contested(entries, others), *mbom_file.worked_with(entries, others)]
        refuse(found, name, rules=True)
        now = desk.clock.now()
        before = {entry["slug"] for entry in others}
        by_slug = {entry.slug: store.put_workload(tx, entry.data, by=actor.user, at=now) for entry in entries}
        added = tuple(slug for slug in by_slug if slug not in before)
        changed = tuple(slug for slug, changes in by_slug.items() if changes and slug in before)
        for slug in (*added, *changed):
            audit.append(tx, at=now, actor=actor.user, action="mbom.added" if slug in added else "mbom.changed",
                         object=slug, detail=_detail(name, by_slug[slug]))
        moved, tied = reattribute(tx)
        if moved:
            audit.append(tx, at=now, actor=actor.user, action="usage.reattributed", object="mbom",
                         detail={"series": moved})
        look_again(tx, desk.config, (*added, *changed), now)
    warnings = in_order([problem for problem in found if not problem.is_error])
    return Imported(added, changed, len(by_slug) - len(added) - len(changed),
                    tuple(problem.text(name) for problem in warnings), moved, tied)


def _detail(name: str, changes: Sequence[WorkloadChange]) -> dict[str, object]:
    return {"file": name, "fields": {change.field: {"before": json.dumps(change.before),
                                                          "after": json.dumps(change.after)} for change in changes}}


def _with_field(entry: Mapping[str, Any], field: str, value: str) -> dict[str, Any]:
    """A copy of the entry with one field changed; a dot goes into a table."""
    changed: dict[str, Any] = json.loads(json.dumps(entry))
    *tables, last = field.split(".")
    inner = changed
    for key in tables:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            raise UsageError(f"{key} of {entry['slug']} is not a table, so {field} cannot be set.")
    if value == UNSET:
        inner.pop(last, None)
    else:
        inner[last] = value if field in mbom_file.AS_TEXT else _value(value)
    return changed


def _not_misspelt(entry: Mapping[str, Any], field: str) -> None:
    """A field that resembles a known one is refused; any other is the organisation's own, and kept."""
    key = field.split(".")[0][:64]
    near = [] if key in mbom_file.FIELDS else difflib.get_close_matches(key, mbom_file.FIELDS, 1)
    if near and key in entry:
        raise UsageError(f"{key!r} is not a field of an MBOM entry. Did you mean {near[0]}?")


def _value(text: str) -> Any:
    """`4`, `true`, `["a"]` as TOML; anything else is the text itself."""
    try:
        return tomlkit.value(text).unwrap()
    except (ValueError, tomlkit.exceptions.ParseError):
        return text


def _line(workload: Workload, charter_version: int | None) -> MbomLine:
    return MbomLine(
        slug=workload.slug, name=workload.name, team=workload.team, environment=workload.environment,
        status=workload.status, business_owner=workload.business_owner, platform_lead=workload.platform_lead,
        tier=workload.tier, usage_rules=len(workload.entry.get("usage", ())),
        switches=len(workload.entry.get("switches", ())),
        charter_version=charter_version, updated_at=workload.updated_at,
    )
