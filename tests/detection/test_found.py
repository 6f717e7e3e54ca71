"""Waste that is labelled in recorded calls is found for what it cost, and nothing is found where all is healthy: a part
of `make detect` in every test run."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from console.antipatterns.ungoverned_tool import DETECTOR
from console.cadences.call_track import Call
from console.cadences.findings.call_days import of_recorded
from tests.console.antipatterns.seen import telemetry
from tests.detection.found import STUCK_RUNS, Case, cases_of_calls, cases_of_usage, look, runs
from tests.support.recorded_data import data_folder, recorded

FOLDER = data_folder()
CALLS = {} if FOLDER is None else {one.name: one for one in cases_of_calls(FOLDER)}
USAGE = {} if FOLDER is None else {
    one.name: one for one in cases_of_usage(FOLDER)
    if one.name in ("runaway_night.s102, usage", "tool_loop.s101, usage and call records",
                    "marketing_launch.s101, usage")}
NEAR = 0.2
"""So far may an estimate be off, as a share of what is labelled."""


@pytest.mark.parametrize("name", [*CALLS, *USAGE])
def test_what_is_labelled_is_found_for_what_it_cost_and_nothing_else_is(name: str) -> None:
    looked = look((CALLS | USAGE)[name])
    assert (looked.right, looked.false) == (set(looked.case.wanted), set())
    if looked.dollars is not None and looked.case.wanted:
        estimated, labelled = looked.dollars
        assert abs(estimated - labelled) <= NEAR * labelled


def test_every_run_that_is_stuck_is_named_and_no_other() -> None:
    case = Case("loops", None, (recorded("bench_loops_calls.jsonl.gz"),))
    assert runs(look(case).found) == list(STUCK_RUNS)


def test_a_recorded_repair_run_that_makes_an_edit_twice_in_a_row_is_named() -> None:
    start, calls = datetime(2026, 4, 1, tzinfo=UTC), list[Call]()
    with gzip.open(recorded("repair_runs_actions.jsonl.gz"), "rt") as lines:
        for number, run in enumerate(map(json.loads, lines)):
            calls += [Call(start + timedelta(minutes=10 * number, seconds=5 * step), run["run"], "main", None, 0,
                           "undisclosed", 1000, 0, 0, 100, ((action["tool"], action["args"]),), 4500)
                      for step, action in enumerate(run["steps"])]
    verdict = DETECTOR.look(telemetry(calls=of_recorded(calls)))
    assert isinstance(verdict, tuple)
    assert runs(verdict) == ["4a3e751cff9c"]
