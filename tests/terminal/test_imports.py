"""Before the first paint nothing heavy is loaded: the rest comes when the figures are on the screen."""

from __future__ import annotations

from pathlib import Path

from tests.support.large_console import SECRETS, large_console
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


def test_no_garbage_is_looked_for_before_the_first_paint_and_as_ever_after_it(tmp_path: Path) -> None:
    config, target = large_console(tmp_path / "console", 3), tmp_path / "collected"
    with in_terminal(programs.COLLECTING.format(config=str(config), target=str(target)), **SECRETS) as console:
        console.until_text("workload-001")
        console.until(target.exists, "the collector at work again")
