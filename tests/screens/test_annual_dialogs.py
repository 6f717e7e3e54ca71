"""The year's text in an editor, its signature, the verdict on a prediction, and a cadence written as a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.errors import InputError
from console.operations.reporting import Rendered
from screens.app import ConsoleApp
from screens.editing import aside
from screens.prompt import Cancel
from tests.support import annual
from tests.support.cadences import answer, at, door, sent
from tests.support.opened import Opened

Editor = Callable[[str], Path]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Makes a shell script the editor; its `$1` is the file. The terminal of a test is lent as it is."""

    @contextmanager
    def lent(app: ConsoleApp) -> Iterator[None]:
        yield

    monkeypatch.setattr(ConsoleApp, "suspend", lent)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)

    def make(script: str) -> Path:
        file = tmp_path / "editor"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o700)
        monkeypatch.setenv("EDITOR", str(file))
        return file

    return make


async def edit(console: Opened) -> str:
    await console.press("e")
    await console.idle()
    return " ".join(console.screen().split())


async def test_the_text_is_written_with_an_editor_that_begins_with_what_there_is(
    editor: Editor, tmp_path: Path
) -> None:
    editor(f'cp "$1" {tmp_path}/before; echo "A quiet year." > "$1"')
    async with at("annual") as console:
        said = await edit(console)
        assert sent(console, "write_statement") == [
            {"year": "2026", "text": "A quiet year.", "base_hash": annual.WRITTEN.content_hash}]
        assert (tmp_path / "before").read_text() == annual.TEXT
        assert "The text of 2026 is written. i signs it." in said
        assert len(sent(console, "annual")) == 2
        assert not console.app.lent


class Lender:
    """The part of the app that an editor needs; its terminal comes back only where no error comes out of the block."""

    lent = False
    back = False

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield
        self.back = True


def test_the_terminal_comes_back_from_an_editor_that_is_none() -> None:
    app = Lender()
    with pytest.raises(FileNotFoundError):
        aside(app, ["/no/such/editor"], "")  # type: ignore[arg-type]
    assert (app.lent, app.back) == (False, True)


@pytest.mark.parametrize("script", ['printf " \\n" > "$1"', "true"])
async def test_an_empty_text_and_an_unchanged_one_are_not_written(editor: Editor, script: str) -> None:
    editor(script)
    async with at("annual") as console:
        assert "nothing was stored" in await edit(console)
        assert sent(console, "write_statement") == []


def kept(folder: Path) -> str:
    """What stands in the one file that was kept of the year's text."""
    (file,) = folder.rglob("token-console-*/2026.md")
    return file.read_text()


async def test_a_text_that_could_not_be_stored_is_kept_in_a_file(editor: Editor, tmp_path: Path) -> None:
    editor('echo "A whole evening of work." > "$1"')
    refused = door(answers={"write_statement": InputError("paul wrote meanwhile.")})
    async with at("annual", refused) as console:
        assert "paul wrote meanwhile. Your text is kept in" in await edit(console)
        assert kept(tmp_path) == "A whole evening of work.\n"


async def test_an_editor_that_failed_keeps_what_was_written(editor: Editor, tmp_path: Path) -> None:
    editor('echo "Half a text" > "$1"; exit 3')
    async with at("annual") as console:
        assert "ended with code 3" in await edit(console)
        assert kept(tmp_path) == "Half a text\n"


async def test_a_terminal_that_cannot_be_lent_is_said_with_the_command_to_do_it_by_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with at("annual") as console:  # a test's terminal cannot be suspended
        said = await edit(console)
        assert "cannot be given to an editor" in said
        assert "token-console annual write FILE --year 2026" in said


async def test_what_is_shown_is_what_is_signed_and_only_with_the_year_typed() -> None:
    async with at("annual") as console:
        await console.press("i")
        await console.idle()
        assert "Five kills, one of them for nothing" in console.screen()
        assert annual.WRITTEN.content_hash in console.screen()
        assert isinstance(console.app.focused, Cancel)
        await answer(console, "2025")
        assert "Type 2026" in console.screen()
        assert sent(console, "sign_statement") == []
        await console.press("ctrl+u")
        await answer(console, "2026")
        assert sent(console, "sign_statement") == [{"year": "2026", "content_hash": annual.WRITTEN.content_hash}]


@pytest.mark.parametrize(
    ("value", "said"), [(annual.unwritten(), "There is no text of 2026"), (annual.closed(), "was signed by maria")]
)
async def test_what_is_not_written_or_signed_already_is_not_signed(value: object, said: str) -> None:
    async with at("annual", door(answers={"annual": value})) as console:
        await console.press("i")
        await console.idle()
        assert said in console.screen()
        assert sent(console, "sign_statement") == []


async def test_a_prediction_gets_its_verdict_with_evidence() -> None:
    async with at("annual", row="prediction:2") as console:
        await console.press("J")
        await console.idle()
        assert "Cannot be computed: no workload has traces." in console.screen()
        await answer(console, "fals", "Ninety of a hundred are single calls.")
        assert sent(console, "judge_prediction") == [
            {"number": 2, "verdict": "falsified", "evidence": "Ninety of a hundred are single calls."}
        ]


async def test_what_is_no_prediction_is_not_judged() -> None:
    async with at("annual", row="statement") as console:
        await console.press("J")
        assert "J (judge) does not apply to what is selected" in console.screen()


async def test_enter_on_a_measure_shows_it_in_full() -> None:
    async with at("annual", row="measure:time to kill") as console:
        await console.press("enter")
        await console.idle()
        assert console.app.view.has_class("-in-full")
        assert "From the reading that crossed the line" in console.screen()


# Reports.


async def test_a_report_of_what_is_shown_is_written_and_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "monthly-2026-11.html"
    there.write_text("mine")
    made = Rendered(b"<p>the month</p>", there.name)
    async with at("monthly", door(answers={"report": made})) as console:
        await console.press("o")
        await answer(console, "html")
        assert sent(console, "report") == [{"cadence": "monthly", "period": "2026-11", "form": "html"}]
        await answer(console, "")
        assert "is there already" in console.screen()
        assert there.read_text() == "mine"
        await console.press("ctrl+u")
        await answer(console, "no/such/month.html")
        assert "There is no folder" in console.screen()
        await console.press("ctrl+u")
        await answer(console, "month.html")
        assert (tmp_path / "month.html").read_bytes() == made.content
        assert "The report is in" in console.screen()


async def test_a_report_that_is_cancelled_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with at("annual", door(answers={"report": Rendered(b"x", "annual-2026.md")})) as console:
        await console.press("o")
        await answer(console, "")
        await console.press("escape")
        await console.idle()
        assert "annual-2026.md" not in os.listdir(tmp_path)
