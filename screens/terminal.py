"""The terminal can go away, and a crash must give it back: signals, a watch on the line, and the codes that reset it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

GRACE_S = 2
"""After a hang-up the process is gone within this time, whatever hangs."""
LOOK_EVERY_S = 1.0
RESET = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[?2048l\x1b[0m"
"""Leave the alternate screen; show the cursor; mouse, paste, focus, keyboard and resize reports off; plain text."""


def watch(app: App[int]) -> None:
    """From now on a hang-up or a termination ends the app cleanly, and an alarm stands behind it."""
    if app.is_headless:
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, leave, app, number)
    app.set_interval(LOOK_EVERY_S, lambda: None if answers() else leave(app, signal.SIGHUP))


def leave(app: App[int], number: int) -> None:
    """End with 128 + the signal's number. The alarm's default action ends a process whose writer thread is stuck."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(GRACE_S)
    app.exit(return_code=128 + number)


def answers() -> bool:
    """Whether the terminal still answers: a started `nohup` has SIGHUP ignored, and only this tells it the line is gone."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    except termios.error:
        return False
    return True


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """The terminal as it was, however the block ends: line settings and modes."""
    try:
        before = termios.tcgetattr(0)
    except termios.error:
        before = None
    died = True
    try:
        yield
        died = False
    finally:
        with contextlib.suppress(OSError, termios.error):
            if before is not None:
                termios.tcsetattr(0, termios.TCSADRAIN, before)
            if died:
                os.write(2, RESET.encode())
