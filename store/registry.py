"""The MBOM and the Charters, with every change and every signature kept."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from store.tables import Charter, CharterSignature, Workload, WorkloadChange


def workloads(tx: Session) -> list[Workload]:
    """Every MBOM entry, by slug."""
    return list(tx.exec(select(Workload).order_by(col(Workload.slug))))


def names_and_owners(tx: Session) -> dict[str, tuple[str, str | None]]:
    """Name and business owner of every entry, by slug."""
    cursor = tx.connection().connection.cursor()
    try:
        return {slug: (name, owner) for slug, name, owner in cursor.execute(
            "SELECT slug, name, business_owner FROM workload")}
    finally:
        cursor.close()


class Watched(NamedTuple):
    """What judging and the Daily need of an entry: of very many, whole ones would take most of the memory."""

    slug: str
    name: str
    team: str | None
    status: str
    business_owner: str | None
    switched: bool
    """Whether the entry names a switch."""
    sources: frozenset[str]
    """The sources that its usage rules name; none means any."""
    has_test_target: bool = False
    """Whether its breaker can be drilled on a target made for that."""


def watched(tx: Session) -> Iterator[Watched]:
    """Every entry that is not retired, by slug."""
    shared: dict[frozenset[str], frozenset[str]] = {}
    cursor = tx.connection().connection.cursor()
    try:
        for slug, name, team, status, owner, stored in cursor.execute(
                "SELECT slug, name, team, status, business_owner, entry FROM workload WHERE status <> 'retired' "
                "ORDER BY slug"):
            entry = json.loads(stored)
            named = frozenset(str(rule["source"]) for rule in entry.get("usage", []) if "source" in rule)
            yield Watched(slug, slug if name == slug else name, team, sys.intern(status), owner,
                          bool(entry.get("switches")), shared.setdefault(named, named), bool(entry.get("drill")))
    finally:
        cursor.close()


def with_test_target(tx: Session) -> frozenset[str]:
    """The workloads whose breaker can be drilled on a target made for that."""
    cursor = tx.connection().connection.cursor()
    try:
        return frozenset(slug for slug, in cursor.execute(
            "SELECT slug FROM workload WHERE json_extract(entry, '$.drill') IS NOT NULL"))
    finally:
        cursor.close()


def live_entries(tx: Session, slugs: Set[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(slug, status, entry) of those that are not retired, by slug, one after the other."""
    cursor = tx.connection().connection.cursor()
    try:
        for slug, status, entry in cursor.execute(
                "SELECT slug, status, entry FROM workload WHERE status <> 'retired' "
                "AND slug IN (SELECT value FROM json_each(?)) ORDER BY slug", (json.dumps(list(slugs)),)):
            yield slug, status, json.loads(entry)
    finally:
        cursor.close()


class Entry(NamedTuple):
    """What a list of workloads says of one."""

    slug: str
    name: str
    status: str
    business_owner: str | None
    platform_lead: str | None
    sources: frozenset[str] | None
    """Sources that its usage rules name, none where they match in any; None: it has no rule."""


def entries_in_short(tx: Session) -> Iterator[Entry]:
    """Every MBOM entry, by slug, without reading it whole."""
    cursor = tx.connection().connection.cursor()
    try:
        for slug, name, status, owner, lead, usage in cursor.execute(
                "SELECT slug, name, status, business_owner, platform_lead, json_extract(entry, '$.usage') "
                "FROM workload ORDER BY slug"):
            yield Entry(slug, name, status, owner, lead, _sources(usage))
    finally:
        cursor.close()


@functools.lru_cache(maxsize=20_000)
def _sources(usage: str | None) -> frozenset[str] | None:
    rules = json.loads(usage or "[]")
    return frozenset(str(rule["source"]) for rule in rules if "source" in rule) if rules else None


def entries_stated(tx: Session) -> int:
    """A number that differs, for this process, where any MBOM entry was changed."""
    cursor, stated = tx.connection().connection.cursor(), 0
    try:
        for row in cursor.execute("SELECT slug, status, updated_at, entry FROM workload ORDER BY slug"):
            stated = hash((stated, row))
        return stated
    finally:
        cursor.close()


