"""ctrl+z gives the terminal back to the shell, and fg brings the console back as it was."""

from __future__ import annotations

import os
import signal

from tests.support.pty_console import PtyConsole, in_terminal
from tests.terminal import programs
from tests.terminal.test_hang_up import given_back, ready

CONTROL_Z = b"\x1a"


def stopped(console: PtyConsole) -> bool:
    """Whether the process is stopped, as a shell would see it."""
    console.read(0.02)
    found, status = os.waitpid(console.process.pid, os.WUNTRACED | os.WNOHANG)
    return found != 0 and os.WIFSTOPPED(status)


def test_control_z_gives_the_terminal_back_and_fg_the_same_screen() -> None:
    with in_terminal(programs.STILL) as console:
        ready(console)
        console.press(b"jj")
        console.settle()
        before = console.picture()
        console.press(CONTROL_Z)
        console.until(lambda: stopped(console), "the process stopped")
        console.settle()
        assert given_back(bytes(console.written))
        console.screen.reset()  # what a shell did to it meanwhile
        console.process.send_signal(signal.SIGCONT)
        console.until(lambda: console.picture() == before, "the same screen")
        console.press(b"\x03")
        assert console.ends_within(3.0) == 0
        assert given_back(bytes(console.written))


def test_while_a_question_is_open_control_z_still_suspends() -> None:
    with in_terminal(programs.STILL) as console:
        ready(console)
        console.press(b"/claims")
        console.until_text("/ claims")
        console.press(CONTROL_Z)
        console.until(lambda: stopped(console), "the process stopped")
        console.screen.reset()
        console.process.send_signal(signal.SIGCONT)
        console.until_text("/ claims")
        console.process.send_signal(signal.SIGTERM)
        assert console.ends_within(3.0) == 143
