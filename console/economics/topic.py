"""What a topic of the lab is: inputs that are checked, results with a kind each, the working and the notes.

Numbers are fractions from the first digit to the last, so no result depends on the order of the arithmetic. Only a
result that no fraction can hold (a logarithm) is rounded, and its function says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from console.economics.commitment import Commitment
from console.economics.curve import Curve
from console.economics.wording import plain
from console.errors import UsageError
from console.text import clean

Kind = Literal["usd", "share", "number", "yes or no"]
"""Dollars; a share of one; any other number, in the unit that is said with it; an answer, 1 for yes as an input."""
Values = Mapping[str, Fraction]
"""The inputs of a topic by name, each within its bounds."""

_PLAIN = re.compile(r"[0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18}")
_MICRO_PLACES = 6
_ANSWERS = {"yes": Fraction(1), "no": Fraction(0)}


@dataclass(frozen=True, slots=True)
class Input:
    """One number that a topic starts from."""

    name: str
    kind: Kind
    default: str
    """The playbook's own example, where it has one."""
    meaning: str
    """With the unit, as the help says it."""
    least: str = "0"
    most: str = "1000000000"
    whole: bool = False
    measure: str = ""
    """What of a workload it may be filled with, by its name in `console/cadences/measured/`; empty is nothing."""

    @property
    def option(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    def read(self, text: str) -> Fraction:
        """The number that somebody wrote. Raises UsageError, with the option and what to write."""
        said = f"{self.option} {clean(text, 40)!r}"
        if self.kind == "yes or no":
            if text not in _ANSWERS:
                raise UsageError(f"{said} is no answer: write yes or no.")
            return _ANSWERS[text]
        if not _PLAIN.fullmatch(text):
            raise UsageError(f"{said} is not {self.wanted}.")
        value = Fraction(text)
        if not self.takes(value):
            raise UsageError(f"{said} is not {self.wanted}.")
        if self.kind == "usd" and (value * 10**_MICRO_PLACES).denominator != 1:
            raise UsageError(f"{said} has more than six decimals: write {self.wanted}, to the millionth of a dollar.")
        return value

    @property
    def wanted(self) -> str:
        """What may be written there."""
        if self.kind == "share":
            return f"a share from {self.least} to 1: write it like {self.default}"
        what = {"usd": "an amount of dollars", "number": "a whole number" if self.whole else "a number"}[self.kind]
        return f"{what} from {plain(self.bounds[0])} to {plain(self.bounds[1])}: write it like {self.default}"

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the most that it may be."""
        if self.kind == "yes or no":
            return Fraction(0), Fraction(1)
        return Fraction(self.least), Fraction(1) if self.kind == "share" else Fraction(self.most)

    def write(self, value: Fraction) -> str:
        """The number as `read` takes it, to the millionth."""
        if self.kind == "yes or no":
            return "yes" if value else "no"
        return plain(value).replace(",", "")

    def takes(self, value: Fraction) -> bool:
        """Whether it may have this value."""
        least, most = self.bounds
        return least <= value <= most and not (self.whole and value.denominator != 1)


@dataclass(frozen=True, slots=True)
class Result:
    """One figure that comes out. None: there is none, and a note says why."""

    name: str
    kind: Kind
    value: Fraction | bool | None
    unit: str = ""
    """Of a number; for people."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A topic, worked out."""

    results: tuple[Result, ...]
    working: tuple[str, ...]
    """The formula with its numbers, in a few lines."""
    notes: tuple[str, ...]
    """What to know of the results, and where the playbook's source says otherwise."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that the lab answers."""

    name: str
    line: str
    """What it answers, for the list of topics."""
    inputs: tuple[Input, ...]
    work: Callable[[Values], Worked]
    more: str = ""
    """What whoever chooses the inputs must know; the help says it."""
    curve: Curve | None = None
    """Its chart, where it has one."""
    commitments: tuple[Commitment, ...] = ()
    """What of it a Charter states."""

    def input(self, name: str) -> Input:
        """The input of this name."""
        return next(each for each in self.inputs if each.name == name)

    def read(self, texts: Mapping[str, str]) -> Values:
        """Every input, from what was written for some of them. Raises UsageError."""
        return {each.name: each.read(texts.get(each.name, each.default)) for each in self.inputs}
