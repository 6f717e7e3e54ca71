"""Orphaned Workload: spend that nobody answers for."""

from __future__ import annotations

from console.antipatterns.finding import NotEnough
from console.antipatterns.orphaned_workload import DETECTOR
from tests.console.antipatterns.seen import START, bucket, telemetry


def test_spend_without_an_owner_is_found_with_what_it_comes_to_in_a_month() -> None:
    verdict = DETECTOR.look(telemetry([bucket(START, cost=7_000_000)], entry={"slug": "x"}))
    assert not isinstance(verdict, NotEnough)
    (found,) = verdict
    assert found.stake is not None
    assert found.stake.likely == 30_000_000
    assert "no owner" in found.summary


def test_a_workload_without_usage_is_not_judged() -> None:
    assert isinstance(DETECTOR.look(telemetry(entry={"slug": "x"})), NotEnough)
