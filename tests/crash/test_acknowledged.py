"""A process that dies without warning loses no call whose sender has its answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import calls, pushed
from store.database import Database
from tests.crash.pushed_child import TOGETHER
from tests.support.database import fresh_database

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("answered", [1, 40])
def test_a_call_whose_sender_was_answered_survives_the_process(answered: int, tmp_path: Path) -> None:
    fresh_database(tmp_path).close()
    url = f"sqlite:///{tmp_path / 'console.db'}"
    with subprocess.Popen([sys.executable, "-m", "tests.crash.pushed_child", url], cwd=REPOSITORY, text=True,
                          env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(answered)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
    database = Database.open(url)
    with database.read() as tx:
        known = {row.identity for row in calls.since(tx, 0)}
        requests = sum(tx.connection().exec_driver_sql("SELECT requests FROM usage_fact").scalars())
        assert len(pushed.all_pushed(tx)) == 1
    missing = [number for number in told for each in range(TOGETHER)
               if calls.identity(f"anthropic/{number}-{each}") not in known]
    assert missing == []
    assert requests == len(known), "and each stands in its minute, once"
    database.close()
