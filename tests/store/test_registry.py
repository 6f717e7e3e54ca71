"""The MBOM and the Charters as rows, with their history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import registry
from store.database import Database
from store.tables import Charter, CharterSignature
from tests.support.database import fresh_database

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
ENTRY: dict[str, Any] = {"slug": "claims", "name": "Claims triage", "team": "Claims", "models": ["m1"]}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def charter(version: int, state: str = "draft") -> Charter:
    return Charter(workload="claims", version=version, state=state, content_hash=f"hash-{version}", text="",
                   document={}, imported_at=AT, imported_by="maria")


def test_each_changed_field_is_kept_with_who_when_and_what_it_was(database: Database) -> None:
    with database.write() as tx:
        registry.put_workload(tx, ENTRY, by="maria", at=AT)
    later = {**ENTRY, "models": ["m1", "m2"], "tier": "workhorse"}
    del later["team"]
    with database.write() as tx:
        changed = registry.put_workload(tx, later, by="paul", at=AT + timedelta(days=1))
        assert [(row.field, row.before, row.after) for row in changed] == [
            ("models", ["m1"], ["m1", "m2"]), ("team", "Claims", None), ("tier", None, "workhorse")]
        kept = registry.workload(tx, "claims")
        assert kept is not None
        assert (kept.entry, kept.team, kept.tier, kept.environment) == (later, None, "workhorse", "production")
    with database.read() as tx:
        assert [row.by for row in registry.changes(tx, "claims")] == ["paul"] * 3 + ["maria"] * 4


def test_the_same_entry_again_is_no_change(database: Database) -> None:
    with database.write() as tx:
        assert len(registry.put_workload(tx, ENTRY, by="maria", at=AT)) == len(ENTRY)
        assert registry.put_workload(tx, dict(ENTRY), by="maria", at=AT) == []


def test_workloads_come_by_slug(database: Database) -> None:
    with database.write() as tx:
        for slug in ("zebra", "alpha"):
            registry.put_workload(tx, {"slug": slug}, by="maria", at=AT)
        assert [row.slug for row in registry.workloads(tx)] == ["alpha", "zebra"]
        assert registry.workload(tx, "missing") is None


def test_the_charter_in_force_is_the_newest_signed_one(database: Database) -> None:
    with database.write() as tx:
        assert registry.charter_in_force(tx, "claims") is None
        for version, state in ((1, "superseded"), (2, "signed"), (3, "draft"), (10, "draft")):
            registry.put_charter(tx, charter(version, state))
        in_force = registry.charter_in_force(tx, "claims")
        assert in_force is not None
        assert in_force.version == 2
        assert [row.version for row in registry.charters(tx, None)] == [1, 2, 3, 10]
        registry.put_charter(tx, charter(3, "signed"))
        assert [row.state for row in registry.charters(tx, "claims")] == ["superseded", "signed", "signed", "draft"]


def test_signatures_are_voided_and_never_forgotten(database: Database) -> None:
    with database.write() as tx:
        registry.put_charter(tx, charter(1))
        for role in ("business_owner", "platform_lead"):
            registry.add_signature(tx, CharterSignature(workload="claims", version=1, content_hash="hash-1", role=role,
                                                        signed_by="maria", signed_at=AT))
    with database.write() as tx:
        assert registry.void_signatures(tx, "claims", 1, AT) == 2
        assert registry.void_signatures(tx, "claims", 1, AT) == 0
    with database.read() as tx:
        assert registry.signatures(tx, "claims", 1) == []
        kept = registry.signatures(tx, "claims", 1, valid_only=False)
        assert [(row.role, row.void_at) for row in kept] == [("business_owner", AT), ("platform_lead", AT)]
