"""The engine's timetable: APScheduler with the settings that operations 3.4 measured to be safe, and no more of it.

Jobs live in memory, run on the loop that starts them, never overlap, and are never dropped for being late. Intervals
are seconds of the engine's clock. A jump of the wall clock re-arms every job, since APScheduler's run times are wall
times: after a jump backwards they would wait for it to be made up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

JUMP_S = 5.0

Job = Callable[[], Awaitable[None]]
Fault = Callable[[str, BaseException | None], None]
"""Called with what went wrong in a job, and the error where there is one."""


class Schedule:
    """Start inside a running loop; `stop` before the loop ends."""

    def __init__(self, speed: float, on_fault: Fault, on_jump: Callable[[float], Awaitable[None]]) -> None:
        """`on_jump` is told by how many seconds the machine's clock jumped."""
        self._speed = speed
        self._on_fault = on_fault
        self._on_jump = on_jump
        self._intervals: dict[str, timedelta] = {}
        self._watch: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        self._scheduler.add_listener(self._faulty, EVENT_JOB_ERROR | EVENT_JOB_MISSED)

    def every(self, seconds: float, name: str, job: Job, *, jitter_s: float = 0.0) -> None:
        """Run `job` each so many seconds of the engine's clock, first after one interval."""
        interval = timedelta(seconds=seconds / self._speed)
        self._intervals[name] = interval
        jitter = jitter_s / self._speed
        self._scheduler.add_job(job, "interval", seconds=interval.total_seconds(), id=name,
                                jitter=jitter if jitter >= 1 else None)

    def start(self) -> None:
        """Begin, with a watch on the wall clock that does not itself depend on it."""
        self._scheduler.start()
        self._watch = asyncio.get_running_loop().create_task(self._watch_clock())

    def stop(self) -> None:
        """End at once; running jobs are cancelled, which is why kills are never jobs."""
        if self._watch is not None:
            self._watch.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _watch_clock(self) -> None:
        before = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(1.0)
            now = time.time() - time.monotonic()
            if abs(now - before) > JUMP_S:
                self._on_fault(f"the machine's clock jumped by {now - before:.0f} s", None)
                self.rearm()
                await self._on_jump(now - before)
            before = now

    def rearm(self) -> None:
        """Give every job a next run from the present wall time."""
        now = datetime.now(UTC)
        for name, interval in self._intervals.items():
            self._scheduler.modify_job(name, next_run_time=now + interval)

    def _faulty(self, event: JobExecutionEvent) -> None:
        what = "failed" if event.exception is not None else "was missed"
        self._on_fault(f"the engine's {event.job_id} {what}", event.exception)


