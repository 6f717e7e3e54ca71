"""A text in the person's own editor: the terminal is lent to `$VISUAL` or `$EDITOR` and taken back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from console.errors import ConsoleError, InputError

if TYPE_CHECKING:
    from screens.app import ConsoleApp

MOST_BYTES = 256 * 1024
HOW = "Set it before the console is started, such as export EDITOR=vim."


def edited(app: ConsoleApp, text: str, name: str) -> str:
    """What the person made of the text, in a private file of this name that is gone afterwards.

    The console stands still meanwhile; backstage goes on watching. Raises ConsoleError where there is no editor, it
    failed, or what it left is no text.
    """
    command = _editor()
    with tempfile.TemporaryDirectory(prefix="token-console-") as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        _run(app, [*command, str(file)])
        return _read(file)


def _editor() -> list[str]:
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(said)
    except ValueError as error:
        raise ConsoleError(f"EDITOR is {said!r}, which is no command: {error}. {HOW}") from error
    if not command:
        raise ConsoleError(f"No editor is set in EDITOR or VISUAL. {HOW}")
    return command


def _run(app: ConsoleApp, command: list[str]) -> None:
    failure: OSError | None = None
    code = 0
    app.lent = True
    try:
        with app.suspend():
            try:  # in here: what is raised out of it would leave the terminal lent for good
                code = subprocess.run(command, check=False).returncode  # noqa: S603 - the person's own choice
            except OSError as error:
                failure = error
    except SuspendNotSupported as error:
        raise ConsoleError("This terminal cannot be lent to an editor.") from error
    finally:
        app.lent = False
    if failure is not None:
        raise ConsoleError(f"The editor {command[0]} could not be started: {failure.strerror}. {HOW}") from failure
    if code != 0:
        raise ConsoleError(f"The editor {command[0]} ended with {code}; nothing was changed.")


def _read(file: Path) -> str:
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            raise InputError(f"The text is larger than {MOST_BYTES // 1024} KiB; nothing was changed.")
        return raw.decode("utf-8")
    except OSError as error:
        raise ConsoleError(f"The editor left no file: {error.strerror}. Nothing was changed.") from error
    except UnicodeDecodeError as error:
        raise InputError("The text is not UTF-8; nothing was changed.") from error
