"""A console of its own process that listens for OpenTelemetry while its engine runs, and times what becomes of calls.

    python -m tests.benchmarks.live_console FOLDER KEYS_URL PORT WORKLOADS

Says `ready` when it listens; at the end of its input it stops and prints how long each call took from its end to its
workload's judgement (seconds), as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from console.clock import SystemClock
from console.config import SourceSettings
from console.listening import place
from console.providers.source import PushedCall
from console.watch.call_store import CallStore
from console.watch.engine import Engine
from console.watch.execution import Held
from console.watch.judgement import Judge, Judged
from tests.support import kills

SECRET = "a-secret-that-senders-bear"


async def main(folder: Path, keys: str, port: int, workloads: int) -> None:
    secret = folder / "otel-secret"
    secret.touch(mode=0o600)
    secret.write_text(SECRET)
    options = {"listen": place(f"127.0.0.1:{port}"), "attributes": (), "most_per_s": 1_000_000, "largest_mib": 16}
    usual = kills.config(keys, folder)
    config = replace(usual, sources=(
        SourceSettings("otel", "otel", f"file:{secret}", options=options), *usual.sources))
    others = [kills.entry(f"workload-{number}", f"apikey_{number}") for number in range(workloads)]
    stuck = {**kills.entry(), "usage": [{"source": "otel", "service": "stuck"}]}
    for number, each in enumerate(others):
        each["usage"] = [{"source": "otel", "service": f"service-{number}"}]
    desk = kills.kill_desk(config, stuck, *others, at=datetime.now(UTC))
    kills.signed_terms(desk)
    for number in range(workloads):
        kills.signed_terms(desk, slug=f"workload-{number}")
    engine = Engine(config, desk.database, SystemClock())
    took = _timed(engine)
    running = asyncio.create_task(engine.run())
    await asyncio.to_thread(_wait_for, engine)
    print("ready", flush=True)
    begun = time.process_time()
    await asyncio.to_thread(sys.stdin.read)
    used = time.process_time() - begun
    engine.stop()
    await running
    print(json.dumps({"took_s": took, "used_s": used}))


class _Timed(CallStore):
    """Notes when the calls of the last batch ended."""

    ends: tuple[datetime, ...] = ()

    def store(self, batch: Sequence[tuple[str, Sequence[PushedCall]]], now: datetime, held: Held | None) -> set[str]:
        self.ends = tuple(call.at for _, calls in batch for call in calls)
        return super().store(batch, now, held)


class _Judging:
    """Notes how long ago these had ended when they are judged."""

    def __init__(self, judge: Judge, calls: _Timed) -> None:
        self.took: list[float] = []
        self._judge, self._calls = judge, calls

    def at_once(self, workloads: Iterable[str], at: datetime, held: Held | None = None) -> Judged:
        found, now = self._judge.at_once(workloads, at, held), datetime.now(UTC)
        self.took.extend((now - each).total_seconds() for each in self._calls.ends)
        self._calls.ends = ()
        return found


def _timed(engine: Engine) -> list[float]:
    """From the end of each call to when its workload was judged."""
    live = engine._listening.live
    calls = live.calls = _Timed(live.calls.database, live.calls.prices, live.calls.called, live.calls.retention)
    judging = live.judge = _Judging(engine._judge, calls)
    return judging.took


def _wait_for(engine: Engine) -> None:
    while not (engine._listening._sources and engine._listening._sources[0].reception().address
               and engine._judge._last is not None):
        time.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
