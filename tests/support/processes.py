"""Python processes of their own that do something to a database at the same time."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
GO = """
import sys
def go():
    print("ready", flush=True)
    sys.stdin.readline()
"""


def at_once(script: str, arguments: list[str]) -> list[str]:
    """What each of these processes prints; all wait for the others before the line `go()`. `sys.argv[1]` differs."""
    children = [subprocess.Popen([sys.executable, "-c", GO + textwrap.dedent(script), argument], cwd=ROOT, text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE) for argument in arguments]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    return [child.communicate(timeout=60)[0].strip() for child in children]
