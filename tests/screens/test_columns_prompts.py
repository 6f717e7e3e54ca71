"""Prompts as a block of a page: each file in a line, what is wrong below, within the width."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.cadences.prompts import prompt_line
from console.prompts.version import Gate, Place, Prompt, Version
from console.text import display_width
from screens.columns.page import PageLine
from screens.columns.prompts import MOST, block

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD = Version("a" * 40, "prompts/claims/system.md", "Ann", AT, "Begin", "1" * 40, None, 7000, None, 9, 0,
              gate=Gate("passed", "0.9", "trailer"))
NEW = replace(OLD, commit="b" * 40, blob="2" * 40, before="1" * 40, bytes=10_500, author="Bo\x1b[31m", gate=None,
              places=(Place(3, 7, "{now}", "the time"),), changed_line=3)
PROMPT = Prompt("shop", "claims", "prompts/claims/system.md", "system prompt", None, "whole", "/shop", AT, (NEW, OLD))


def times(at: datetime | None) -> str:
    return "" if at is None else f"{at:%H:%M}"


def shown(*prompts: Prompt, width: int = 120) -> list[str]:
    lines: list[PageLine] = block([prompt_line(each) for each in prompts], width, times)
    return [line.text() for line in lines]


def test_a_prompt_has_size_growth_and_gate_in_one_line() -> None:
    _, headings, line, *found = shown(PROMPT)
    assert headings.split() == ["TOKENS", "GREW", "GATE", "VERSION", "PROMPT", "SINCE", "REVIEW", "AT", "BY"]
    assert line.split() == ["~3,000", "+1,000", "ungated", "b" * 12, "prompts/claims/system.md", "+1,000", "12:00",
                            "Bo\ufffd[31m"]
    text = " ".join(found)
    assert "system.md:3:7 variable content: {now} stands in the cached prefix" in text
    assert "ungated change" in text


def test_one_that_ended_says_how_and_none_is_no_block() -> None:
    assert [line.strip() for line in shown(replace(PROMPT, ended="deleted in 123456789012"))[1:]] == [
        "prompts/claims/system.md: deleted in 123456789012"]
    assert shown() == []


def test_of_many_findings_some_are_shown_and_the_rest_is_counted() -> None:
    many = replace(NEW, places=tuple(Place(line, 1, "{now}", "the time") for line in range(1, 21)))
    lines = shown(replace(PROMPT, versions=(many, OLD)), width=400)
    assert lines[-1].strip() == f"{22 - MOST} more: token-console prompts show claims"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert max(display_width(line) for line in shown(PROMPT, replace(PROMPT, path="p/" * 80), width=width)) <= width
