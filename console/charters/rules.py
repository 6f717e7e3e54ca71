"""What makes a Charter signable: named rules over its elements. Errors stand in the way, warnings are read.

Each rule sees one or two elements and yields what it finds, so that a file with a broken element still hears about
the others. `check` runs all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.charters import cell, criteria, review, scenarios
from console.charters.document import Purpose
from console.charters.parsing import Reading
from console.charters.problem import Problem, in_order
from console.charters.scenarios import Price
from console.charters.tram import Matrix
from console.money import MicroUsd

VAGUE = ("anyone", "anybody", "someone", "somebody", "everyone", "whoever", "as appropriate", "as needed", "tbd", "tba",
         "todo", "to be decided", "to be determined", "n/a", "none", "nobody", "unknown", "various")
HALF_LIFE_MONTHS = {"structural": (24, 600), "operational": (9, 18), "commodity": (1, 5)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one file."""

    problems: tuple[Problem, ...]
    derived_monthly: MicroUsd | None
    """calls x tokens x today's price; None where the element is missing or a model has no known price."""

    @property
    def signable(self) -> bool:
        return not any(problem.is_error for problem in self.problems)


def check(reading: Reading, matrix: Matrix, price: Price) -> Verdict:
    """Every rule over what could be read, with the structural problems of the file itself. Money in micro-dollars."""
    found = [*reading.problems, *_vague(reading)]
    if reading.purpose:
        found += _half_life(reading, reading.purpose)
    derived = None
    if reading.expected and reading.tram:
        derived = scenarios.derive_monthly(reading.expected, reading.tram.models, price)
        found += scenarios.typed_against_derived(reading, reading.expected, derived)
    found += scenarios.judge(reading)
    found += cell.judge(reading, matrix)
    found += review.judge(reading)
    found += criteria.judge(reading)
    return Verdict(tuple(in_order(found)), derived)


def is_vague(text: str) -> bool:
    """`anyone`, `as appropriate`, a dash: words that name nobody and nothing."""
    plain = " ".join(text.casefold().split()).strip(" .?!-–—")
    return not plain or plain in VAGUE or any(word in plain for word in ("anyone", "as appropriate"))


def _vague(reading: Reading) -> Iterator[Problem]:
    """Elements that are there in name only."""
    stated: list[tuple[str, str, str]] = []
    if reading.purpose:
        stated += [("purpose", key, getattr(reading.purpose, key)) for key in ("purpose", "outcome", "baseline")]
    if reading.transparency:
        stated += [("transparency", key, getattr(reading.transparency, key))
                   for key in ("audience", "format", "schedule")]
    if reading.review:
        stated.append(("review", "who", reading.review.who))
    if reading.stretch:
        stated += [("scenarios.stretch", "changes", change) for change in reading.stretch.changes]
    if reading.review and reading.review.sample_strategy:
        stated.append(("review", "sample_strategy", reading.review.sample_strategy))
    for table, key, value in stated:
        line = reading.line(*table.split("."), key)
        if value.startswith("<") and value.endswith(">"):
            yield Problem("placeholder", line, f"[{table}] {key} still holds the template's words", "write your own")
        elif is_vague(value):
            remedy = "name a qualification" if key == "who" else "say it so that a board member could check it"
            yield Problem("vague", line, f"[{table}] {key} names nothing to be held to", remedy)


def _half_life(reading: Reading, purpose: Purpose) -> Iterator[Problem]:
    months = purpose.half_life_months
    line = reading.line("purpose", "half_life_months")
    if purpose.half_life == "expired":
        yield Problem("half-life", reading.line("purpose", "half_life"),
                      "[purpose] half_life is expired: no alpha is left",
                      "retire the workload, or state the position it still has", "warning")
        return
    low, high = HALF_LIFE_MONTHS[purpose.half_life]
    if months is None or not low <= months <= high:
        said = {"structural": "24 months or more", "operational": "9 to 18 months", "commodity": "under 6 months"}
        yield Problem("half-life", line, f"[purpose] half_life_months = {months} does not fit half_life = "
                      f'"{purpose.half_life}"', f"{purpose.half_life} means {said[purpose.half_life]}")
    if purpose.outcome_value is None:
        yield Problem("alpha-position", reading.line("purpose"), "[purpose] outcome_value_usd is missing: "
                      "what an outcome earns cannot be computed", 'write outcome_value_usd = "1.20"', "warning")
