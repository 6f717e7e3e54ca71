"""One judgement of 10,000 workloads by every rule, all of them in use, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import many_workloads
from tests.support.measuring import median, report

WORKLOADS, ROUNDS = 10_000, 9
MOST_TIMES_BARE, MOST_TIMES_BARE_SETTLING = 17.5, 25.0
"""17.5 times is 500 ms where the bare reading takes 28.5 ms; the others are the first turns after a start."""
MOST_GROWN_MIB = 190.0
"""200 MB: the goal, in the first turn after a start, in those after it, and while the past is learned."""


@pytest.mark.benchmark
@pytest.mark.parametrize(("days", "hour_days"), [(35, 3), (350, 29)])
def test_ten_thousand_workloads_are_judged_however_long_their_history(tmp_path: Path, days: int, hour_days: int
                                                                      ) -> None:
    """With 29 days of hours every workload has a week of its own, as it has after a month."""
    path = tmp_path / "console.db"
    many_workloads.build(path, WORKLOADS, days=days, hour_days=hour_days).close()
    command = [sys.executable, "-m", "tests.benchmarks.many", str(path), str(WORKLOADS), str(ROUNDS)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found = json.loads(said.stdout)
    judged, bare = median(found["judged_s"]), median(found["bare_s"])
    settling = median(found["settling_s"])
    report(f"{WORKLOADS:,} workloads with {days} days", judged_s=judged, bare_reading_s=bare, ratio=judged / bare,
           settling_s=settling, lesson_s=found["lesson_s"],
           first_s=found["first_s"], grown_mib=found["grown_mib"], most_grown_mib=found["most_grown_mib"],
           most_grown_learning_mib=found["most_grown_learning_mib"])
    assert judged < bare * MOST_TIMES_BARE
    assert settling < bare * MOST_TIMES_BARE_SETTLING
    assert found["most_grown_mib"] < MOST_GROWN_MIB
    assert found["most_grown_learning_mib"] < MOST_GROWN_MIB
