"""A Charter in the person's own editor, and back again."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from console.operations.desk import Desk
from screens.app import ConsoleApp
from tests.support.charter_console import at_charter, imported, rows, typed
from tests.support.editors import editor_that
from tests.support.sound_charters import FINANCIAL


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A terminal that can be lent to an editor, and a folder for its files."""
    monkeypatch.setattr(ConsoleApp, "suspend", lambda app: nullcontext())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path


def left(folder: Path) -> list[Path]:
    return list(folder.rglob("token-console-*/*.toml"))


async def test_e_opens_the_text_in_the_editor_and_stores_what_comes_back(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "sed -i 's/fan_out_cap = 4/fan_out_cap = 3  # fewer/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert rows(desk)[0].text == FINANCIAL.replace("fan_out_cap = 4", "fan_out_cap = 3  # fewer")
        assert "Version 1 is stored." in console.screen()


async def test_what_the_rules_object_to_is_listed_and_edited_again_until_it_is_sound(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(
        lent, "sed -i 's/multiple = 15/multiple = 2/' \"$1\"", "sed -i 's/multiple = 2$/multiple = 12/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        screen = console.screen()
        assert "cannot be signed as it is" in screen
        assert "multiple = 2 is not ten to twenty times expected" in screen
        assert "again or save or drop" in screen
        assert rows(desk)[0].text == FINANCIAL
        await console.press("enter")
        await console.idle()
        assert "multiple = 12" in rows(desk)[0].text


@pytest.mark.parametrize(("answer", "stored", "said"), [
    ("save", True, "1 error stand"), ("drop", False, "nothing was stored"), (None, False, "kept in"),
])
async def test_an_unsound_text_is_stored_as_a_draft_dropped_or_kept_as_a_file(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path, answer: str | None, stored: bool, said: str) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "sed -i 's/multiple = 15/multiple = 8/' \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        if answer is None:
            await console.press("escape")
            await console.idle()
        else:
            await typed(console, answer)
        assert said in console.screen()
        assert ("multiple = 8" in rows(desk)[0].text) is stored
        assert bool(left(lent)) is (answer is None)


async def test_what_is_no_charter_cannot_be_saved(desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", editor_that(lent, "echo '[charter' > \"$1\""))
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert "again or drop" in console.screen()
        assert rows(desk)[0].text == FINANCIAL


@pytest.mark.parametrize(("command", "said"), [("", "No editor is set"), ("false", "ended with code 1")])
async def test_an_editor_that_does_not_do_is_told(
        desk: Desk, monkeypatch: pytest.MonkeyPatch, lent: Path, command: str, said: str) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", command)
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert said in console.screen()
        assert rows(desk)[0].text == FINANCIAL


async def test_a_terminal_that_cannot_be_lent_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await imported(desk)
    monkeypatch.setenv("EDITOR", "true")
    async with at_charter(desk) as console:
        await console.press("e")
        await console.idle()
        assert "cannot be given to an editor" in console.screen()
