"""Orphaned Workload: spend that nobody answers for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.antipatterns.finding import Finding, NotEnough
from console.antipatterns.orphaned_workload import look
from console.charters.in_force import InForce
from console.charters.parsing import parse
from tests.console.antipatterns.seen import END, ENTRY, START, bucket, telemetry
from tests.support.charters import edited

SIGNED = InForce.of(parse(edited(), "claims-triage"))
WEEK = tuple(bucket(START + timedelta(days=day), cost=7_000_000) for day in range(7))
"""Seven dollars a day."""
OWNED: dict[str, Any] = {
    "charter": SIGNED, "entry": {**ENTRY, "status": "live"}, "known_since": END - timedelta(days=400),
    "reviewed_at": END - timedelta(days=100), "status_since": END - timedelta(days=400)}


def found(**changes: Any) -> tuple[Finding, ...]:
    verdict = look(telemetry(WEEK, **{**OWNED, **changes}))
    assert isinstance(verdict, tuple)
    return verdict


def test_what_has_an_owner_a_charter_and_a_review_is_none() -> None:
    assert found() == ()


@pytest.mark.parametrize(("changes", "lack"), [
    ({"entry": {"slug": "x"}}, "no owner"),
    ({"entry": {"slug": "x", "business_owner": "anyone"}}, "the owner 'anyone', who is nobody"),
    ({"owner_left": "olga"}, "an owner who left: olga signed and holds the role no longer"),
    ({"charter": None}, "no signed Charter that states its purpose"),
    ({"reviewed_at": END - timedelta(days=130)}, "no review since 2026-07-19"),
], ids=["no owner", "anyone", "left", "no purpose", "review long ago"])
def test_each_lack_is_told_with_what_the_workload_spends_in_a_month(changes: dict[str, Any], lack: str) -> None:
    (finding,) = found(**changes)
    assert finding.summary == f"49.00 USD were spent with {lack}"
    assert finding.stake is not None
    assert (finding.stake.low, finding.stake.likely, finding.excess) == (0, 210_000_000, None)


def test_a_review_that_only_the_mbom_tells_of_counts() -> None:
    entry = {**OWNED["entry"], "last_review": "2026-10-01"}
    assert found(entry=entry, reviewed_at=END - timedelta(days=200)) == ()


@pytest.mark.parametrize("status", ["planned", "paused"])
def test_spend_after_the_day_of_a_pause_is_all_in_excess(status: str) -> None:
    entry = {**OWNED["entry"], "status": status}
    (finding,) = found(entry=entry, status_since=START + timedelta(days=3, hours=5))
    assert finding.excess == 3 * 7_000_000, "the day of the pause is not counted"
    assert finding.summary == f"49.00 USD were spent with its status at {status}"
    assert found(entry=entry, status_since=START + timedelta(days=6, hours=5)) == ()
    assert found(entry=entry, status_since=None) == (), "nobody knows when"


def test_a_workload_of_the_last_days_may_still_find_its_owner() -> None:
    assert found(entry={"slug": "x"}, charter=None, known_since=END - timedelta(days=6)) == ()
    assert found(entry={"slug": "x"}, charter=None, known_since=None) != ()


def test_a_trifle_is_none_and_a_workload_without_usage_is_not_judged() -> None:
    assert look(telemetry([bucket(START, cost=2_000_000)], entry={"slug": "x"})) == ()
    assert isinstance(look(telemetry(entry={"slug": "x"})), NotEnough)
