"""CONTRIBUTING.md shows code that is in the tree, and names files that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
SHOWN = re.compile(r"`(console/[\w/]+\.py)`:\n\n```python\n(.*?)```", re.DOTALL)
ELISION = "…\n"


def test_the_code_that_it_shows_is_the_code_in_the_tree() -> None:
    shown = SHOWN.findall(TEXT)
    assert len(shown) == TEXT.count("```python"), "a block of code does not say which file it is from"
    for path, code in shown:
        source = (ROOT / path).read_text()
        place = 0
        for part in code.split(ELISION):
            found = source.find(part, place)
            assert found >= 0, f"{path} has not, or not in this order:\n{part}"
            place = found + len(part)


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:console|tests|docs|store|screens)/[\w./]+)`", TEXT))
    missing = {path for path in named if "NAME" not in path and not (ROOT / path).exists()}
    assert len(named) > 20
    assert not missing
