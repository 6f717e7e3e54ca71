"""Report: what a cadence shows, written as a file that can be handed on. It overwrites nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from console.errors import CannotWrite
from console.text import clean
from screens.dialogs.asking import one_of
from screens.prompt import Prompt
from screens.view import Console

FIRST = "md"


async def run(console: Console, cadence: str, period: str | None) -> None:
    """Write the report of a cadence's period; None is the present one. Raises ConsoleError with what failed."""
    from console.operations import reporting
    from console.reports.formats import FORMATS

    of = f"{cadence} {period}" if period else cadence
    form = await one_of(console, f"Report of the {of} as", list(FORMATS), default=FIRST, replaced=True)
    if form is None:
        return
    console.say(f"Writing the {of}…")
    made = await console.door.ask(reporting.report, cadence=cadence, period=period, form=form)
    answer = await console.ask(
        Prompt("Into the file", default=made.name, validate=complaint, hint="enter writes it · esc cancels")
    )
    if answer is None:
        return
    path = await asyncio.to_thread(_write, answer.strip(), made.content)
    console.say(f"The report is in {clean(path)}, {max(1, len(made.content) // 1024):,} KiB.")


def complaint(text: str) -> str | None:
    """What stands against a file of this name; None where nothing does."""
    if not text.strip():
        return "Write the name of a file."
    path = Path(text.strip()).expanduser()
    try:
        if path.exists():
            return f"{clean(path.name, 40)} is there already, and a report overwrites nothing. Write another name."
        return None if path.absolute().parent.is_dir() else f"There is no folder {clean(str(path.parent), 60)}."
    except OSError as error:
        return f"This cannot be the name of a file: {error.strerror}."


def _write(name: str, content: bytes) -> str:
    path = Path(name).expanduser()
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise CannotWrite(f"{path} could not be written: {error.strerror}. Nothing was left there.") from error
    return str(path.absolute())
