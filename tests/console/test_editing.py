"""A text in an editor and back: private, bounded, and never lost."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from console import editing
from console.editing import AGAIN, DROP, LEAVE, SAVE, Trouble, through_editor
from console.errors import InputError, NotPermitted, UsageError
from tests.support.editors import editor_that


class Hands:
    """Runs the editor for real, and answers what it was told to."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.seen: list[Trouble] = []
        self.modes: list[tuple[int, int]] = []

    async def edit(self, command: Sequence[str]) -> int:
        return self._run(command)

    def _run(self, command: Sequence[str]) -> int:
        file = Path(command[-1])
        if file.exists():
            self.modes.append((stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)))
        return subprocess.run(command, check=False).returncode

    async def choose(self, trouble: Trouble) -> str:
        self.seen.append(trouble)
        return self.answers.pop(0)


@pytest.fixture(autouse=True)
def private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the files go, and no editor of the developer's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


async def sound(text: str) -> Trouble | None:
    return None


def unless(word: str, *, storable: bool = False) -> Callable[[str], Awaitable[Trouble | None]]:
    async def check(text: str) -> Trouble | None:
        return None if word in text else Trouble((f"{word} is missing",), storable)

    return check


async def keep(text: str) -> str:
    return text


def kept(error: Exception) -> str:
    """What stands in the file that the message ends with."""
    return Path(str(error).split()[-1]).read_text()


def left(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.toml"))


async def test_what_the_editor_left_is_stored_and_the_file_is_gone(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "sed -i s/one/two/ \"$1\""))
    hands = Hands()
    assert await through_editor("one\n", "claims.toml", hands, sound, keep) == "two\n"
    assert hands.modes == [(0o600, 0o700)]
    assert left(tmp_path) == []


async def test_visual_goes_before_editor_and_may_have_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", f"{editor_that(tmp_path, 'echo $1 > $2')} --wait")
    assert await through_editor("one", "claims.toml", Hands(), sound, keep) == "--wait\n"


async def test_without_an_editor_it_says_how_to_set_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="export EDITOR=nano"):
        await through_editor("one", "claims.toml", Hands(), sound, keep)
    assert left(tmp_path) == []


@pytest.mark.parametrize(("name", "said"), [("no-such-editor-here", "could not be started"), ("'", "is not a command")])
async def test_an_editor_that_is_none_is_named(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, said: str) -> None:
    monkeypatch.setenv("EDITOR", name)
    with pytest.raises(UsageError, match=said):
        await through_editor("one", "claims.toml", Hands(), sound, keep)
    assert left(tmp_path) == []


@pytest.mark.parametrize("script", [":", ": > \"$1\"", "printf ' \\n' > \"$1\""])
async def test_what_was_not_changed_or_emptied_is_no_edit(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, script))
    assert await through_editor("one", "claims.toml", Hands(), unless("never"), keep) is None
    assert left(tmp_path) == []


async def test_an_editor_that_fails_stores_nothing_and_keeps_what_was_written(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "echo half > \"$1\"; exit 3"))
    with pytest.raises(InputError, match=r"code 3.*kept in") as refused:
        await through_editor("one", "claims.toml", Hands(), sound, keep)
    assert kept(refused.value) == "half\n"


async def test_one_that_fails_before_a_word_was_written_leaves_no_file(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "exit 1"))
    with pytest.raises(InputError, match="code 1") as refused:
        await through_editor("one", "claims.toml", Hands(), sound, keep)
    assert "kept" not in str(refused.value)
    assert left(tmp_path) == []


@pytest.mark.parametrize(("script", "said"), [
    ("printf 'a\\n\\377' > \"$1\"", "Line 2 is not UTF-8"),
    ("head -c 70000 /dev/zero | tr '\\0' a > \"$1\"", "larger than 64 KiB"),
    ("rm \"$1\"", "cannot be read"),
])
async def test_what_cannot_be_read_is_told_and_may_be_edited_again(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, said: str) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, script, "echo mended > \"$1\""))
    hands = Hands(AGAIN)
    assert await through_editor("one", "claims.toml", hands, sound, keep) == "mended\n"
    (trouble,) = hands.seen
    assert said in trouble.problems[0]
    assert trouble.choices == (AGAIN, DROP)


async def test_trouble_can_be_mended_dropped_kept_as_a_file_or_where_that_is_possible_stored(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "echo draft > \"$1\"", "echo whole > \"$1\""))
    assert await through_editor("one", "claims.toml", Hands(AGAIN), unless("whole"), keep) == "whole\n"
    assert await through_editor("one", "claims.toml", Hands(DROP), unless("never"), keep) is None
    assert left(tmp_path) == []
    hands = Hands(SAVE)
    assert await through_editor("one", "claims.toml", hands, unless("never", storable=True), keep) == "whole\n"
    assert hands.seen[0].choices == (AGAIN, SAVE, DROP)
    with pytest.raises(InputError, match="kept in"):
        await through_editor("one", "claims.toml", Hands(LEAVE), unless("never"), keep)
    assert [file.read_text() for file in left(tmp_path)] == ["whole\n"]


async def test_what_storing_refuses_stays_in_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "echo mine > \"$1\""))

    async def refused(text: str) -> None:
        raise InputError("paul changed it while you were at it.")

    with pytest.raises(InputError, match=r"while you were at it\. Your text is kept in") as error:
        await through_editor("one", "claims.toml", Hands(), sound, refused)
    assert kept(error.value) == "mine\n"


async def test_what_cannot_be_checked_stays_in_the_file_and_the_error_is_what_it_was(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "echo mine > \"$1\""))

    async def away(text: str) -> None:
        raise NotPermitted("You may not write this.")

    with pytest.raises(NotPermitted, match=r"may not write this\. Your text is kept in") as error:
        await through_editor("one", "claims.toml", Hands(), away, keep)
    assert kept(error.value) == "mine\n"


@pytest.mark.parametrize("failure", [FileNotFoundError("vim"), UsageError("This terminal cannot be lent.")])
async def test_an_editor_that_is_gone_the_second_time_does_not_take_the_text_with_it(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception) -> None:
    monkeypatch.setenv("EDITOR", editor_that(tmp_path, "echo mine > \"$1\""))

    class Once(Hands):
        async def edit(self, command: Sequence[str]) -> int:
            if self.seen:
                raise failure
            return self._run(command)

    with pytest.raises(UsageError, match="kept in") as error:
        await through_editor("one", "claims.toml", Once(AGAIN), unless("never"), keep)
    assert kept(error.value) == "mine\n"


async def test_a_terminal_that_cannot_be_lent_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", "true")

    class Never(Hands):
        async def edit(self, command: Sequence[str]) -> int:
            raise UsageError("This terminal cannot be lent.")

    with pytest.raises(UsageError, match=r"lent\.$"):
        await through_editor("one", "claims.toml", Never(), sound, keep)
    assert left(tmp_path) == []


def test_an_editor_is_a_command_and_not_a_shells_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "vim; rm -rf ~")
    assert editing.editor() == ["vim;", "rm", "-rf", "~"]
