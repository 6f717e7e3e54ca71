"""`lab retrieval|thinking|tier --results FILE`: what recorded evaluations say. It reads that file and nothing else."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from console.commands.context import print_json, say
from console.commands.evaluation_terms import (
    CORRECTION,
    declare_terms,
    print_evaluation,
    print_worth,
    terms_of,
    typed_terms,
)
from console.commands.files import read_text
from console.economics.catalogue import TOPICS
from console.economics.wording import micro
from console.errors import UsageError
from console.money import usd

if TYPE_CHECKING:
    from console.evaluations.evaluation import Kind

LINES = {
    "retrieval": "whether retrieval makes answers better than reasoning alone (recorded evaluation)",
    "tier": "whether a dearer tier or model answers better than a cheaper one (recorded evaluation)",
}
"""The topics that have no typed numbers."""
THINKING = "thinking"

_FILE = "CSV file of answers: case,arm,score[,cost_usd][,input_tokens][,repeat]; - is standard input"


def declare(topics: Any, json_help: str) -> None:
    """Add the topics, and to `thinking` the option of a file."""
    for name, line in LINES.items():
        one = topics.add_parser(name, help=line, allow_abbrev=False, description=f"{line}. docs/evaluations.md says "
                                "how the file looks.")
        one.add_argument("--results", type=Path, required=True, metavar="FILE", help=_FILE)
        declare_terms(one)
        one.add_argument(CORRECTION.option, metavar="USD", default=CORRECTION.default,
                         help=f"{CORRECTION.meaning} (default: %(default)s)")
        one.add_argument("--json", action="store_true", help=json_help)
    thinking = topics.choices[THINKING]
    thinking.add_argument("--results", type=Path, metavar="FILE",
                          help=f"{_FILE}. It takes the place of the numbers above, but --correction-usd")
    declare_terms(thinking)


def run(args: argparse.Namespace) -> int:
    """Read the file and say what it says."""
    _refuse_typed(args)
    given, correction = typed_terms(args), CORRECTION.read(getattr(args, CORRECTION.name) or CORRECTION.default)
    terms = terms_of(given)
    from console.evaluations import documents, sentences
    from console.evaluations.comparison import compare
    from console.evaluations.file import FILE_LIMIT, read
    from console.evaluations.worth import worth

    evaluation = read(read_text(args.results, FILE_LIMIT), str(args.results), cast("Kind", args.topic))
    differences = compare(evaluation, terms)
    notes = list(sentences.notes(evaluation, differences, terms))
    if args.json:
        shares = {name: float(share) for name, share in given.items()}
        print_json({"topic": args.topic,
                    "inputs": {"results": str(args.results), **shares, CORRECTION.name: usd(micro(correction))},
                    "results": documents.results(evaluation, differences,
                                                 [worth(each, correction) for each in differences]),
                    "notes": notes})
        return 0
    print_evaluation(evaluation, differences, terms)
    print()
    print_worth(differences, correction)
    print()
    for note in notes:
        say(f"- {note}")
    return 0


def _refuse_typed(args: argparse.Namespace) -> None:
    """Numbers that the file holds are not typed beside it."""
    if args.topic != THINKING:
        return
    for each in TOPICS[THINKING].inputs:
        if each.name != CORRECTION.name and getattr(args, each.name) is not None:
            raise UsageError(f"{each.option} is in the file of --results: leave one of the two out.")
    for option in ("workload", "keep"):
        if getattr(args, option) is not None:
            raise UsageError(f"--{option} goes with typed or measured numbers, not with --results: leave one out.")
