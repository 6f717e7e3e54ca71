"""One recorded answer, cell by cell. What is wrong is kept, so that all of it is told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from console.charters.problem import Problem

NEEDED = ("case", "arm", "score")
COLUMNS = (*NEEDED, "cost_usd", "input_tokens", "repeat")
LONGEST = 200
MOST_USD = 1_000_000
MOST_TOKENS = 10**9

_NUMBER = re.compile(r"([0-9]{1,15}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?")
_WORDS = {"pass": Fraction(1), "fail": Fraction(0)}
_SCALES = {True: "pass or fail", False: "numbers from 0 to 1"}


class Row(NamedTuple):
    """A sound row."""

    line: int
    case: str
    arm: str
    repeat: str
    score: Fraction
    cost: Fraction | None
    input_tokens: Fraction | None


@dataclass
class RowReader:
    """Reads one row after the other, and remembers what came before: the scale, and who was asked already."""

    problems: list[Problem]
    count: int = 0
    _scale: tuple[bool, int] | None = None
    """Whether scores are words, and the line that says so."""
    _seen: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def read(self, line: int, cells: Mapping[str, str] | None) -> Row | None:
        """The row, or None where something is wrong with it."""
        self.count += 1
        if cells is None:
            return None
        before = len(self.problems)
        case, arm = (self._text(line, cells, column, needed=True) for column in ("case", "arm"))
        repeat = self._text(line, cells, "repeat", needed=False)
        score = self._score(line, cells["score"])
        cost = self._amount(line, cells, "cost_usd", MOST_USD, "dollars")
        tokens = self._amount(line, cells, "input_tokens", MOST_TOKENS, "tokens")
        if case and arm:
            self._once(line, (case, arm, repeat))
        if len(self.problems) > before or score is None:
            return None
        return Row(line, case, arm, repeat, score, cost, tokens)

    def _wrong(self, line: int, column: str, fault: str, remedy: str) -> None:
        self.problems.append(Problem("evaluation", line, f"{column}: {fault}", remedy))

    def _text(self, line: int, cells: Mapping[str, str], column: str, *, needed: bool) -> str:
        text = cells.get(column, "")
        if needed and not text:
            self._wrong(line, column, "is empty", "name the case, and the arm that answered it")
        if len(text) > LONGEST:
            self._wrong(line, column, f"has {len(text):,} characters", f"shorten it to {LONGEST}")
        return text

    def _once(self, line: int, key: tuple[str, str, str]) -> None:
        first = self._seen.setdefault(key, line)
        if first != line:
            case, arm, repeat = key
            said = f"case {case[:60]!r}, arm {arm[:60]!r}" + (f", repeat {repeat[:60]!r}" if repeat else "")
            self._wrong(line, "case", f"{said} is on line {first} already",
                        "take one of them out, or number the repeats in a column repeat")

    def _score(self, line: int, text: str) -> Fraction | None:
        word = _WORDS.get(text.lower())
        score = word if word is not None else self._number(line, "score", text)
        if score is None:
            return None
        if score > 1:
            self._wrong(line, "score", f"{text[:40]} is more than 1", "write a share from 0 to 1: 85 % is 0.85")
            return None
        if self._scale is None:
            self._scale = (word is not None, line)
        words, since = self._scale
        if words != (word is not None):
            self._wrong(line, "score", f"{text[:40]!r} stands beside {_SCALES[words]} (line {since})",
                        f"write all scores as {_SCALES[True]}, or all as {_SCALES[False]}")
            return None
        return score

    def _amount(self, line: int, cells: Mapping[str, str], column: str, most: int, unit: str) -> Fraction | None:
        text = cells.get(column, "")
        amount = self._number(line, column, text) if text else None
        if amount is not None and amount > most:
            self._wrong(line, column, f"{text[:40]} is more than {most:,} {unit}", "check the unit")
        return amount

    def _number(self, line: int, column: str, text: str) -> Fraction | None:
        if _NUMBER.fullmatch(text):
            return Fraction(text)
        remedy = "write pass or fail, or a number from 0 to 1" if column == "score" else \
            "write a number from 0 on, or leave the cell empty where it is unknown"
        fault = "is negative" if text.startswith("-") and _NUMBER.fullmatch(text[1:]) else "is no number"
        self._wrong(line, column, "is empty" if not text else f"{text[:40]!r} {fault}", remedy)
        return None
