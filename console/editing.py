"""A text in the person's own editor: a private file, the editor, what came back, and what to do where it will not do.

What a person wrote is never thrown away unasked: where it could not be stored, the file stays, and its place is told.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from console import toml
from console.errors import ConsoleError, InputError, UsageError

AGAIN, SAVE, DROP, LEAVE = "again", "save", "drop", "leave"
"""Edit again; store it as it is; throw it away; store nothing and keep the file."""

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a text is not stored as it is."""

    problems: Sequence[str]
    """One a line, with place and remedy. Outside text: clean it before it is shown."""
    storable: bool = False
    """It may be stored all the same, as a draft that nobody signs yet."""

    @property
    def choices(self) -> tuple[str, ...]:
        return (AGAIN, SAVE, DROP) if self.storable else (AGAIN, DROP)


class Hands(Protocol):
    """What a screen and a command do differently."""

    async def edit(self, command: Sequence[str]) -> int:
        """Run the editor on this terminal until it ends; its exit code. Raises OSError where there is none."""

    async def choose(self, trouble: Trouble) -> str:
        """Show the problems and ask: one of the trouble's choices, or LEAVE."""


async def through_editor(
    text: str,
    name: str,
    hands: Hands,
    check: Callable[[str], Awaitable[Trouble | None]],
    save: Callable[[str], Awaitable[Done]],
    limit: int = toml.CONFIGURATION_LIMIT,
) -> Done | None:
    """Let a person change `text` in a file called `name`, such as `claims.toml`, and store what they made of it; None
    where nothing was. `limit` is in bytes.

    Raises ConsoleError with what went wrong, and with the place of the file where there is something in it.
    """
    command = editor()
    file = _write(text, name)
    choice = AGAIN
    while choice == AGAIN:
        await _run(hands, command, file, text)
        try:
            changed = _read(file, limit)
        except InputError as error:
            choice = await hands.choose(Trouble((str(error),)))
            continue
        if changed == text or not changed.strip():
            _discard(file)
            return None
        trouble = await _or_kept(check(changed), file)
        choice = SAVE if trouble is None else await hands.choose(trouble)
    if choice == DROP:
        _discard(file)
        return None
    if choice == LEAVE:
        raise InputError(f"Nothing was stored. Your text is kept in {file}")
    done = await _or_kept(save(changed), file)
    _discard(file)
    return done


def editor() -> list[str]:
    """The person's editor as a command, from VISUAL or EDITOR. Raises UsageError where neither names one."""
    for name in ("VISUAL", "EDITOR"):
        said = os.environ.get(name, "").strip()
        try:
            words = shlex.split(said)
        except ValueError as error:
            raise UsageError(f"{name} is not a command: {error}. Write, for example: export {name}=nano") from error
        if words:
            return words
    raise UsageError("No editor is set. Leave the console, write export EDITOR=nano (or vim, or what you use), and "
                     "come back.")


async def _run(hands: Hands, command: Sequence[str], file: Path, text: str) -> None:
    try:
        code = await hands.edit([*command, str(file)])
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"The editor {command[0]} could not be started: {error}. VISUAL or EDITOR names it."
                         + _kept(file, text)) from error
    except ConsoleError as error:
        error.args = (f"{error}{_kept(file, text)}",)
        raise
    if code:
        raise InputError(f"The editor ended with code {code}, so nothing was stored." + _kept(file, text))


def _kept(file: Path, text: str) -> str:
    """Where the text is, if there is anything new in it."""
    try:
        same = file.read_bytes() == text.encode("utf-8", "surrogatepass")
    except OSError:
        same = True
    if same:
        _discard(file)
        return ""
    return f" Your text is kept in {file}"


async def _or_kept(step: Awaitable[Done], file: Path) -> Done:
    """What the step gives. Where it fails, its error also tells where the text is."""
    try:
        return await step
    except ConsoleError as error:
        error.args = (f"{error} Your text is kept in {file}",)
        raise


def _write(text: str, name: str) -> Path:
    """A file that only this user can read, in a folder that only this user can enter."""
    file = Path(tempfile.mkdtemp(prefix="token-console-")) / name
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass", newline="") as out:
        out.write(text)
    return file


def _read(file: Path, limit: int) -> str:
    """What the editor left. Raises InputError for what is gone, too large, or not UTF-8."""
    try:
        with file.open("rb") as source:
            raw = source.read(limit + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    if len(raw) > limit:
        raise InputError(f"The file is larger than {limit // 1024} KiB; shorten it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"Line {line} is not UTF-8 text; save the file as UTF-8.") from error


def _discard(file: Path) -> None:
    """The file, and what the editor left beside it."""
    shutil.rmtree(file.parent, ignore_errors=True)
