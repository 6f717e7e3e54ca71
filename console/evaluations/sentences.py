"""What an evaluation says, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from console.economics.wording import dollars, percent, plain
from console.evaluations.comparison import FEWEST, Difference, Terms, all_alike
from console.evaluations.evaluation import Evaluation
from console.evaluations.worth import Worth

_HUNDRED = 100


def said(each: Difference, terms: Terms) -> str:
    """`both less thinking: -0.5 points (-3.1 to 2.1 at 95 %), pair by pair over 200 cases: cannot tell …`."""
    ends = "" if each.low is None or each.high is None else \
        f" ({points(each.low)} to {points(each.high)} at {percent(terms.confidence)})"
    return (f"{each.other} less {each.base}: {points(each.value)} points{ends}, {over(each)}: "
            f"{_verdict(each, terms)}")


def over(each: Difference) -> str:
    """Which cases were compared, and how."""
    if each.paired:
        left = f", {each.left_out:,} that only one has left out" if each.left_out else ""
        return f"pair by pair over {each.cases[0]:,} cases{left}"
    return f"unpaired, {each.cases[0]:,} cases against {each.cases[1]:,} others"


def points(share: float | Fraction) -> str:
    """Hundredths, to a tenth: `-3.1`."""
    return plain(round(Fraction(share) * _HUNDRED, 1))


def _verdict(each: Difference, terms: Terms) -> str:
    within = f"within the margin of {points(terms.margin)} points"
    if each.verdict == "indistinguishable":
        real = each.low is not None and each.high is not None and (each.low > 0 or each.high < 0)
        return f"indistinguishable {within}" + (", though not the same" if real else "")
    if each.verdict == "differs":
        return f"{each.other} is {'better' if each.value > 0 else 'worse'}"
    return "cannot tell whether they differ or are the same " + within


def money(each: Difference, value: Worth, correction: Fraction) -> str:
    """Whether the quality gained displaces more than it adds."""
    ends = "" if value.low is None or value.high is None else f" ({dollars(value.low)} to {dollars(value.high)})"
    if each.added_cost is None:
        return (f"{each.other} displaces {dollars(value.displaced)}{ends} a case at {dollars(correction)} a wrong "
                "answer; what it adds is unknown")
    answer = {True: "it earns its place", False: "it does not earn its place",
              None: "whether it earns its place cannot be told"}[value.earns_its_place]
    return (f"{each.other} adds {dollars(each.added_cost.value)} a case to {each.base} and displaces "
            f"{dollars(value.displaced)}{ends} at {dollars(correction)} a wrong answer: {answer}")


def notes(evaluation: Evaluation, differences: Sequence[Difference], terms: Terms) -> Iterator[str]:
    """What to know of the figures."""
    if all_alike(evaluation):
        yield ("All answers have the same score: these cases tell no arm from another, so nothing is said of their "
               "differences. Add harder cases.")
    elif any(each.low is None and min(each.cases) >= FEWEST for each in differences):
        yield ("Where every case differs by the same amount nothing is known of how much cases vary, so there is no "
               "interval. Add cases.")
    if any(min(each.cases) < FEWEST for each in differences):
        yield f"Of fewer than {FEWEST} cases nothing is told, whatever their scores."
    if evaluation.answers > sum(len(arm.answers) for arm in evaluation.arms):
        yield "Repeats of a case are averaged first: they are not more cases."
    unknown = [arm.name for arm in evaluation.arms if arm.cost is None]
    if unknown:
        yield f"Costs of {', '.join(unknown)} are unknown: give every row of an arm a cost_usd."
    if len(differences) > 1:
        yield (f"{len(differences)} differences are judged, each at {percent(terms.confidence)}: the more there are, "
               "the likelier that one is chance.")
    yield ("Cases needed are for a difference as large as the margin, at a power of "
           f"{percent(terms.power)}, with cases that vary as these do.")