def signed_charters(tx: Session) -> Iterator[tuple[str, str, str]]:
    """(workload, content hash, document as it is stored) of every Charter that is signed, the oldest version first."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            "SELECT workload, content_hash, document FROM charter WHERE state = 'signed' ORDER BY workload, version")
    finally:
        cursor.close()


def signed_hashes(tx: Session) -> dict[str, str]:
    """Content hash of the Charter in force of each workload that has one."""
    cursor = tx.connection().connection.cursor()
    try:
        return dict(cursor.execute(
            "SELECT workload, content_hash FROM charter WHERE state = 'signed' ORDER BY workload, version"))
    finally:
        cursor.close()


def workload(tx: Session, slug: str) -> Workload | None:
    """One MBOM entry."""
    return tx.get(Workload, slug)


def put_workload(tx: Session, entry: Mapping[str, Any], *, by: str, at: datetime) -> list[WorkloadChange]:
    """Add an entry, or replace it by `entry` (a `[[workload]]` table); a change is kept for each field that differs."""
    slug = str(entry["slug"])
    row = tx.get(Workload, slug)
    before: Mapping[str, Any] = row.entry if row is not None else {}
    changes = [WorkloadChange(slug=slug, at=at, by=by, field=name, before=before.get(name), after=entry.get(name))
               for name in sorted({*before, *entry}) if before.get(name) != entry.get(name)]
    if not changes:
        return []
    kept = row or Workload(slug=slug, name=slug, entry={}, updated_at=at)
    kept.entry, kept.updated_at = dict(entry), at
    for name in ("team", "business_owner", "platform_lead", "tier"):
        setattr(kept, name, entry.get(name))
    kept.name = str(entry.get("name", slug))
    kept.environment = str(entry.get("environment", "production"))
    kept.status = str(entry.get("status", "live"))
    tx.add(kept)
    tx.add_all(changes)
    tx.flush()
    return changes


def changes(tx: Session, slug: str) -> list[WorkloadChange]:
    """Every change of an entry, newest first."""
    return list(tx.exec(select(WorkloadChange).where(WorkloadChange.slug == slug)
                        .order_by(col(WorkloadChange.id).desc())))


def charters(tx: Session, slug: str | None) -> list[Charter]:
    """Every version of a workload's Charter, or of all workloads, oldest version first."""
    query = select(Charter).order_by(col(Charter.workload), col(Charter.version))
    return list(tx.exec(query if slug is None else query.where(Charter.workload == slug)))


def charter_in_force(tx: Session, slug: str) -> Charter | None:
    """The signed version; None where there is none."""
    signed = [charter for charter in charters(tx, slug) if charter.state == "signed"]
    return signed[-1] if signed else None


def put_charter(tx: Session, charter: Charter) -> Charter:
    """Add a version, or store what became of one."""
    kept = tx.merge(charter)
    tx.flush()
    return kept


def signatures(tx: Session, slug: str, version: int, *, valid_only: bool = True) -> list[CharterSignature]:
    """Signatures on a version, oldest first."""
    query = select(CharterSignature).where(CharterSignature.workload == slug, CharterSignature.version == version)
    if valid_only:
        query = query.where(col(CharterSignature.void_at).is_(None))
    return list(tx.exec(query.order_by(col(CharterSignature.id))))


def signed_as(tx: Session, role: str) -> dict[tuple[str, int], str]:
    """Who signed each version in one role, by workload and version, where the signature holds."""
    return {(workload, version): by for workload, version, by in tx.exec(
        select(CharterSignature.workload, CharterSignature.version, CharterSignature.signed_by).where(
            CharterSignature.role == role, col(CharterSignature.void_at).is_(None)))}


def add_signature(tx: Session, signature: CharterSignature) -> CharterSignature:
    """Store a signature and give it its number."""
    tx.add(signature)
    tx.flush()
    return signature


def void_signatures(tx: Session, slug: str, version: int, at: datetime) -> int:
    """The content changed under them: none of a version's signatures holds any more. Returns how many did."""
    valid = signatures(tx, slug, version)
    for signature in valid:
        signature.void_at = at
        tx.add(signature)
    return len(valid)


def stated_cells(tx: Session) -> Iterator[tuple[str, str, str | None, str, str | None]]:
    """(slug, name, business owner, status, TRAM cell as JSON) of every entry that is not retired, by slug. The cell is
    None where the entry states none, or in words of its own."""
    cursor = tx.connection().connection.cursor()
    try:
        yield from cursor.execute(
            "SELECT slug, name, business_owner, status, "
            "CASE json_type(entry, '$.tram') WHEN 'object' THEN json_extract(entry, '$.tram') END "
            "FROM workload WHERE status <> 'retired' ORDER BY slug")
    finally:
        cursor.close()


def chosen_cells(tx: Session) -> dict[str, tuple[int, dict[str, Any] | None]]:
    """Version and `[tram]` of every Charter in force, by workload."""
    cursor = tx.connection().connection.cursor()
    try:
        rows = cursor.execute("SELECT workload, version, json_extract(document, '$.tram') FROM charter "
                              "WHERE state = 'signed' ORDER BY workload, version")
        return {workload: (version, json.loads(tram) if tram else None) for workload, version, tram in rows}
    finally:
        cursor.close()
