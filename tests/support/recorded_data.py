"""Where recorded usage lies: real traffic by minute, call records, and incidents laid over both. Read in place.

The folder is not part of this repository. TOKEN_CONSOLE_DATA names it; otherwise a folder `data` with a manifest and
`scenarios` is looked for beside the repository. Tests that need it are skipped, saying so, where there is none.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def data_folder() -> Path | None:
    """The folder, or None where there is none. A wrong TOKEN_CONSOLE_DATA is an error: nobody meant to skip."""
    named = os.environ.get("TOKEN_CONSOLE_DATA")
    if named:
        folder = Path(named)
        if not (folder / "scenarios").is_dir():
            raise FileNotFoundError(f"TOKEN_CONSOLE_DATA is {named}, which has no folder scenarios")
        return folder
    beside = sorted(path.parent for path in _ROOT.parent.glob("*/data/MANIFEST.json"))
    return next((folder for folder in beside if (folder / "scenarios").is_dir()), None)


def recorded(name: str) -> Path:
    """One file of it, such as `scenarios/runaway_night.s101.csv.gz`; skips the test where it is not there."""
    folder = data_folder()
    if folder is None:
        pytest.skip("no recorded usage here; TOKEN_CONSOLE_DATA names its folder")
    path = folder / name
    if not path.exists():
        pytest.skip(f"the recorded usage has no {name}")
    return path
