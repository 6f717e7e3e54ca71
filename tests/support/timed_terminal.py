"""When a program on a terminal wrote what: every read is stamped, and looked at only afterwards, off the clock."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyte

from tests.support.pty_console import PtyConsole, in_terminal

QUIET_S = 0.15
"""A repaint is over when nothing came for so long."""
PATIENCE_S = 2.0
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[(?:[<>=][0-9;]*u|\?\d+\$p)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one key brought: seconds to its first and last byte, and how many bytes."""

    first_s: float
    settled_s: float
    written: int


@dataclass
class TimedTerminal:
    console: PtyConsole
    started: float
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    """Seconds of processor time that the program had taken when each chunk came."""

    def read(self, seconds: float) -> int:
        """Read for so long; returns how many bytes came."""
        end, came = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            came += self._take(left)
        return came

    def settle(self, quiet_s: float = QUIET_S, limit_s: float = 10.0) -> None:
        """Read until nothing came for a while; a program that says nothing at all is waited for."""
        end = time.perf_counter() + limit_s
        last = time.perf_counter()
        while time.perf_counter() < end and (not self.chunks or time.perf_counter() - last < quiet_s):
            if self._take(0.01):
                last = time.perf_counter()

    def press(self, keys: bytes, quiet_s: float = QUIET_S) -> Answer | None:
        """Send keys and read until the answer is over; None where there is none within PATIENCE_S."""
        before, sent = len(self.chunks), time.perf_counter()
        os.write(self.console.master, keys)
        while True:
            answered = len(self.chunks) > before
            last, patience = (self.chunks[-1][0], quiet_s) if answered else (sent, PATIENCE_S)
            if time.perf_counter() - last >= patience:
                break
            self._take(0.01)
        answer = self.chunks[before:]
        if not answer:
            return None
        return Answer(answer[0][0] - sent, answer[-1][0] - sent, sum(len(data) for _, data in answer))

    def first_seen(self, pattern: str) -> tuple[float, float]:
        """Seconds from the start of the process until the screen showed this, and of processor time until then."""
        screen = pyte.Screen(self.console.screen.columns, self.console.screen.lines)
        stream = pyte.ByteStream(screen)
        for (at, data), worked in zip(self.chunks, self.worked, strict=True):
            stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
            if re.search(pattern, "\n".join(screen.display)):
                return at - self.started, worked
        raise AssertionError(f"never saw {pattern}:\n" + "\n".join(screen.display))

    def _take(self, wait_s: float) -> int:
        ready, _, _ = select.select([self.console.master], [], [], wait_s)
        if not ready:
            return 0
        try:
            data = os.read(self.console.master, 65_536)
        except OSError:  # the program is gone
            time.sleep(min(wait_s, 0.01))
            return 0
        self.chunks.append((time.perf_counter(), data))
        self.worked.append(processor_seconds(self.console.process.pid))
        return len(data)


@contextmanager
def timed(program: str, *, columns: int = 80, lines: int = 24, **options: Any) -> Iterator[TimedTerminal]:
    """Run a Python program on a terminal with a clock on it."""
    started = time.perf_counter()
    with in_terminal(program, columns=columns, lines=lines, **options) as console:
        yield TimedTerminal(console, started)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    """The same of its living threads, to the nanosecond; nothing where it has ended."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        return 0.0


def resident_mib(pid: int) -> float:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
