"""What the console writes to the terminal: little when something changed, nothing when nothing did."""

from __future__ import annotations

import re
import signal
import time

import pytest

from tests.support.pty_console import PtyConsole, in_terminal
from tests.terminal import programs

COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-79]|4[0-79]|9\d|10\d|38|48)(?:;\d+)*m")
DEFAULTS = re.compile(rb"\x1b\[(?:\d+;)*(?:39|49)(?:;\d+)*m")


def written(console: PtyConsole, keys: bytes, times: int = 1) -> int:
    """Bytes until it is quiet again."""
    console.settle()
    before = len(console.written)
    for _ in range(times):
        console.press(keys)
        console.settle()
    return (len(console.written) - before) // times


@pytest.fixture
def console() -> PtyConsole:  # type: ignore[misc]
    with in_terminal(programs.NEWS_ON_SIGNAL) as opened:
        opened.until_text("reconciliation-a")
        opened.settle()
        yield opened


def test_the_first_paint_is_under_20_kb(console: PtyConsole) -> None:
    assert len(console.written) < 20_000


def test_the_first_paint_has_rows(console: PtyConsole) -> None:
    """It is drawn from top to bottom: an empty frame would have its footer before the first row."""
    assert 0 < console.written.index(b"reconciliation-a") < console.written.index(b" help ")


def test_three_changed_cells_are_under_1500_bytes(console: PtyConsole) -> None:
    before = len(console.written)
    console.process.send_signal(signal.SIGUSR1)
    console.until(lambda: "62.20" in console.picture(), "the changed cell")
    console.settle()
    assert len(console.written) - before < 1_500


def test_nothing_changed_is_nothing_written(console: PtyConsole) -> None:
    before = len(console.written)
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        console.read()
    assert len(console.written) == before


def test_a_step_of_the_cursor_is_two_lines(console: PtyConsole) -> None:
    assert written(console, b"j", 4) < 1_500


def test_a_prompt_opens_and_closes_with_its_own_bytes(console: PtyConsole) -> None:
    assert written(console, b"/") < 1_200
    assert written(console, b"\x07") < 1_200


def test_switching_to_a_kept_view_and_back_is_under_12_kb(console: PtyConsole) -> None:
    written(console, b"?")
    written(console, b"q")
    assert written(console, b"?") < 12_000
    assert written(console, b"q") < 12_000


def test_without_colour_no_colour_is_written() -> None:
    with in_terminal(programs.STILL, NO_COLOR="1") as console:
        console.until_text("reconciliation-a")
        console.settle()
        for keys in (b"j", b"/", b"cl"):
            console.press(keys)
            console.settle()
        codes = [code for code in COLOUR.findall(bytes(console.written)) if not DEFAULTS.fullmatch(code)]
        assert codes == []
        assert "\n> " in console.picture(), "the cursor is a mark and not only a colour"


def test_sixteen_colours_are_enough() -> None:
    with in_terminal(programs.STILL, TERM="linux") as console:
        console.until_text("reconciliation-a")
        console.settle()
        assert b";38;" not in console.written
        assert b"[38;" not in console.written
