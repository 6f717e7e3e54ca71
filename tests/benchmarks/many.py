"""One process that judges very many workloads, as the engine does, and says how long it took and how large it grew.

    python -m tests.benchmarks.many PATH WORKLOADS ROUNDS
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from console.cadences.reading import Reader
from console.clock import epoch
from console.memory import share_one_heap
from console.pricing import PriceBook
from console.watch.calm import AT_ONCE
from console.watch.judgement import Judge
from store.database import Database
from tests.support import many_workloads
from tests.support.long_history import NOW, config

LESSONS = 60
"""More than all own ranges take, of the three hours of minutes that there are, beside the working weeks of 28 days."""
WORKERS = deque(ThreadPoolExecutor(1) for _ in range(5))
SETTLING = -(-10_000 // AT_ONCE)
"""Turns after the first one until what is calm of every workload is known."""
RESTATED = 2
"""Minutes that each reading states anew, beside the one that is new."""


def main(path: Path, workloads: int, rounds: int) -> None:
    """Prints figures as JSON."""
    database = Database.open(f"sqlite:///{path}")
    share_one_heap()
    before = resident()
    settings = config(database)
    reader = Reader(settings, PriceBook(()))
    judge = Judge(settings, database, reader)
    first = spent_on(judge.judge, NOW)
    settled = resident() - before
    end = epoch(NOW) // 60 * 60 - 300
    judged, bare = [], []
    for turn in range(SETTLING + rounds):
        at, end = a_minute_later(database, end, turn), end + 60
        bare.append(spent_on(bare_reading, database, end))
        judged.append(spent_on(judge.judge, at))
    judging = most_resident() - before
    since, end = end, end // 3600 * 3600 + 3660  # an hour is over: all working weeks are learned, beside the own ranges
    spent_on(judge.judge, a_minute_later(database, end, 0, since))
    lessons: list[float] = []
    while not reader.learned and len(lessons) < LESSONS:
        lessons.append(spent_on(judge.learn))
        if not reader.tracks.learned:
            end += 60
            spent_on(judge.judge, a_minute_later(database, end, len(lessons)))
    assert reader.learned
    spent_on(judge.judge, a_minute_later(database, end + 60, 0))
    print(json.dumps({"first_s": first, "settling_s": judged[:SETTLING], "judged_s": judged[SETTLING:],
                      "bare_s": bare, "workloads": workloads,
                      "grown_mib": settled, "most_grown_mib": judging,
                      "lesson_s": max(lessons), "most_grown_learning_mib": most_resident() - before}))


def spent_on(work: Callable[..., object], *given: object) -> float:
    """Seconds of processor time: other programs' load on a shared machine is not ours. In one worker thread after the
    other, as the engine does it."""
    started = time.process_time()
    WORKERS.rotate()
    WORKERS[0].submit(work, *given).result()
    return time.process_time() - started


def a_minute_later(database: Database, end: int, turn: int, since: int | None = None) -> datetime:
    """Every workload is used in one minute more, or in all of them since `since`, and the two before it are restated.
    """
    with database.write() as tx:
        start = (end if since is None else since) - RESTATED * 60
        many_workloads.state(tx, start, end + 60, more=turn)
        return many_workloads.read_until(tx, end + 60, start)


def bare_reading(database: Database, end: int) -> int:
    """The rows that changed, and a sum by workload of each: what no judgement can do without."""
    with database.read() as tx:
        spent: dict[int, int] = {}
        for number, cost in tx.connection().exec_driver_sql(
                "SELECT series, cost_microusd FROM usage_fact WHERE bucket >= ? AND bucket < ? AND width = 60",
                (end - (RESTATED + 1) * 60, end)):
            spent[number] = spent.get(number, 0) + cost
        return len(spent)


def resident() -> float:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def most_resident() -> float:
    """The most MiB that it ever held."""
    (most,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(most.split()[1]) / 2**10


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
