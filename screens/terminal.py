"""The terminal can go away, and a crash must give it back: signals, a watch on the line, codes that reset it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

LOOK_EVERY_S = 0.4
GRACE_S = 1.5
"""Together less than two seconds: after that the process is gone, whatever hangs."""
_FEW_GLYPHS = ("linux", "vt100", "vt102", "vt220", "ansi")
"""Terminals that lack most glyphs, whatever the locale says."""
_MODES = (1000, 1002, 1003, 1004, 1006, 1015, 1049, 2004, 2048)
RESET = "".join(f"\x1b[?{mode}l" for mode in _MODES) + "\x1b[?25h\x1b[<u\x1b[0m"
"""Mouse, focus, paste, resize and keyboard reports off, out of the alternate screen; cursor shown; plain text."""


def watch(app: App[int]) -> None:
    """From now on a hang-up or a termination ends the app cleanly, and an alarm stands behind it.

    The alarm is set where the signal arrives and not on the loop: the loop itself may wait for a writer that is stuck.
    """
    if app.is_headless:
        return
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def leave(number: int, frame: object = None) -> None:
        signal.setitimer(signal.ITIMER_REAL, GRACE_S)
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(app.exit, None, 128 + number)

    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, leave)
    threading.Thread(target=_watch_line, args=(leave,), name="line-watch", daemon=True).start()


def cannot_show_utf8() -> bool:
    """Whether the terminal, or the locale by what it says, cannot show UTF-8. One that says nothing can."""
    if os.environ.get("TERM") in _FEW_GLYPHS:
        return True
    said = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if said == "C.UTF-8" and os.environ.get("LANG") in ("C", "POSIX"):
        return True  # Python itself sets LC_CTYPE so where the person's locale is plain C (PEP 538)
    return bool(said) and "utf" not in said.lower()


def answers() -> bool:
    """Whether the terminal still answers. Under `nohup` SIGHUP is ignored, and only this tells that it is gone."""
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
        if before is not None and not answers():
            _write_nowhere()


def _write_nowhere() -> None:
    """The line is gone: what is still to be written must not turn the exit code into that of a failed flush."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _watch_line(leave: Callable[[int], None]) -> None:
    while answers():
        time.sleep(LOOK_EVERY_S)
    leave(signal.SIGHUP)
