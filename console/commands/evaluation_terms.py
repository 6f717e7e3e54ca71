"""What the commands on recorded answers share: the terms that a statement is held to, and how it is printed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from console.commands.context import print_table, say
from console.economics.catalogue import TOPICS
from console.economics.topic import Input
from console.economics.wording import dollars, percent
from console.errors import UsageError

if TYPE_CHECKING:
    from console.evaluations.comparison import Difference, Terms
    from console.evaluations.evaluation import Evaluation

TERMS = (
    Input("margin", "share", "0.05", "the smallest difference of accuracy that matters, a share", least="0.001"),
    Input("confidence", "share", "0.95", "confidence of the intervals, a share", least="0.6"),
    Input("power", "share", "0.8", "power for which cases are counted, a share", least="0.5"),
)


CORRECTION = TOPICS["thinking"].input("correction_usd")
"""What it costs to put a wrong answer right."""


def declare_terms(parser: argparse.ArgumentParser, stored: str = "") -> None:
    """Add `--margin`, `--confidence` and `--power`; where they are `stored` with something, that is their default."""
    for each in TERMS:
        parser.add_argument(each.option, metavar="SHARE", default=None if stored else each.default,
                            help=f"{each.meaning} (default: {stored or each.default})")


def typed_terms(args: argparse.Namespace) -> dict[str, Fraction]:
    """Those that are there, by name. Raises UsageError."""
    typed = ((each, getattr(args, each.name)) for each in TERMS)
    return {each.name: each.read(text) for each, text in typed if text is not None}


def terms_of(given: Mapping[str, Fraction], stored: Terms | None = None) -> Terms:
    """What was asked for, and else what is stored. Raises UsageError for what no data could show."""
    from console.evaluations.comparison import Terms

    for each in TERMS:
        if given.get(each.name) == 1:
            raise UsageError(f"{each.option} 1 asks for what no number of cases shows: write it like {each.default}.")
    return replace(stored or Terms(), **given)


def print_evaluation(evaluation: Evaluation, differences: Sequence[Difference], terms: Terms) -> None:
    """Arms, then each difference with what it says and how many cases it takes."""
    from console.evaluations import sentences
    from console.evaluations.worth import cheapest_per_correct

    print_table(("ARM", "CASES", "ACCURACY", "COST A CASE", "COST A RIGHT ANSWER"),
                [(arm.name, f"{len(arm.answers):,}", percent(arm.accuracy), _usd(arm.cost), _usd(arm.cost_per_correct))
                 for arm in evaluation.arms], right=(1, 2, 3, 4))
    cheapest = cheapest_per_correct(evaluation)
    if cheapest is not None:
        say(f"The cheapest right answer is that of {cheapest}.")
    print()
    for each in differences:
        say(sentences.said(each, terms))
        if each.p_value is None:
            continue
        found, same = ("?" if each is None else f"{each:,}"
                       for each in (each.cases_needed, each.cases_needed_for_same))
        say(f"  {each.method}, p = {each.p_value:.3g}. Cases needed: {found} to find a difference of the margin, "
            f"{same} to show that there is none.")


def print_worth(differences: Sequence[Difference], correction: Fraction) -> None:
    """Whether what each difference gains displaces more than it adds."""
    from console.evaluations import sentences
    from console.evaluations.worth import worth

    for each in differences:
        say(f"  {sentences.money(each, worth(each, correction), correction)}")


def _usd(amount: Fraction | None) -> str:
    return "?" if amount is None else dollars(amount)
