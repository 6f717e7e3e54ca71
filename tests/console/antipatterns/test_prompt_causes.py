"""What a scan found in a prompt is named where the meters show what came of it."""

from __future__ import annotations

from dataclasses import replace

from console.antipatterns.cached_timestamp import look
from console.antipatterns.prompt_causes import MOST, variable_content
from console.antipatterns.telemetry import Telemetry
from console.prompts.version import SYSTEM, Place, Prompt, Version
from tests.console.antipatterns.cache_seen import WEEK, healthy, never_read, week
from tests.console.antipatterns.seen import START, telemetry

PATH = "prompts/claims-triage/system.md"


def with_places(seen: Telemetry, *lines: int, ended: str = "") -> Telemetry:
    version = Version("a" * 40, PATH, "Ann", START, "Say when", "a" * 40, None, 70, 20, 1, 0,
                      places=tuple(Place(line, 7, "{now}", "the time") for line in lines))
    return replace(seen, prompts=(Prompt("shop", "claims-triage", PATH, SYSTEM, None, "whole", "/shop", START,
                                         (version,), ended),))


def test_a_cached_timestamp_names_the_line_that_varies() -> None:
    seen = week(lambda hour: never_read(hour) if hour >= WEEK - 48 else healthy(hour))
    [found] = look(with_places(seen, 3))  # type: ignore[misc]
    [(label, cause), *_] = found.figures
    assert label == "cause"
    assert cause.startswith(f"{PATH}:3:7 {{now}} stands in the cached prefix")
    [found] = look(seen)  # type: ignore[misc]
    assert "cause" not in dict(found.figures)


def test_of_many_lines_the_first_are_named_and_none_of_a_prompt_out_of_use() -> None:
    assert [label for label, _ in variable_content(with_places(telemetry(), *range(1, 9)))] == [
        "cause", "cause 2", "cause 3"]
    assert MOST == 3
    assert variable_content(with_places(telemetry(), 1, ended="deleted")) == ()
