"""The person's own editor on this terminal: the console steps aside for it, and comes back with what was written."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.app import SuspendNotSupported

from console.editing import AGAIN, LEAVE, Trouble
from console.errors import UsageError
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console

if TYPE_CHECKING:
    from screens.app import ConsoleApp


class ScreenHands:
    """`console.editing.Hands` for a screen."""

    def __init__(self, console: Console, title: str, from_shell: str) -> None:
        """`title` stands above what is wrong with a text; `from_shell` is the command that does it without a screen."""
        self._console, self._title, self._from_shell = console, title, from_shell

    async def edit(self, command: Sequence[str]) -> int:
        return aside(cast("ConsoleApp", self._console), command, self._from_shell)

    async def choose(self, trouble: Trouble) -> str:
        console, choices = self._console, trouble.choices
        width, most = asking.room(console)

        def chosen(text: str) -> str | None:
            """The choice that begins so: `s` is enough for save."""
            return next((each for each in choices if text.strip() and each.startswith(text.strip().lower())), None)

        answer = await console.ask(
            Prompt(
                " or ".join(choices),
                title=self._title,
                lines=asking.complaints("\n".join(trouble.problems), width, most),
                default=AGAIN,
                replaced=True,
                validate=lambda text: None if chosen(text) else f"Write one of: {', '.join(choices)}.",
                hint="again opens the editor on it · "
                + ("save stores it as a draft · " if trouble.storable else "")
                + "drop throws it away · esc keeps the file",
            )
        )
        return LEAVE if answer is None else chosen(answer) or LEAVE


def aside(app: ConsoleApp, command: Sequence[str], from_shell: str) -> int:
    """Run a command on this terminal while the console stands aside; its exit code.

    The screen's loop stands still meanwhile, and is meant to: nothing may be painted over the editor. Watching goes on
    backstage, and a hang-up ends this process as ever (`screens.terminal`). Raises OSError where there is no such
    command, UsageError where this terminal cannot be lent.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: None)  # ctrl+c is the editor's, not ours
    app.lent = True
    try:
        with app.suspend():
            done = _done(command)
    except SuspendNotSupported as error:
        raise UsageError(f"This terminal cannot be given to an editor. From a shell: {from_shell}") from error
    finally:
        app.lent = False
        signal.signal(signal.SIGINT, before)
    if isinstance(done, Exception):
        raise done
    return done


def _done(command: Sequence[str]) -> int | Exception:
    """The command's exit code, or why it did not run: an error that left `suspend` would leave the terminal lent."""
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603  (the person's own editor)
    except (OSError, subprocess.SubprocessError) as error:
        return error
