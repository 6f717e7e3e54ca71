"""A console in a true terminal: a process on a pseudo-terminal, what it wrote, and what that looks like (pyte)."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0
QUIET_S = 0.3


class PtyConsole:
    """The process, the terminal's far end, and the picture."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int, lines: int) -> None:
        self.process, self.master = process, master
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.written = bytearray()

    def read(self, wait_s: float = 0.05) -> bytes:
        """What came within the time; empty where nothing did, or the other end is closed."""
        ready, _, _ = select.select([self.master], [], [], wait_s)
        if not ready:
            return b""
        try:
            got = os.read(self.master, 65_536)
        except OSError:
            return b""
        self.written += got
        self._stream.feed(got)
        return got

    def until(self, seen: Callable[[], bool], what: str) -> None:
        """Read until it is seen; fails after long patience, with the screen as it is."""
        end = time.monotonic() + PATIENCE_S
        while not seen():
            if time.monotonic() > end:
                raise AssertionError(f"never saw {what}:\n{self.picture()}")
            self.read()

    def until_text(self, text: str) -> None:
        self.until(lambda: text in self.picture(), text)

    def settle(self) -> None:
        """Read until nothing has come for a while."""
        while self.read(QUIET_S):
            pass

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def picture(self) -> str:
        return "\n".join(self.screen.display)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)
        self.process.send_signal(signal.SIGWINCH)

    def ends_within(self, seconds: float) -> int:
        """The exit code; a process that is still there after the time fails. Reads on, as a terminal would."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running after {seconds} s:\n{self.picture()}"
            self.read()
        while self.read():
            pass
        return self.process.returncode


@contextmanager
def in_terminal(
    program: str, *, columns: int = 80, lines: int = 24, ignore_hangup: bool = False, **environment: str
) -> Iterator[PtyConsole]:
    """Run a Python program in a session of its own, with the terminal as its controlling one."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def become_leader() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        if ignore_hangup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        preexec_fn=become_leader,
        env={**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", **environment},
    )
    os.close(slave)
    console = PtyConsole(process, master, columns, lines)
    try:
        yield console
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if master_is_open(master):
            os.close(master)


def master_is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
