"""Keys that come faster than the screen: each goes where it would have gone had the person waited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pty_console import PtyConsole, in_terminal
from tests.terminal import programs

SELECTED_AT_FIRST, BELOW_IT = "> underwriting", "> reconciliation"


@pytest.fixture
def console() -> Iterator[PtyConsole]:
    with in_terminal(programs.STILL) as opened:
        opened.until_text(SELECTED_AT_FIRST)
        opened.settle()
        yield opened


def test_letters_in_the_same_write_as_the_key_that_asks_are_the_answer(console: PtyConsole) -> None:
    console.press(b"j/laims-tr")
    console.until_text("/ laims-tr")
    console.until_text("filter: laims-tr  1 of 1")
    assert "> claims-triage" in console.picture()


def test_a_key_before_the_one_that_asks_still_moves(console: PtyConsole) -> None:
    console.press(b"j/\x07")
    console.until_text(BELOW_IT)


@pytest.mark.parametrize(("keys", "shown"), [(b":aler", ": aler"), (b"smont", "Sort by mont"), (b"qxy", "stays xy")])
def test_every_question_that_is_asked_at_once_takes_them(console: PtyConsole, keys: bytes, shown: str) -> None:
    console.press(keys)
    console.until_text(shown)


def test_an_answer_and_what_follows_it_may_come_in_one_write(console: PtyConsole) -> None:
    console.press(b":audit\r")
    console.until_text("daily › audit")


@pytest.mark.parametrize(("keys", "shown"), [(b"A?", "help on audit"), (b"a?q", "daily › alerts")])
def test_keys_after_one_that_leads_to_another_screen_are_that_screens(
    console: PtyConsole, keys: bytes, shown: str
) -> None:
    console.press(keys)
    console.until_text(shown)


def test_letters_of_a_question_never_act(console: PtyConsole) -> None:
    """K kills and A opens the audit log, where they are no letters of an answer."""
    console.press(b"/KA1a")
    console.until_text("/ KA1a")
    assert "token-console · daily" in console.picture()
