"""The page of the MBOM file holds to what the reader really takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console import kinds
from console.config import load_text
from console.operations.mbom.file import FIELDS, read

PAGE = (Path(__file__).parents[1] / "docs" / "mbom.md").read_text()
EXAMPLE = PAGE.split("```toml\n")[1].split("```")[0]
CONFIG = load_text("".join(f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\nsecret = "env:KEY"\n{more}\n'
                           for kind, more in (("anthropic", ""), ("bedrock", 'regions = ["us-east-1"]'))),
                   Path("token-console.toml"))
ROWS = {name for line in PAGE.splitlines() if line.startswith("| `")
        for name in re.findall(r"`([\w-]+)`", line.split("|")[1])}


def test_its_example_is_taken_in_without_a_word() -> None:
    found = read(EXAMPLE, "docs/mbom.md", CONFIG)
    assert [problem.message for problem in found.problems] == []
    assert found.entries[0].data.keys() == set(FIELDS)


@pytest.mark.parametrize("field", sorted({*FIELDS} - {"usage", "switches", "drill"}))
def test_each_field_has_its_row(field: str) -> None:
    assert field in ROWS


def test_each_kind_of_switch_has_its_row() -> None:
    assert set(kinds.switch_names()) <= ROWS
