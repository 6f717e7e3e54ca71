"""A look of the detectors, in a process of its own: `python -m tests.benchmarks.looking DATABASE`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from console.clock import ManualClock
from console.operations.desk import Desk
from console.operations.findings import findings
from console.pricing import PriceBook
from console.watch.finding_duties import EVERY, FindingDuties
from store.database import Database
from tests.support.desks import ARCHITECT
from tests.support.long_history import NOW, config
from tests.support.many_calls import DAYS


def main(path: Path) -> None:
    database = Database.open(f"sqlite:///{path}")
    before = resident()
    desk = Desk(config(database), database, ManualClock(NOW))
    started, own = time.perf_counter(), time.process_time()
    found = asyncio.run(findings(desk, ARCHITECT, since=NOW - timedelta(days=DAYS)))
    figures: dict[str, float] = {
        "whole_s": time.perf_counter() - started, "whole_own_s": time.process_time() - own,
        "workloads": found.workloads, "findings": len(found.lines), "failed": len(found.failed)}
    again: list[float] = []
    duties = FindingDuties(desk.config, database, desk.clock, PriceBook())
    for turn in range(4):
        _calls_came(database, turn)
        own = time.process_time()
        assert asyncio.run(duties.look(None)) is None
        again.append(time.process_time() - own)
        desk.clock.advance(EVERY.total_seconds())  # type: ignore[attr-defined]
    print(json.dumps({**figures, "first_turn_own_s": again[0], "turn_own_s": sorted(again[1:])[1],
                      "peak_mib": peak(), "grown_mib": peak() - before}))


def _calls_came(database: Database, turn: int) -> None:
    """The calls of a quarter of an hour changed in half of the workloads."""
    with database.write() as tx:
        tx.connection().exec_driver_sql(
            "INSERT INTO call_day_stale (day, series, changes) SELECT MAX(d.day), p.series, 1 FROM call_day d "
            "JOIN series s ON s.workload = d.workload JOIN pushed_series p ON p.series = s.id "
            "WHERE p.series % 2 = ? GROUP BY p.series ON CONFLICT DO UPDATE SET changes = changes + 1", (turn % 2,))


def resident() -> float:
    return _status("VmRSS")


def peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
