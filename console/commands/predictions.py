"""`predictions`: the playbook's three, and what the portfolio shows of them. `predictions judge N`: a verdict."""

from __future__ import annotations

import argparse
import asyncio

from console.commands.annual import print_prediction
from console.commands.context import actor_at, open_desk, print_json, say
from console.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="judge NUMBER",
                        help="say how one stands; without it, all are shown")
    parser.add_argument("--verdict", help="open, holding or falsified")
    parser.add_argument("--evidence", metavar="TEXT", help="what speaks for it, for whoever reads it next year")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    number = _number(args.words)
    if number is not None and not (args.verdict and args.evidence):
        raise UsageError("A verdict needs both: --verdict open|holding|falsified --evidence TEXT")
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations import years

    if number is not None:
        asyncio.run(years.judge_prediction(desk, actor_at(desk), number=number, verdict=args.verdict,
                                           evidence=args.evidence))
    lines = asyncio.run(years.annual(desk, actor_at(desk))).predictions
    shown = [line for line in lines if number in (None, line.number)]
    if args.json:
        print_json(document(shown))
        return 0
    for line in shown:
        print_prediction(line)
    if number is None:
        say("To judge one: token-console predictions judge NUMBER --verdict VERDICT --evidence TEXT")
    return 0


def _number(words: list[str]) -> int | None:
    if not words:
        return None
    if len(words) != 2 or words[0] != "judge" or not words[1].isascii() or not words[1].isdigit():
        raise UsageError("Write one of: predictions; predictions judge NUMBER --verdict VERDICT --evidence TEXT.")
    return int(words[1])
