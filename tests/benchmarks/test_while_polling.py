"""Keys, idleness and the end of the console while its engine works behind the door."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests.support.busy_provider import ROWS, busy_provider
from tests.support.large_console import SECRETS, large_console
from tests.support.measuring import median, p95, report
from tests.support.timed_terminal import TimedTerminal, cpu_seconds, resident_mib, timed

WORKLOADS = 200
PRESSES = 150
PROGRAMS = "from tests.benchmarks import programs; programs."


def keys(terminal: TimedTerminal) -> list[float]:
    """Press `j` and `k` in turn; seconds until the first byte of each answer."""
    found = []
    for number in range(PRESSES):
        answer = terminal.press(b"j" if number % 20 < 10 else b"k", quiet_s=0.08)
        if answer is not None:
            found.append(answer.first_s)
    return found


def measured(config: Path, target: Path, poll_s: float) -> tuple[list[float], list[float]]:
    """Seconds from key to paint, and how late the screens' loop woke up, in seconds."""
    program = f"watched({str(config)!r}, {str(target)!r}, {poll_s})"
    with timed(PROGRAMS + program, columns=120, lines=40, **SECRETS) as terminal:
        terminal.settle(0.5, limit_s=5)
        terminal.read(6.0)  # the heavy imports are done and polls follow each other
        pressed = keys(terminal)
        os.write(terminal.console.master, b"\x03")
        terminal.console.ends_within(10)
    return pressed, [float(line) for line in target.read_text().split()][600:]


def polls(config: Path) -> tuple[int, int]:
    """(readings with usage, facts changed) so far."""
    database = Database.open(f"sqlite:///{config.parent / 'console.db'}")
    with database.read() as tx:
        found = tx.connection().exec_driver_sql("SELECT COUNT(*), SUM(changed) FROM fetch WHERE rows > 0").one()
    database.close()
    return int(found[0]), int(found[1])


@pytest.mark.benchmark
def test_a_key_is_answered_while_ninety_thousand_rows_are_being_stored(tmp_path: Path) -> None:
    quiet, quiet_late = measured(large_console(tmp_path / "quiet", WORKLOADS), tmp_path / "quiet-late", 3600)
    with busy_provider(restate=True) as url:
        config = large_console(tmp_path / "busy", WORKLOADS, url)
        busy, busy_late = measured(config, tmp_path / "busy-late", 0.5)
    readings, changed = polls(config)
    assert changed > 2 * ROWS
    report(f"Key to paint while {readings} polls of {ROWS:,} rows are stored", presses=len(busy),
           median_s=median(busy), p95_s=p95(busy), most_s=max(busy), without_polls_p95_s=p95(quiet),
           ratio=p95(busy) / p95(quiet))
    report("The screens' loop meanwhile", late_median_s=median(busy_late), late_p95_s=p95(busy_late),
           late_p999_s=sorted(busy_late)[int(len(busy_late) * 0.999)], latest_s=max(busy_late),
           latest_without_polls_s=max(quiet_late))
    assert p95(busy) < 0.05
    assert sorted(busy_late)[int(len(busy_late) * 0.999)] < 0.05
    assert max(busy_late) < 0.05 + max(quiet_late)  # no single block by polling, storing, pricing or judging


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    with busy_provider(keys=14) as url:
        yield large_console(tmp_path / "console", 14, url)


@pytest.mark.benchmark
def test_an_idle_console_is_idle(running: Path) -> None:
    seconds = 62.0  # one poll among them
    with timed(f"{PROGRAMS}front_door({str(running)!r})", **SECRETS) as terminal:
        terminal.settle(0.5)
        terminal.read(15.0)
        pid = terminal.console.process.pid
        before, chunks = cpu_seconds(pid), len(terminal.chunks)
        written = terminal.read(seconds)
        share = (cpu_seconds(pid) - before) / seconds
        memory = resident_mib(pid)
        writes = len(terminal.chunks) - chunks
    report("An idle console, one poll included", core_percent=share * 100, resident_mib=memory,
           bytes_per_second=written / seconds, writes=writes)
    assert share < 0.01
    assert memory < 120


@pytest.mark.benchmark
@pytest.mark.parametrize("ignore_hangup", [False, True])
def test_the_process_ends_after_its_terminal(running: Path, *, ignore_hangup: bool) -> None:
    with timed(f"{PROGRAMS}front_door({str(running)!r})", ignore_hangup=ignore_hangup, **SECRETS) as terminal:
        terminal.settle(0.5)
        terminal.read(4.0)
        gone = time.perf_counter()
        os.close(terminal.console.master)
        terminal.console.process.wait(10)
        taken = time.perf_counter() - gone
    report(f"End after the terminal is gone{', SIGHUP ignored' if ignore_hangup else ''}", taken_s=taken)
    assert taken < 2
