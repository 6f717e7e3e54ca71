"""What a person may ask of the terminal: to keep its mouse, and to get ASCII only."""

from __future__ import annotations

import pytest

from tests.support.pty_console import in_terminal
from tests.terminal import programs
from tests.terminal.test_hang_up import ready

MOUSE_ON = b"\x1b[?1000h"


@pytest.mark.parametrize("mouse", [True, False])
def test_without_the_mouse_the_terminal_keeps_it(mouse: bool) -> None:
    program = programs.STILL.replace("portfolio.normal())", f"portfolio.normal(), mouse={mouse})")
    with in_terminal(program) as console:
        ready(console)
        assert (MOUSE_ON in console.written) == mouse


def test_in_ascii_no_other_byte_is_written() -> None:
    program = programs.STILL.replace("portfolio.normal())", "portfolio.normal(), ascii_only=True)")
    with in_terminal(program) as console:
        ready(console)
        console.press(b"?")
        console.until_text("KEYS OF THIS SCREEN")
        assert bytes(console.written).isascii()


def test_a_plain_c_locale_gets_ascii_without_being_asked() -> None:
    with in_terminal(programs.STILL, LC_ALL="C") as console:
        ready(console)
        assert bytes(console.written).isascii()
