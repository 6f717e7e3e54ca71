"""A prompt cache that no longer hits is found in recorded traffic for what it cost, and a healthy one is left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.antipatterns.cached_timestamp import NAME
from console.antipatterns.finding import Finding
from console.operations.findings_in_files import Files, findings
from tests.detection.incidents import incidents
from tests.support.recorded_data import recorded


def found(path: Path) -> list[Finding]:
    whole = findings(Files(path, price_as="claude-sonnet-4-5"), "recorded")
    return [line.finding for line in whole.lines if line.finding.detector == NAME]


@pytest.mark.parametrize("name", ["cache_cliff.s101", "runaway_night.s102"])
def test_what_is_labelled_is_found_within_a_fifth_of_what_it_cost(name: str) -> None:
    path = recorded(f"scenarios/{name}.csv.gz")
    (label,) = [each for each in incidents(path.parents[1]) if each.name == name]
    (finding,) = found(path)
    cost = label.burned(finding.end + timedelta(days=1))
    assert finding.workload == label.target
    assert finding.excess is not None
    assert abs(finding.excess / 1e6 - cost) <= 0.2 * cost


def test_call_records_alone_tell_it_too() -> None:
    whole = findings(Files(calls=(recorded("scenarios/runaway_night.s101.calls.jsonl.gz"),)), "recorded")
    (finding,) = [line.finding for line in whole.lines if line.finding.detector == NAME]
    assert finding.excess is not None
    assert finding.excess / 1e6 == pytest.approx(256_331_086 * 3.45 / 1e6, rel=0.01), "written, and never read"


@pytest.mark.parametrize("name", [
    "scenarios/new_tenant.s101.csv.gz", "scenarios/eternal_conversation.s101.csv.gz",
    "mooncake_conversation_minute.csv.gz", "coding_sessions_minute.csv.gz"])
def test_a_healthy_cache_is_left_alone(name: str) -> None:
    assert found(recorded(name)) == []


@pytest.mark.parametrize("name", ["coding_sessions_calls.jsonl.gz", "bench_loops_calls.jsonl.gz",
                                  "scenarios/tool_loop.s101.calls.jsonl.gz"])
def test_calls_with_a_healthy_cache_are_left_alone(name: str) -> None:
    whole = findings(Files(calls=(recorded(name),), price_as="claude-sonnet-4-5"), "recorded")
    assert [line for line in whole.lines if line.finding.detector == NAME] == []
