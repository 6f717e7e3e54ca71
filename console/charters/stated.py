"""Rules on every element: what is there in name only is not stated, and all of it prints on one to three pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal

from console.charters.document import FIVE_TESTS
from console.charters.naming import names_nobody, says_nothing
from console.charters.parsing import Reading
from console.charters.problem import Problem

COLUMNS, LINES, PAGES = 80, 54, 3
"""A page, and how many at most: a heading for each element, `key: value` beneath it, no comments."""


def judge(reading: Reading) -> Iterator[Problem]:
    """Placeholders, words that say nothing, and the length."""
    for path, value in _texts(reading):
        table, key = ".".join(str(part) for part in path[:-1]), path[-1]
        if is_placeholder(value):
            yield Problem("placeholder", reading.line(*path), f"[{table}] {key} still holds the template's words",
                          "write your own")
        elif says_nothing(value):
            yield Problem("vague", reading.line(*path), f"[{table}] {key} names nothing to be held to",
                          "say it so that a board member could check it")
    yield from _nobody(reading)
    yield from _length(reading)


def is_placeholder(text: str) -> bool:
    """The template's own words in their angle brackets."""
    return text.startswith("<") and text.endswith(">")


def pages(reading: Reading) -> int:
    """How many pages what the Charter says prints on."""
    return -(-sum(_printed(reading).values()) // LINES)


def _texts(reading: Reading) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text that a board member reads, with its place in the file. Persons have rules of their own."""
    if reading.purpose:
        for key in ("purpose", "outcome", "baseline"):
            yield ("purpose", key), getattr(reading.purpose, key)
    if reading.transparency:
        for key in ("audience", "format", "schedule"):
            yield ("transparency", key), getattr(reading.transparency, key)
    if reading.review:
        if reading.review.sample_strategy:
            yield ("review", "sample_strategy"), reading.review.sample_strategy
        persons = (("who", reading.review.who), ("accountable", reading.review.accountable))
        yield from ((("review", key), value) for key, value in persons if value and is_placeholder(value))
    if reading.stretch:
        yield from ((("scenarios", "stretch", "changes"), change) for change in reading.stretch.changes)
    if reading.five_tests:
        said = ((name, reading.five_tests.because(name)) for name in FIVE_TESTS)
        yield from ((("five_tests", f"{name}_because"), why) for name, why in said if why)
    for number, criterion in enumerate(reading.kill_criteria):
        if criterion.measured_by:
            yield ("kill_criteria", number, "measured_by"), criterion.measured_by


def _nobody(reading: Reading) -> Iterator[Problem]:
    """Those who are escalated to and reported to, where anybody could be meant."""
    named = [("transparency", "audience", reading.transparency.audience)] if reading.transparency else []
    if reading.runaway:
        named += [("scenarios.runaway", "escalation", each) for each in reading.runaway.escalation]
    for table, key, value in named:
        if names_nobody(value) and not (says_nothing(value) and key == "audience"):
            yield Problem("vague", reading.line(*table.split("."), key),
                          f"[{table}] {key} = {value[:60]!r} names nobody", "name the role or the committee")


def _length(reading: Reading) -> Iterator[Problem]:
    printed = _printed(reading)
    if sum(printed.values()) > PAGES * LINES:
        longest = max(printed, key=lambda path: printed[path])
        yield Problem("length", reading.line(*longest),
                      f"[{'.'.join(longest)}] takes {printed[longest]} lines of a Charter that prints on "
                      f"{pages(reading)} pages", f"shorten it: a Charter has one to {PAGES} pages of {LINES} lines of "
                      f"{COLUMNS} characters")
    if reading.purpose:
        paragraphs = sum(bool(part.strip()) for part in reading.purpose.purpose.split("\n\n"))
        if paragraphs > 2:
            yield Problem("two-paragraphs", reading.line("purpose", "purpose"),
                          f"[purpose] purpose has {paragraphs} paragraphs", "write two that a board member can read",
                          "warning")


def _printed(reading: Reading) -> dict[tuple[str, ...], int]:
    """Printed lines by the place of what is printed, headings under the element's own."""
    lines: dict[tuple[str, ...], int] = {}
    elements = {("charter",): reading.header, ("purpose",): reading.purpose, ("tram",): reading.tram,
                ("scenarios", "expected"): reading.expected, ("scenarios", "stretch"): reading.stretch,
                ("scenarios", "runaway"): reading.runaway, ("review",): reading.review,
                ("transparency",): reading.transparency, ("five_tests",): reading.five_tests,
                ("signs",): reading.signs}
    for path, element in elements.items():
        if element is not None:
            lines[path] = 2
            for item in fields(element):
                lines[*path, item.name] = _height(item.name, getattr(element, item.name))
    for criterion in reading.kill_criteria:
        lines["kill_criteria",] = lines.get(("kill_criteria",), 0) + 2 + _height("", criterion.measured_by or "")
    return lines


def _height(key: str, value: object) -> int:
    """Printed lines of one value; what is absent prints nothing."""
    if value is None or value == "" or value == ():
        return 0
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return sum(_height(key, item) for item in value)
    if not isinstance(value, str) or is_dataclass(value) or isinstance(value, Decimal):
        return 1
    paragraphs = value.split("\n")
    return sum(max(1, -(-(len(part) + (len(key) + 2) * (part is paragraphs[0])) // COLUMNS)) for part in paragraphs)
