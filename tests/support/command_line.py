"""The real command, as its own process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import forking

_KEPT = ("PATH", "LANG", "LC_ALL", "COVERAGE_PROCESS_START")


def token_console(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "",
                  timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    """Run `token-console …` in a folder of its own, with that folder as home and no terminal."""
    return forking.run("console", arguments, cwd=cwd, env=environment(cwd, env), stdin=stdin,
                       timeout_s=timeout_s)


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A user's environment whose every directory lies under `home`."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return {
        **kept, "HOME": str(home), "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2]),
        "XDG_CONFIG_HOME": str(home / ".config"), "XDG_STATE_HOME": str(home / ".state"),
        "XDG_DATA_HOME": str(home / ".data"), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **(more or {}),
    }
