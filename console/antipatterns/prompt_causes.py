"""What scans of git found in prompts that explains what the meters show."""

from __future__ import annotations

from console.antipatterns.finding import Figures
from console.antipatterns.telemetry import Telemetry
from console.prompts.findings import VARIABLE, of_prompt
from console.text import clean

MOST = 3
_WIDTH = 120


def variable_content(seen: Telemetry) -> Figures:
    """Where something varies within a cached prefix, with file, line and column: why a cache is written and not read.
    """
    found = [each for prompt in seen.prompts for each in of_prompt(prompt) if each.kind == VARIABLE]
    return tuple((f"cause{'' if number == 1 else f' {number}'}",
                  clean(f"{each.path}:{each.line}:{each.column} {each.summary}", _WIDTH))
                 for number, each in enumerate(found[:MOST], 1))
