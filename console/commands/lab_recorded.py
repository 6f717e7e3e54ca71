"""`lab retrieval|thinking|tier --results FILE`: what recorded evaluations say. It reads that file and nothing else."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from console.commands.context import print_json, print_table, say
from console.commands.files import read_text
from console.economics.catalogue import TOPICS
from console.economics.topic import Input
from console.economics.wording import dollars, micro, percent
from console.errors import UsageError
from console.money import usd

if TYPE_CHECKING:
    from console.evaluations.comparison import Difference, Terms
    from console.evaluations.evaluation import Evaluation, Kind

LINES = {
    "retrieval": "whether retrieval makes answers better than reasoning alone (recorded evaluation)",
    "tier": "whether a dearer tier or model answers better than a cheaper one (recorded evaluation)",
}
"""The topics that have no typed numbers."""
THINKING = "thinking"

TERMS = (
    Input("margin", "share", "0.05", "the smallest difference of accuracy that matters, a share", least="0.001"),
    Input("confidence", "share", "0.95", "confidence of the intervals, a share", least="0.6"),
    Input("power", "share", "0.8", "power for which cases are counted, a share", least="0.5"),
)
CORRECTION = TOPICS[THINKING].input("correction_usd")
_FILE = "CSV file of answers: case,arm,score[,cost_usd][,input_tokens][,repeat]; - is standard input"


def declare(topics: Any, json_help: str) -> None:
    """Add the topics, and to `thinking` the option of a file."""
    for name, line in LINES.items():
        one = topics.add_parser(name, help=line, allow_abbrev=False, description=f"{line}. docs/evaluations.md says "
                                "how the file looks.")
        one.add_argument("--results", type=Path, required=True, metavar="FILE", help=_FILE)
        for each in (*TERMS, CORRECTION):
            _option(one, each)
        one.add_argument("--json", action="store_true", help=json_help)
    thinking = topics.choices[THINKING]
    thinking.add_argument("--results", type=Path, metavar="FILE",
                          help=f"{_FILE}. It takes the place of the numbers above, but --correction-usd")
    for each in TERMS:
        _option(thinking, each)


def _option(parser: argparse.ArgumentParser, each: Input) -> None:
    parser.add_argument(each.option, metavar="USD" if each.kind == "usd" else "SHARE", default=each.default,
                        help=f"{each.meaning} (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Read the file and say what it says."""
    _refuse_typed(args)
    given = {each.name: each.read(getattr(args, each.name) or each.default) for each in (*TERMS, CORRECTION)}
    terms = terms_of(given)
    from console.evaluations import documents, sentences
    from console.evaluations.comparison import compare
    from console.evaluations.file import FILE_LIMIT, read
    from console.evaluations.worth import worth

    evaluation = read(read_text(args.results, FILE_LIMIT), str(args.results), cast("Kind", args.topic))
    differences = compare(evaluation, terms)
    notes = list(sentences.notes(evaluation, differences, terms))
    correction = given[CORRECTION.name]
    if args.json:
        shares = {each.name: float(given[each.name]) for each in TERMS}
        print_json({"topic": args.topic,
                    "inputs": {"results": str(args.results), **shares, CORRECTION.name: usd(micro(correction))},
                    "results": documents.results(evaluation, differences,
                                                 [worth(each, correction) for each in differences]),
                    "notes": notes})
        return 0
    print_evaluation(evaluation, differences, terms)
    print()
    for each in differences:
        say(f"  {sentences.money(each, worth(each, correction), correction)}")
    print()
    for note in notes:
        say(f"- {note}")
    return 0


def terms_of(given: Mapping[str, Fraction]) -> Terms:
    """What was asked for. Raises UsageError for what no data could show."""
    from console.evaluations.comparison import Terms

    for each in TERMS:
        if given[each.name] == 1:
            raise UsageError(f"{each.option} 1 asks for what no number of cases shows: write it like {each.default}.")
    return Terms(*(given[each.name] for each in TERMS))


def print_evaluation(evaluation: Evaluation, differences: tuple[Difference, ...], terms: Terms) -> None:
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
        found, same = ("?" if each is None else f"{each:,}"
                       for each in (each.cases_needed, each.cases_needed_for_same))
        say(f"  {each.method}" + ("" if each.p_value is None else f", p = {each.p_value:.3g}")
            + f". Cases needed: {found} to find a difference of the margin, {same} to show that there is none.")


def _usd(amount: Fraction | None) -> str:
    return "?" if amount is None else dollars(amount)


def _refuse_typed(args: argparse.Namespace) -> None:
    """Numbers that the file holds are not typed beside it."""
    if args.topic != THINKING:
        return
    for each in TOPICS[THINKING].inputs:
        if each.name != CORRECTION.name and getattr(args, each.name) is not None:
            raise UsageError(f"{each.option} is in the file of --results: leave one of the two out.")
    if args.workload is not None:
        raise UsageError("--workload begins from what is measured, --results from a file: leave one out.")
