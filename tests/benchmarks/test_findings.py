"""The detectors over a portfolio: a month of it from nothing, and a turn of the engine after that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import many_calls
from tests.support.measuring import report, yardstick

WORKLOADS, CALLS = 2_000, 5_000_000
WHOLE, TURN = 2_200, 160
"""Yardsticks to 30 and 2 seconds: one takes 13 ms of a processor where nothing else runs."""
MOST_MIB = 286.0
"""300 MB."""


@pytest.mark.benchmark
def test_a_month_of_two_thousand_workloads_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    many_calls.build(path, WORKLOADS, CALLS).close()
    measure = yardstick()
    said = subprocess.run([sys.executable, "-m", "tests.benchmarks.looking", str(path)], capture_output=True, text=True,
                          check=True, timeout=800)
    found = json.loads(said.stdout)
    report(f"{WORKLOADS:,} workloads, {CALLS:,} calls", yardstick_s=measure, **found)
    assert found["workloads"] == WORKLOADS
    assert not found["failed"]
    assert found["whole_own_s"] < WHOLE * measure
    assert found["turn_own_s"] < TURN * measure
    assert found["peak_mib"] < MOST_MIB
