"""Editors for tests: small real programs that do to the file what they are told, the next thing each time."""

from __future__ import annotations

from pathlib import Path


def editor_that(folder: Path, *scripts: str) -> str:
    """A command that runs the first script on its first call, and so on; the last one for ever after. The file is
    `$1`, or what follows the options."""
    count = folder / "edits"
    count.write_text("0")
    cases = "\n".join(f"{at}) {script} ;;" for at, script in enumerate(scripts[:-1]))
    program = folder / "editor"
    program.write_text(f"#!/bin/sh\nn=$(cat {count}); echo $((n+1)) > {count}\ncase $n in\n{cases}\n"
                       f"*) {scripts[-1]} ;;\nesac\n")
    program.chmod(0o755)
    return str(program)
