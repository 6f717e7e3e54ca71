"""`mbom export` and `mbom import` as a person at a shell uses them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.commands.test_registry_commands import console, home

__all__ = ["home"]


def test_a_cyclonedx_file_is_written_once_and_comes_back_in(home: Path) -> None:
    console(home, "mbom", "import", "mbom.toml")
    words = ("mbom", "export", "--format", "cyclonedx", "--spec", "1.7", "--timestamp", "2026-11-23T12:00:00Z",
             "-o", "mbom.cdx.json")
    assert console(home, *words).stdout == "Written to mbom.cdx.json\n"
    document = json.loads((home / "mbom.cdx.json").read_text())
    assert (document["specVersion"], document["metadata"]["timestamp"]) == ("1.7", "2026-11-23T12:00:00Z")
    again = console(home, *words)
    assert again.returncode == 73
    assert "mbom.cdx.json cannot be written: File exists. Name another file." in again.stderr
    assert "0 added, 0 changed, 1 unchanged" in console(home, "mbom", "import", "mbom.cdx.json").stdout


def test_a_newer_file_is_refused_with_what_to_do(home: Path) -> None:
    (home / "new.json").write_text('{ "bomFormat": "CycloneDX",\n"specVersion": "2.0" }')
    done = console(home, "mbom", "import", "new.json")
    assert done.returncode == 1
    assert "new.json:2: specVersion = '2.0' is not understood; export it again as one of 1.6, 1.7" in done.stderr
