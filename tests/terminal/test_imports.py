"""Before the first paint nothing heavy is loaded: the rest comes when the figures are on the screen."""

from __future__ import annotations

from tests.support.pty_console import in_terminal
from tests.terminal import programs

HEAVY = {
    "sqlmodel",
    "sqlalchemy",
    "pydantic",
    "httpx",
    "httpx2",
    "apscheduler",
    "plotext",
    "keyring",
    "genai_prices",
    "alembic",
    "apprise",
    "tomlkit",
}


def test_only_textual_is_loaded_before_the_first_paint() -> None:
    with in_terminal(programs.MODULES, columns=200) as console:
        console.ends_within(30)
        loaded = set(bytes(console.written).decode(errors="replace").partition("LOADED")[2].split())
    assert "textual" in loaded
    assert not loaded & HEAVY
