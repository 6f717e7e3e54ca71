"""`lab TOPIC`: the playbook's mathematics on your own numbers, or on what is measured of a workload.

Without `--workload` it reads no configuration and no database.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from console.commands import lab_recorded
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.economics.catalogue import TOPICS
from console.economics.filling import Filled, Known, filled
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import micro, said
from console.errors import UsageError
from console.money import usd

if TYPE_CHECKING:
    from console.operations.desk import Desk

_JSON = "one JSON document on standard output: topic, inputs, results, notes; with --workload origins, too"
_WORKLOAD = ("begin from what is measured of this workload, from its Charter and from today's prices; what an option "
             "says goes before")
_COMMENT, _FIGURES = "comment", "figures"
_KEEP = ("keep inputs, results and date in a draft of the workload's Charter: as a comment, or in the figures that it "
         "states, too")
_UNITS = {"usd": "USD", "share": "SHARE", "number": "NUMBER", "yes or no": "yes|no"}
_WIDE = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", title="topics",
                                   description="token-console lab TOPIC --help shows a topic's options")
    for topic in TOPICS.values():
        one = topics.add_parser(topic.name, help=topic.line, allow_abbrev=False,
                                description=f"{topic.line}. {topic.more}")
        for each in topic.inputs:
            one.add_argument(each.option, metavar=_UNITS[each.kind], help=f"{each.meaning} (default: {each.default})")
        one.add_argument("--workload", metavar="SLUG", help=_WORKLOAD)
        one.add_argument("--keep", choices=(_COMMENT, _FIGURES), help=_KEEP)
        one.add_argument("--json", action="store_true", help=_JSON)
    lab_recorded.declare(topics, _JSON)


def run(args: argparse.Namespace) -> int:
    if args.topic is None:
        lines = [*((one.name, one.line) for one in TOPICS.values()), *lab_recorded.LINES.items()]
        print_table(("TOPIC", "WHAT IT ANSWERS"), lines, last=_WIDE)
        say("To work one out: token-console lab TOPIC --OPTION VALUE. Its options: token-console lab TOPIC --help")
        return 0
    if getattr(args, "results", None) is not None:
        return lab_recorded.run(args)
    if args.keep is not None and args.workload is None:
        raise UsageError("--keep keeps it in the Charter of a workload: say which with --workload SLUG.")
    topic = TOPICS[args.topic]
    stated = {each.name: each.read(text) for each in topic.inputs
              if (text := getattr(args, each.name)) is not None}
    desk = None if args.workload is None else open_desk(args)
    given = filled(topic, {} if desk is None else _known(desk, args.workload), stated)
    worked = topic.work(given.values)
    origins = None if args.workload is None else given.origins
    if args.json:
        print_json(_document(topic, given.values, worked, origins))
    else:
        _print(topic, given.values, worked, origins)
    if desk is not None and args.keep is not None:
        asyncio.run(_keep(desk, args.workload, topic, given, figures=args.keep == _FIGURES))
    return 0


def _known(desk: Desk, slug: str) -> Mapping[str, Known]:
    from console.operations.lab import measurements

    return asyncio.run(measurements(desk, actor_at(desk), workload=slug)).known


async def _keep(desk: Desk, slug: str, topic: Topic, given: Filled, *, figures: bool) -> None:
    from console.operations import lab

    actor = actor_at(desk)
    inputs = {each.name: each.write(given.values[each.name]) for each in topic.inputs}
    plan = await lab.keep_plan(desk, actor, workload=slug, topic=topic.name, inputs=inputs, origins=given.origins)
    done = await lab.keep(desk, actor, workload=slug, topic=topic.name, inputs=inputs, origins=given.origins,
                          figures=figures, base_version=plan.base_version, base_hash=plan.base_hash)
    for each in plan.what.figures if figures else ():
        say(f"[scenarios.expected] {each.key} = {each.after}, was {each.before or 'not stated'}", error=True)
    for why in plan.what.without if figures else ():
        say(f"{why}.", error=True)
    say(f"Kept in version {done.version} of the Charter of {slug}, a draft.", error=True)


def _document(topic: Topic, given: Values, worked: Worked, origins: Mapping[str, str] | None) -> dict[str, object]:
    return {
        "topic": topic.name,
        "inputs": {each.name: _for_machines(each.kind, given[each.name]) for each in topic.inputs},
        "results": {each.name: _for_machines(each.kind, each.value) for each in worked.results},
        "notes": list(worked.notes),
        **({} if origins is None else {"origins": dict(origins)}),
    }


def _for_machines(kind: str, value: Fraction | bool | None) -> str | int | float | bool | None:
    """Dollars as a decimal string, yes or no as such, every other number as a number."""
    if value is None:
        return None
    if kind == "yes or no":
        return bool(value)
    number = Fraction(value)
    if kind == "usd":
        return usd(micro(number))
    return int(number) if number.denominator == 1 else float(number)


def _print(topic: Topic, given: Values, worked: Worked, origins: Mapping[str, str] | None) -> None:
    say(f"{topic.name}: {topic.line}")
    print()
    rows = [_input(each, given[each.name], () if origins is None else (origins[each.name],)) for each in topic.inputs]
    print_table(("INPUT", "VALUE", *(() if origins is None else ("FROM",)), "WHAT IT IS"), rows, right=(1,), last=_WIDE)
    print()
    for line in worked.working:
        say(f"  {line}")
    print()
    print_table(("RESULT", "VALUE", ""), [_result(each) for each in worked.results], right=(1,))
    print()
    for note in worked.notes:
        say(f"- {note}")


def _input(each: Input, value: Fraction, origin: tuple[str, ...]) -> tuple[str, ...]:
    return each.option, said(each.kind, value), *origin, each.meaning


def _result(each: Result) -> tuple[str, ...]:
    return each.name, said(each.kind, each.value), each.unit
