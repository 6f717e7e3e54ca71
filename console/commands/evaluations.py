"""`evaluations import|list|show|withdraw`: scored answers that are kept with a workload."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.commands.evaluation_terms import (
    CORRECTION,
    declare_terms,
    print_evaluation,
    print_worth,
    terms_of,
    typed_terms,
)
from console.commands.files import read_text

if TYPE_CHECKING:
    from console.evaluations.comparison import Terms
    from console.evaluations.recorded import Recorded

KINDS = ("retrieval", "thinking", "tier")


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="import|list|show|withdraw")
    take = _verb(verbs, "import", "take in a CSV file of answers, all of it or none; the same file once")
    take.add_argument("file", type=Path, help="the file; - is standard input. docs/evaluations.md says how it looks")
    take.add_argument("--workload", required=True, metavar="SLUG", help="whose questions they are")
    take.add_argument("--kind", required=True, choices=KINDS, help="what the arms differ in")
    take.add_argument("--at", metavar="TIME", help=f"when the answers were given: {TIME} (default: now)")
    declare_terms(take)
    shown = _verb(verbs, "list", "the evaluations that are held, the newest first")
    shown.add_argument("--workload", metavar="SLUG", help="only this one's")
    one = _verb(verbs, "show", "one evaluation, under the terms of its import or under others")
    one.add_argument("evaluation", type=int, help="its number, as `list` shows it")
    declare_terms(one, "as it was imported")
    one.add_argument(CORRECTION.option, metavar="USD", help=f"{CORRECTION.meaning}; then it says what pays")
    withdraw = _verb(verbs, "withdraw", "let nobody count on it any more; it stays in the log")
    withdraw.add_argument("evaluation", type=int, help="its number, as `list` shows it")
    withdraw.add_argument("--why", required=True, help="for whoever reads the log")


def run(args: argparse.Namespace) -> int:
    return {"import": _import, "list": _list, "show": _show, "withdraw": _withdraw}[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _import(args: argparse.Namespace) -> int:
    terms = terms_of(typed_terms(args))
    from console.evaluations.file import FILE_LIMIT
    from console.operations.evaluations import import_evaluation

    text = read_text(args.file, FILE_LIMIT)
    desk = open_desk(args)
    done = asyncio.run(import_evaluation(desk, actor_at(desk), text=text, name=str(args.file), workload=args.workload,
                                         kind=args.kind, at=asked_at(args.at, desk), terms=terms))
    if args.json:
        print_json({**_judged(done.recorded), "new": done.is_new})
        return 0
    say(f"Evaluation {done.recorded.number} of {args.workload} is recorded." if done.is_new else
        f"This file is evaluation {done.recorded.number} of {args.workload} already; nothing changed.")
    _say_verdicts(done.recorded)
    return 0


def _list(args: argparse.Namespace) -> int:
    from console.operations.evaluations import recorded_evaluations

    desk = open_desk(args)
    held = asyncio.run(recorded_evaluations(desk, actor_at(desk), workload=args.workload))
    if args.json:
        print_json({"evaluations": [_judged(each) for each in held]})
    elif held:
        print_table(("NUMBER", "WORKLOAD", "KIND", "AT", "CASES", "FILE", "VERDICTS"), [_cells(each) for each in held],
                    right=(0, 4), last=100)
    else:
        say("No evaluation is recorded. To record one: token-console evaluations import FILE --workload SLUG --kind "
            "KIND")
    return 0


def _show(args: argparse.Namespace) -> int:
    typed = typed_terms(args)
    correction = None if args.correction_usd is None else CORRECTION.read(args.correction_usd)
    from console.evaluations import documents, sentences
    from console.evaluations.comparison import compare
    from console.evaluations.worth import worth
    from console.operations.evaluations import recorded_evaluation

    desk = open_desk(args)
    found, evaluation = asyncio.run(recorded_evaluation(desk, actor_at(desk), number=args.evaluation))
    terms, differences = found.summary.terms, found.summary.differences
    if typed:
        terms = terms_of(typed, terms)
        differences = compare(evaluation, terms)
    notes = list(sentences.notes(evaluation, differences, terms))
    if args.json:
        worths = None if correction is None else [worth(each, correction) for each in differences]
        print_json({"evaluation": found.number, **_document(found, terms),
                    "results": documents.results(evaluation, differences, worths), "notes": notes})
        return 0
    say(f"Evaluation {found.number} of {found.workload}, {found.kind}, answers of {rfc3339(found.at)}, file "
        f"{found.file}, recorded by {found.recorded_by} at {rfc3339(found.recorded_at)}")
    print()
    print_evaluation(evaluation, differences, terms)
    print()
    if correction is not None:
        print_worth(differences, correction)
        print()
    for note in notes:
        say(f"- {note}")
    return 0


def _withdraw(args: argparse.Namespace) -> int:
    from console.operations.evaluations import withdraw_evaluation

    desk = open_desk(args)
    asyncio.run(withdraw_evaluation(desk, actor_at(desk), number=args.evaluation, why=args.why))
    if args.json:
        print_json({"withdrawn": args.evaluation})
    else:
        say(f"Evaluation {args.evaluation} is withdrawn: nothing counts on it any more.")
    return 0


def _say_verdicts(found: Recorded) -> None:
    from console.evaluations import sentences

    for each in found.summary.differences:
        say(f"  {sentences.said(each, found.summary.terms)}")


def _document(each: Recorded, terms: Terms) -> dict[str, object]:
    return {"workload": each.workload, "kind": each.kind, "at": rfc3339(each.at), "file": each.file,
            "recorded_by": each.recorded_by, "recorded_at": rfc3339(each.recorded_at), "margin": float(terms.margin),
            "confidence": float(terms.confidence), "power": float(terms.power)}


def _judged(each: Recorded) -> dict[str, object]:
    return {"evaluation": each.number, **_document(each, each.summary.terms),
            "verdicts": [{"base": one.base, "other": one.other, "difference": float(one.value), "low": one.low,
                          "high": one.high, "verdict": one.verdict} for one in each.summary.differences]}


def _cells(each: Recorded) -> tuple[str, ...]:
    verdicts = "; ".join(f"{one.other} less {one.base}: {one.verdict}" for one in each.summary.differences)
    return (str(each.number), each.workload, each.kind, rfc3339(each.at)[:10],
            f"{max(arm.cases for arm in each.summary.arms):,}", each.file, verdicts)
