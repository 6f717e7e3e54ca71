"""5, Opus Habit: the frontier tier without an evaluation against a cheaper one, or with one that shows no difference
(playbook section 8).

    saved a month = what the frontier models cost x (1 - list price of the same tokens at the cheaper model
                                                        / their list price at the frontier model)

The cheaper model is the one that was evaluated; without an evaluation the workhorse of the same family, and at best
nothing or all of it is saved. The five tests of a frontier model (playbook section 3) that all fail are told with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.antipatterns.cheaper_model import Saving, saving_at
from console.antipatterns.finding import (
    MOST_ROWS,
    Confidence,
    Detector,
    Figures,
    Finding,
    NotEnough,
    Stake,
    Verdict,
    monthly,
)
from console.antipatterns.telemetry import ModelUse, Telemetry
from console.evaluations import sentences
from console.evaluations.comparison import Difference
from console.evaluations.recorded import Recorded
from console.model_names import is_same
from console.money import MICRO, display

NAME = "Opus Habit"
FRONTIER, WORKHORSE, DISTILLED = "frontier", "workhorse", "distilled"
LEAST_MONTH = 10 * MICRO
"""Less on the frontier tier in a month is nobody's matter."""
_EVALUATE = ("Evaluate it against a cheaper tier (token-console evaluations import FILE --kind tier), step down where "
             "the answers are indistinguishable, and write the decision into the next Charter.")
_STEP_DOWN = "Step down to {cheaper}, and write the decision into the next Charter."
_FIVE = "Name a workhorse model in the next Charter, or say which of the five tests holds, and why."


@dataclass(frozen=True, slots=True)
class _Judged:
    """The frontier arm of an evaluation less a cheaper one."""

    evaluation: Recorded
    cheaper: str
    gain: Difference

    @property
    def no_better(self) -> bool:
        return self.gain.no_better(self.evaluation.summary.terms.margin)

    @property
    def better(self) -> bool:
        return self.gain.verdict == "differs" and self.gain.value > 0


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    if not any(use.model for use in seen.models):
        return NotEnough("usage that names its models")
    frontier = [use for use in seen.models if use.model and seen.matrix.tier(use.model) == FRONTIER]
    paid = sum(use.used.cost for use in frontier)
    if monthly(paid, _seconds(seen)) < LEAST_MONTH:
        return ()
    if seen.evaluations is None:
        return (_by_five_tests(seen, frontier),) if _fails_five(seen) else NotEnough(
            "recorded evaluations: nobody says whether there are any (findings --evaluation names one)")
    judged = list(_judged(seen, frontier))
    if not judged:
        return (_unevaluated(seen, frontier),)
    same = next((each for each in judged if each.no_better), None)
    if same is not None:
        return (_evaluated(seen, frontier, same),)
    if not all(each.better for each in judged):
        return _untold(seen, frontier, judged)
    return (_by_five_tests(seen, frontier),) if _fails_five(seen) else ()


def _judged(seen: Telemetry, used: list[ModelUse]) -> Iterator[_Judged]:
    """The newest evaluation of the frontier tier, or of a frontier model in use, against a cheaper arm; the cheapest
    first."""
    for evaluation in seen.evaluations or ():
        arms = [arm.name for arm in evaluation.summary.arms] if evaluation.kind == "tier" else []
        dear = [arm for arm in arms if arm == FRONTIER or any(_is_of(arm, use) for use in used)]
        cheaper = [arm for tier in (DISTILLED, WORKHORSE) for arm in arms if tier in (arm, seen.matrix.tier(arm))]
        if dear and cheaper:
            gains = ((arm, evaluation.summary.difference(arm, one)) for arm in cheaper for one in dear)
            yield from (_Judged(evaluation, arm, gain) for arm, gain in gains if gain is not None)
            return


def _is_of(arm: str, use: ModelUse) -> bool:
    """Whether an arm is of the model in use, by any of its names."""
    return use.model is not None and is_same(arm, use.model)


def _unevaluated(seen: Telemetry, frontier: list[ModelUse]) -> Finding:
    saving = saving_at(seen, frontier, WORKHORSE)
    summary = f"{_spent(seen, frontier)}, and no recorded evaluation compares it with a cheaper tier"
    return _finding(seen, frontier, summary, saving, "low", _EVALUATE, sure=False)


