"""What asking a gate costs a program before each call, against a bare stat of the same file in the same run."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from console.switches.gate import file
from tests.support.documents import run, shown
from tests.support.measuring import in_turn, median, report

CHECKS = 20_000
ROUNDS = 7
MOST_S = 50e-6


@pytest.mark.benchmark
def test_a_check_by_the_client_in_the_manual_takes_under_50_microseconds(tmp_path: Path) -> None:
    file.turn(tmp_path, "claims-triage", file.OPEN, "key", datetime(2026, 11, 23, tzinfo=UTC))
    path, gate = str(file.path_of(tmp_path, "claims-triage")), run(shown("gate.md", "python")[0])["Gate"](
        "claims-triage", str(tmp_path))

    def many(work: object) -> None:
        assert callable(work)
        for _ in range(CHECKS):
            work()

    bare, checks = in_turn(ROUNDS, partial(many, partial(os.stat, path)), partial(many, gate.is_open))
    bare_s, check_s = median(bare) / CHECKS, median(checks) / CHECKS
    report("A check of a gate", bare_stat_us=bare_s * 1e6, check_us=check_s * 1e6)
    assert gate.is_open()
    assert check_s < MOST_S
