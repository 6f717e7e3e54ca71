"""3, Phantom RAG: accuracy with retrieval no better than without (playbook section 8).

    no better        the newest recorded evaluation shows that neither `retrieval` nor `both` gains the margin or more
                     on `thinking` (one-sided, at the confidence of its import)
    waste a month    input tokens that retrieval adds to an answer x calls a month x the price of an uncached token;
                     where tokens were not recorded, what an answer costs more x calls a month

The range is that of the interval of what retrieval adds.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from console.antipatterns.finding import Confidence, Detector, Figures, Finding, NotEnough, Stake, Verdict, monthly
from console.antipatterns.prompt_price import calls_of, input_price
from console.antipatterns.telemetry import Telemetry
from console.evaluations import sentences
from console.evaluations.comparison import Added, Difference
from console.evaluations.evaluation import BOTH, RETRIEVAL, WITHOUT
from console.evaluations.recorded import Recorded
from console.money import MICRO, display

NAME = "Phantom RAG"
OLD = timedelta(days=180)
"""An evaluation of longer ago was of other models and other questions than today's."""
_FIX = ("Let this workload reason without retrieval, unless its data are proprietary, change by the day, or must be "
        "traced to a source; then say so in its Charter.")
_HALF = Fraction(1, 2)


def look(seen: Telemetry) -> Verdict:
    """At most one finding."""
    newest = next((each for each in seen.evaluations or () if each.kind == "retrieval"), None)
    if newest is None:
        return NotEnough("a recorded evaluation of the arms thinking, retrieval and both: token-console evaluations "
                         "import FILE --kind retrieval")
    gains = [newest.summary.difference(WITHOUT, arm) for arm in (RETRIEVAL, BOTH)]
    alone, together = gains
    if alone is None or together is None:
        return NotEnough("all three arms in its newest recorded evaluation of retrieval")
    if _is_out_of_use(seen, newest):
        return ()
    margin = newest.summary.terms.margin
    if all(each.no_better(margin) for each in (alone, together)):
        return (_finding(seen, newest, alone, together),)
    if any(each.verdict == "differs" and each.value > 0 for each in (alone, together)):
        return ()
    return NotEnough(_more_cases(newest, alone, together))


def _more_cases(newest: Recorded, *gains: Difference) -> str:
    needed = [each.cases_needed_for_same for each in gains if each.cases_needed_for_same is not None]
    cases = f"about {max(needed):,} cases" if needed else "cases whose scores vary"
    return f"{cases} in its recorded evaluation of retrieval: evaluation {newest.number} cannot tell whether it helps"


def _is_out_of_use(seen: Telemetry, newest: Recorded) -> bool:
    """Whether calls are too short for what retrieval adds: it was taken out since. Unknown counts as in use."""
    without, with_it = (newest.summary.arm(name) for name in (WITHOUT, RETRIEVAL))
    calls, inputs = calls_of(seen), sum(day.uncached + day.written + day.read for day in seen.days)
    if not calls or not inputs or without is None or with_it is None:
        return False
    if without.input_tokens is None or with_it.input_tokens is None or with_it.input_tokens <= without.input_tokens:
        return False
    return Fraction(inputs, calls) < (without.input_tokens + with_it.input_tokens) * _HALF


def _finding(seen: Telemetry, newest: Recorded, alone: Difference, together: Difference) -> Finding:
    terms = newest.summary.terms
    a_call, figures = _a_call(seen, together)
    calls = calls_of(seen)
    summary = (f"retrieval answers no better than reasoning alone, by {together.cases[1]:,} cases and a margin of "
               f"{sentences.points(terms.margin)} points")
    rows = tuple((("comparison", sentences.said(each, terms)), ("method", each.method)) for each in (together, alone))
    shown = (("evaluation", f"{newest.number}, {newest.at:%Y-%m-%d}, {newest.file}"),
             *((f"accuracy of {arm.name}", f"{sentences.points(arm.accuracy)} %") for arm in newest.summary.arms),
             *figures)
    if a_call is None or calls is None or a_call.value <= 0:
        why = "how many calls there are is not known" if calls is None else (
            "neither input tokens nor costs were recorded" if a_call is None else "retrieval adds nothing to a call")
        return Finding(NAME, seen.workload, f"{summary}; what it costs cannot be told, because {why}", seen.start,
                       seen.end, shown, rows, None, None, _confidence(seen, newest, "medium"), _FIX)
    excess = round(a_call.value * calls * MICRO)
    stake = Stake(*(monthly(max(0, round(Fraction(each) * calls * MICRO)), _seconds(seen))
                    for each in (a_call.low, a_call.value, a_call.high)))
    return Finding(NAME, seen.workload, f"{summary}; its context costs {display(stake.likely)} USD a month", seen.start,
                   seen.end, (*shown, ("calls", f"{calls:,}")), rows, excess, stake,
                   _confidence(seen, newest, "high"), _FIX, degree=stake.likely // MICRO)


def _a_call(seen: Telemetry, gain: Difference) -> tuple[Added | None, Figures]:
    """Dollars that retrieval adds to a call, and what says so."""
    tokens, price = gain.added_tokens, input_price(seen)
    if tokens is not None and price is not None:
        dollars = price / MICRO
        return Added(tokens.value * dollars, float(tokens.low * dollars), float(tokens.high * dollars)), (
            ("input tokens that it adds", f"{round(tokens.value):,}"),
            ("price of a million", f"{display(round(price * MICRO))} USD"))
    if gain.added_cost is not None:
        return gain.added_cost, (("it adds to an answer", f"{float(gain.added_cost.value):.6f} USD"),)
    return None, ()


def _confidence(seen: Telemetry, newest: Recorded, most: Confidence) -> Confidence:
    return "low" if seen.end - newest.at > OLD else most


def _seconds(seen: Telemetry) -> float:
    return (seen.end - seen.start).total_seconds()


DETECTOR = Detector(3, NAME, "accuracy with retrieval no better than without", "a recorded evaluation, usage", look)