def _evaluated(seen: Telemetry, frontier: list[ModelUse], same: _Judged) -> Finding:
    saving = saving_at(seen, frontier, same.cheaper)
    terms = same.evaluation.summary.terms
    summary = (f"{_spent(seen, frontier)}, and evaluation {same.evaluation.number} shows it no better than "
               f"{same.cheaper} within {sentences.points(terms.margin)} points")
    figures = (("evaluation", f"{same.evaluation.number}, {same.evaluation.at:%Y-%m-%d}, {same.evaluation.file}"),
               ("comparison", sentences.said(same.gain, terms)), ("method", same.gain.method))
    return _finding(seen, frontier, summary, saving, "high", _STEP_DOWN.format(cheaper=same.cheaper), figures,
                    sure=True)


def _untold(seen: Telemetry, frontier: list[ModelUse], judged: list[_Judged]) -> Verdict:
    if _fails_five(seen):
        return (_by_five_tests(seen, frontier),)
    open_ones = [each for each in judged if not each.better]
    needed = [each.gain.cases_needed_for_same for each in open_ones if each.gain.cases_needed_for_same is not None]
    cases = f"about {max(needed):,} cases" if needed else "cases whose scores vary"
    names = ", ".join(each.cheaper for each in open_ones)
    return NotEnough(f"{cases} in its recorded evaluation of tiers: evaluation {judged[0].evaluation.number} cannot "
                     f"tell whether the frontier tier is better than {names}")


def _by_five_tests(seen: Telemetry, frontier: list[ModelUse]) -> Finding:
    return _finding(seen, frontier, _spent(seen, frontier), None, "medium", _FIVE, sure=False)


def _finding(seen: Telemetry, frontier: list[ModelUse], summary: str, saving: Saving | None, confidence: Confidence,
             fix: str, figures: Figures = (), *, sure: bool) -> Finding:
    five = _fails_five(seen)
    if five:
        summary += ", and none of the five tests of a frontier model holds"
        figures = (*figures, ("five tests", "none holds, by the Charter in force"))
    line = "[five_tests]: none holds" if five else None
    rows = tuple(_row(use) for use in frontier[:MOST_ROWS])
    figures = (("on the frontier tier", f"{display(sum(use.used.cost for use in frontier))} USD"), *figures)
    if saving is None or saving.amount <= 0:
        return Finding(NAME, seen.workload, f"{summary}; what a cheaper tier would save is not known", seen.start,
                       seen.end, figures, rows, None, None, confidence, fix, charter_line=line)
    likely = monthly(saving.amount, _seconds(seen))
    return Finding(NAME, seen.workload, f"{summary}; {saving.at} would save {display(likely)} USD a month", seen.start,
                   seen.end, (*figures, ("the same tokens at", saving.at)), rows, saving.amount,
                   Stake(likely if sure else 0, likely, likely), confidence, fix, degree=likely // MICRO,
                   charter_line=line)


def _spent(seen: Telemetry, frontier: list[ModelUse]) -> str:
    paid = sum(use.used.cost for use in frontier)
    names = ", ".join(dict.fromkeys(use.model or "" for use in frontier[:3]))
    return f"{display(monthly(paid, _seconds(seen)))} USD a month go to {names}"


def _row(use: ModelUse) -> Figures:
    calls = () if use.used.requests is None else (("calls", f"{use.used.requests:,}"),)
    return (("model", use.model or "?"), *calls, ("tokens", f"{use.used.tokens:,}"),
            ("paid", f"{display(use.used.cost)} USD"))


def _fails_five(seen: Telemetry) -> bool:
    """Answered, and none holds; what was never answered is a warning of the Charter, and not known here."""
    tests = seen.charter.five_tests if seen.charter is not None else None
    return tests is not None and not tests.that_hold


def _seconds(seen: Telemetry) -> float:
    return (seen.end - seen.start).total_seconds()


DETECTOR = Detector(5, NAME, "the frontier tier without an evaluation against a cheaper one, or with one that shows no "
                             "difference", "usage by model, recorded evaluations", look)
