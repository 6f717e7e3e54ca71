"""A recorded evaluation as it is kept: what was judged once, for whoever asks later without the answers."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, get_type_hints

from console.evaluations.comparison import Added, Difference, Terms
from console.evaluations.evaluation import Answer, Arm, Evaluation, Kind


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One arm, without its answers."""

    name: str
    """Outside text, where the arms differ in tier."""
    cases: int
    accuracy: Fraction
    cost: Fraction | None
    """Dollars a case; None: unknown."""
    input_tokens: Fraction | None
    """A case; None: unknown."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an evaluation said under its terms."""

    terms: Terms
    arms: tuple[ArmSummary, ...]
    differences: tuple[Difference, ...]

    def arm(self, name: str) -> ArmSummary | None:
        """The arm of this name; None where there is none."""
        return next((each for each in self.arms if each.name == name), None)

    def difference(self, base: str, other: str) -> Difference | None:
        """`other` less `base`, whichever of them stands first; None where one of them is missing."""
        for each in self.differences:
            if (each.base, each.other) == (base, other):
                return each
            if (each.other, each.base) == (base, other):
                return each.turned
        return None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored evaluation of a workload."""

    number: int
    workload: str
    kind: Kind
    at: datetime
    """When the answers were given."""
    file: str
    """Outside text."""
    recorded_by: str
    recorded_at: datetime
    summary: Summary


def summary_of(evaluation: Evaluation, differences: tuple[Difference, ...], terms: Terms) -> Summary:
    """What is kept of it beside its answers."""
    arms = tuple(ArmSummary(arm.name, len(arm.answers), arm.accuracy, arm.cost, arm.input_tokens)
                 for arm in evaluation.arms)
    return Summary(terms, arms, differences)


def document(summary: Summary) -> dict[str, Any]:
    """Lossless as plain values: fractions are texts."""
    return {"terms": _plain(asdict(summary.terms)), "arms": [_plain(asdict(arm)) for arm in summary.arms],
            "differences": [_plain(asdict(each)) for each in summary.differences]}


def of_document(stored: dict[str, Any]) -> Summary:
    """What `document` made plain. Raises KeyError, TypeError or ValueError for anything else."""
    return Summary(_built(Terms, stored["terms"]), tuple(_built(ArmSummary, each) for each in stored["arms"]),
                   tuple(_difference(each) for each in stored["differences"]))


def answers(evaluation: Evaluation) -> list[Any]:
    """Every answer, arm by arm, as plain values."""
    return [evaluation.passes, evaluation.answers,
            [[arm.name, {case: [None if each is None else str(each) for each in (one.score, one.cost, one.input_tokens)]
                         for case, one in arm.answers.items()}] for arm in evaluation.arms]]


def of_answers(stored: list[Any], kind: Kind) -> Evaluation:
    """The evaluation that `answers` made plain."""
    passes, count, arms = stored
    return Evaluation(kind, tuple(Arm(name, {case: _answer(*each) for case, each in held.items()})
                                  for name, held in arms), passes, count)


def _answer(score: str, cost: str | None, tokens: str | None) -> Answer:
    return Answer(Fraction(score), _fraction(cost), _fraction(tokens))


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return str(value) if isinstance(value, Fraction) else value


def _difference(stored: dict[str, Any]) -> Difference:
    built: Difference = _built(Difference, stored)
    cost, tokens = (None if stored[name] is None else _built(Added, stored[name])
                    for name in ("added_cost", "added_tokens"))
    base, other = stored["cases"]
    return replace(built, cases=(base, other), added_cost=cost, added_tokens=tokens)


def _built(kind: Any, stored: dict[str, Any]) -> Any:
    exact = _fractions(kind)
    return kind(**{name: _fraction(each) if name in exact else each for name, each in stored.items()})


@functools.cache
def _fractions(kind: Any) -> frozenset[str]:
    """The fields that hold a fraction. Resolving the types takes longer than to build with them."""
    return frozenset(name for name, held in get_type_hints(kind).items() if held in (Fraction, Fraction | None))
