"""A month of minutes of three workloads, replayed against their Charters: how long a tuning run takes to answer."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from console.operations import replaying
from console.operations.replaying import Question
from console.watch.replay import Replayed
from tests.support.measuring import in_turn, median, report
from tests.support.recordings import HEALTHY, charter, row, text

MINUTES = 30 * 1440
WORKLOADS = ("claims-triage", "letters", "search")
GOAL_S = 10.0
ROUNDS = 3


@pytest.mark.benchmark
def test_a_month_of_three_workloads_is_replayed_in_ten_seconds(tmp_path: Path) -> None:
    usage = tmp_path / "month.csv"
    usage.write_text(text(row(minute, tuple(count * (minute % 7 + 1) // 4 for count in HEALTHY), workload=workload)
                          for minute in range(MINUTES) for workload in WORKLOADS))
    question = Question(usage, [(f"{workload}.toml", charter(workload)) for workload in WORKLOADS])

    def replay() -> Replayed:
        return replaying.answer(question)

    def bare() -> int:
        """The same file, read by the standard library and added up: what cannot be avoided."""
        with usage.open() as file:
            return sum(int(each["output_tokens"]) for each in csv.DictReader(file))

    assert [outcome.kill for outcome in replay().outcomes] == [None] * len(WORKLOADS), "a kill would end it early"
    replayed, read = in_turn(ROUNDS, replay, bare)
    took = median(replayed)
    report(f"A month of {len(WORKLOADS)} workloads by the minute", replayed_s=took, bare_reading_s=median(read),
           ratio=took / median(read), minutes_a_second=round(MINUTES * len(WORKLOADS) / took))
    assert took < GOAL_S
