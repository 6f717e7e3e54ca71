"""What makes a Charter signable: named rules over its elements. Errors stand in the way, warnings are read.

Each rule sees one or two elements and yields what it finds, so that a file with a broken element still hears about
the others. `check` runs all of them; `RULES` names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.charters import cell, criteria, purpose, review, scenarios, stated, unseen
from console.charters.parsing import Reading
from console.charters.problem import Problem, in_order
from console.charters.scenarios import Costs, Price
from console.charters.tram import Matrix
from console.money import MicroUsd

RULES: Mapping[str, str] = {
    "unreadable": "the file is there, is UTF-8 and is TOML",
    "missing": "every element and every key of it is stated",
    "value": "a value has its kind and lies in its range",
    "unknown-key": "no key is misspelt, or from a newer version",
    "unseen": "no text holds what is not seen: controls, overrides of the direction, characters without a width",
    "placeholder": "the template's words are replaced",
    "vague": "a text says something, and those escalated and reported to are somebody",
    "length": "it prints on one to three pages of 54 lines of 80 characters, comments left out",
    "two-paragraphs": "the purpose has two paragraphs at most",
    "half-life": "structural means 24 months or more, operational 9 to 18, commodity under 6, expired none",
    "alpha-position": "the value of an outcome is stated, and above the baseline's; the expected month earns its cost",
    "tram-cell": "the cell is one of the organisation's matrix",
    "tram-model": "the cell permits each model",
    "tram-thinking": "the cell permits extended thinking where it is declared",
    "tram-depth-cap": "the depth is within what the cell authorises",
    "tram-fan-out-cap": "the fan-out is within what the cell authorises",
    "tram-review": "the review is at least as strong as the cell asks",
    "five-tests": "a workload on a frontier model answers the five tests, one of them holds, and a sentence says why",
    "derived-cost": "the month typed is within a tenth of traffic x tokens x today's prices; twice or half is an error",
    "model-shares": "shares name models of the Charter",
    "stretch": "stretch is two to three times expected",
    "runaway": "runaway is projected at ten to twenty times expected",
    "kill-threshold": "there is one kill threshold, between stretch and runaway",
    "reviewer": "the reviewer is a named qualification",
    "sample": "a sample is 1 to 10 % and has a strategy; what is not sampled has no share",
    "adverse-individual": "an adverse decision about a person: every output, before issue, with veto",
    "accountable": "a person, by name, answers for an adverse decision about a person",
    "promise": "where the error erodes trust, the promise is written down",
    "measurable": "a kill criterion has a known metric, or says who measures it, and a value and window that fit",
    "irreversible": "only a pause is automatic",
    "automatic": "only what the console measures is automatic",
    "kills-the-plan": "no criterion is below what the expected scenario spends",
    "schedule": "transparency has a period, quarterly or more often",
}
"""Every rule by name, and what it asks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one file."""

    problems: tuple[Problem, ...]
    derived_monthly: MicroUsd | None
    """calls x tokens x today's price; None where the element is missing or a model has no known price."""
    costs: tuple[Costs, ...] = ()
    """The month of each scenario that is stated, as typed and as derived."""

    @property
    def signable(self) -> bool:
        return not any(problem.is_error for problem in self.problems)


def check(reading: Reading, matrix: Matrix, price: Price) -> Verdict:
    """Every rule over what could be read, with the structural problems of the file itself. Money in micro-dollars."""
    found = [*reading.problems, *stated.judge(reading), *purpose.judge(reading)]
    if reading.source:
        found += unseen.judge(reading.source, reading.source.data)
    derived = None
    if reading.expected and reading.tram:
        derived = scenarios.derive_monthly(reading.expected, reading.tram.models, price)
        found += scenarios.typed_against_derived(reading, reading.expected, derived)
    found += scenarios.judge(reading)
    found += cell.judge(reading, matrix)
    found += review.judge(reading)
    found += criteria.judge(reading)
    return Verdict(tuple(in_order(found)), derived, scenarios.costs(reading, derived))
