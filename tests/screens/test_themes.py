"""Colours and characters: chosen in the console, remembered for the user, taken away where a terminal lacks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.text import display_width
from screens.app import ConsoleApp
from screens.plain import plain
from tests.support import portfolio
from tests.support.opened import opened
from tests.support.still_door import StillDoor, as_door


def colours(app: ConsoleApp) -> set[str]:
    """Every colour that is on the screen."""
    found = set()
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None and segment.style.color is not None:
                found.add(segment.style.color.name)
    return found


@pytest.mark.parametrize("name", ["dark", "light", "16", "mono"])
async def test_a_theme_is_chosen_by_name_and_remembered_for_this_user(name: str) -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("colon", *f"theme {name}", "enter")
        await console.idle()
        assert console.app.theme == f"console-{name}"
        assert "now and the next time" in console.screen()
    assert ConsoleApp(as_door(StillDoor()), None).theme == f"console-{name}"


async def test_the_key_asks_for_the_theme_and_refuses_what_is_none() -> None:
    async with opened(portfolio.normal()) as console:
        await console.press("C")
        assert "dark · light · 16 · mono" in console.screen()
        await console.press(*"pink", "enter")
        assert "Write one of: dark, light, 16, mono" in console.screen()
        await console.press("ctrl+u", *"light", "enter")
        await console.idle()
        assert console.app.theme == "console-light"


async def test_mono_leaves_no_colour_and_dark_brings_them_back() -> None:
    async with opened(portfolio.normal()) as console:
        assert len(colours(console.app)) > 3
        console.app.recolour("mono")
        await console.pilot.pause()
        assert colours(console.app) <= {"default"}
        console.app.recolour("dark")
        await console.pilot.pause()
        assert len(colours(console.app)) > 3


def test_what_the_environment_says_goes_before_what_was_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "state" / "token-console").mkdir(parents=True)
    (tmp_path / "state" / "token-console" / "theme").write_text("light\n")
    monkeypatch.setenv("TOKEN_CONSOLE_THEME", "dark")
    assert ConsoleApp(as_door(StillDoor()), None).theme == "console-dark"
    monkeypatch.setenv("NO_COLOR", "1")
    assert ConsoleApp(as_door(StillDoor()), None).theme == "console-mono"


async def test_a_choice_that_cannot_be_written_still_holds_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    async with opened(portfolio.normal()) as console:
        console.app.recolour("light")
        await console.pilot.pause()
        assert console.app.theme == "console-light"
        assert "could not be remembered" in console.screen()


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LANG": "en_US.ISO-8859-1"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, {"TERM": "vt220"}],
    ids=str,
)
async def test_a_terminal_that_cannot_show_utf_8_gets_ascii_only(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with opened(portfolio.hostile(), (200, 50)) as console:
        assert console.screen().isascii()
        await console.press("question_mark")
        assert console.screen().isascii()


@pytest.mark.parametrize("environment", [{}, {"LANG": "en_GB.UTF-8"}, {"LC_CTYPE": "C.UTF-8"}, {"LC_ALL": "C.utf8"}])
async def test_one_that_can_or_says_nothing_gets_all(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with opened(portfolio.normal()) as console:
        assert "·" in console.screen()


def test_the_option_asks_for_ascii_whatever_the_locale_says() -> None:
    app = ConsoleApp(as_door(StillDoor()), None, ascii_only=True)
    assert [type(one).__name__ for one in app.get_line_filters() if type(one).__name__ == "Plain"] == ["Plain"]


@pytest.mark.parametrize("text", ["a │ b…", "Zoë › Ångström", "名前", "▁▂▃▄▅▆▇█ ▓▒░ ─━", "e\u0301"])
def test_plain_text_is_ascii_and_as_wide_as_before(text: str) -> None:
    assert plain(text).isascii()
    assert len(plain(text)) == display_width(text)


def test_marks_of_a_chart_stay_apart_and_letters_keep_their_base() -> None:
    assert len(set(plain("█▓▒░"))) == 4
    assert plain("Zoë") == "Zoe"
