"""The terminal can go away, and a crash must give it back: signals, a watch on the line, codes that reset it."""

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
_MODES = (1000, 1002, 1003, 1004, 1006, 1015, 1049, 2004, 2048)
RESET = "".join(f"\x1b[?{mode}l" for mode in _MODES) + "\x1b[?25h\x1b[<u\x1b[0m"
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
    """Whether the terminal still answers. Under `nohup` SIGHUP is ignored, and only this tells that the line is gone."""
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
