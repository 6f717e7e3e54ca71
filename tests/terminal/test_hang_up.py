"""When the connection dies the process ends within two seconds; a terminal that stays is given back as it was."""

from __future__ import annotations

import os
import signal
import stat
import termios
import time
from pathlib import Path

import pytest

from tests.support.pty_console import PtyConsole, in_terminal
from tests.terminal import programs

GONE_WITHIN_S = 3.0
"""Two seconds, and one more for a machine that is busy with other tests."""
FULL_SCREEN_ON, FULL_SCREEN_OFF, CURSOR_ON = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"


def ready(console: PtyConsole) -> None:
    console.until_text("reconciliation-a")
    console.settle()


def given_back(written: bytes) -> bool:
    """The last thing that happened to each mode is that it went off."""
    off = all(
        written.rfind(f"\x1b[?{mode}l".encode()) > written.rfind(f"\x1b[?{mode}h".encode())
        for mode in (1049, 1000, 1003, 1006, 2004)
        if f"\x1b[?{mode}h".encode() in written
    )
    return off and written.rfind(CURSOR_ON) > written.rfind(b"\x1b[?25l")


def test_the_first_paint_is_the_daily() -> None:
    with in_terminal(programs.STILL) as console:
        ready(console)
        assert "token-console · daily · Northwind Mutual" in console.picture()
        assert "? help" in console.picture()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_with_its_code_and_gives_the_terminal_back(number: signal.Signals, code: int) -> None:
    with in_terminal(programs.STILL) as console:
        before = termios.tcgetattr(console.master)
        ready(console)
        console.process.send_signal(number)
        assert console.ends_within(GONE_WITHIN_S) == code
        assert given_back(bytes(console.written))
        assert termios.tcgetattr(console.master)[3] == before[3]


@pytest.mark.parametrize("ignore_hangup", [False, True])
@pytest.mark.parametrize("program", [programs.STILL, programs.BUSY_AND_STUCK])
def test_a_terminal_that_goes_away_ends_it(program: str, ignore_hangup: bool) -> None:
    with in_terminal(program, ignore_hangup=ignore_hangup) as console:
        console.until_text("reconciliation-a")
        os.close(console.master)
        end = time.monotonic() + GONE_WITHIN_S
        while console.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        assert console.process.poll() in (129, -signal.SIGHUP, -signal.SIGALRM)


def test_control_c_leaves_with_nothing_wrong() -> None:
    with in_terminal(programs.STILL) as console:
        ready(console)
        console.press(b"\x03")
        assert console.ends_within(GONE_WITHIN_S) == 0
        assert given_back(bytes(console.written))


def test_a_crash_gives_the_terminal_back_and_leaves_a_report_for_this_user_only(tmp_path: Path) -> None:
    with in_terminal(programs.CRASHING, XDG_STATE_HOME=str(tmp_path)) as console:
        assert console.ends_within(20) == 70
        assert given_back(bytes(console.written))
        assert "met an error" in console.picture()
    report = next(tmp_path.rglob("*.txt"))
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "RuntimeError" in text
    assert "very-secret-value" not in text
    assert b"very-secret-value" not in bytes(console.written)


def test_full_screen_is_entered_once() -> None:
    with in_terminal(programs.STILL) as console:
        ready(console)
        assert console.written.count(FULL_SCREEN_ON) == 1
        assert FULL_SCREEN_OFF not in console.written
