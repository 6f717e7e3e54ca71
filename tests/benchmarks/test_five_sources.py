"""A turn of the engine over a thousand keys on each of five sources, in the steady state, and its peak of memory.

What it computes is held to the goal, since on a shared machine the providers' processes take their part of the time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.five_busy import KINDS, NOW, PROJECT, PROJECTS, five_busy
from tests.support.measuring import report

GOAL_S, GOAL_MB = 5.0, 200.0
_ENGINE = """
import asyncio, json, resource, sys, time
from datetime import datetime
from pathlib import Path
from console.clock import ManualClock
from console.config import load
from console.memory import share_one_heap
from console.watch.engine import Engine
from store.database import Database

async def main():
    clock, config = ManualClock(datetime.fromisoformat(sys.argv[3])), load(Path(sys.argv[1]))
    database = Database.create(config.database_url)
    engine, found = Engine(config, database, clock), []
    share_one_heap()  # as the engine does where it runs by itself
    await engine.leadership.take()
    for turn in range(int(sys.argv[2])):
        begun, used = time.perf_counter(), time.process_time()
        cycle = await engine.cycle(whole=True)
        took, own = time.perf_counter() - begun, time.process_time() - used
        assert all(poll.ok for poll in cycle.polls), [poll.error for poll in cycle.polls]
        rows = {poll.name: poll.rows for poll in cycle.polls}
        found.append([took, own, rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024])
        clock.advance(60)
    await engine.close()
    database.close()
    print(json.dumps(found))

asyncio.run(main())
"""


def configuration(folder: Path, at: dict[str, tuple[str, str]]) -> Path:
    own = {"bedrock": 'regions = ["us-east-1"]',
           "vertex": f"projects = {json.dumps([PROJECT.format(number) for number in range(PROJECTS)])}"}
    text = '[database]\nurl = "sqlite:///console.db"\n'
    for kind in KINDS:
        (folder / kind).write_text(at[kind][1])
        (folder / kind).chmod(0o600)
        text += (f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\nsecret = "file:{kind}"\nbackfill = "1d"\n'
                 f'base_url = "{at[kind][0]}"\n{own.get(kind, "")}\n')
    path = folder / "token-console.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.mark.benchmark
@pytest.mark.parametrize(("every", "turns"), [(10, 4), (1, 4)])
def test_a_turn_over_a_thousand_keys_on_each_of_five_sources(
        tmp_path: Path, every: int, turns: int) -> None:
    with five_busy(every) as at:
        asked = [str(configuration(tmp_path, at)), str(turns), NOW.isoformat()]
        ran = subprocess.run([sys.executable, "-c", _ENGINE, *asked], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    first, *steady = json.loads(ran.stdout.splitlines()[-1])
    took, own, rows, peak = sorted(steady)[len(steady) // 2]
    told = ", ".join(f"{kind} {count:,}" for kind, count in rows.items())
    report(f"A turn over five sources, each key used each {every} min (rows: {told})", first_s=first[0],
           steady_s=took, own_processor_s=own, peak_of_the_first_mb=first[3], peak_mb=peak)
    assert own < GOAL_S
    assert peak < GOAL_MB
