"""`lab TOPIC`: the playbook's mathematics on your own numbers. It reads no configuration and no database."""

from __future__ import annotations

import argparse
from fractions import Fraction

from console.commands import lab_recorded
from console.commands.context import print_json, print_table, say
from console.economics.catalogue import TOPICS
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import dollars, micro, percent, plain
from console.money import usd

_JSON = "one JSON document on standard output: topic, inputs, results, notes"
_UNITS = {"usd": "USD", "share": "SHARE", "number": "NUMBER", "yes or no": "yes|no"}
_WIDE = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", title="topics",
                                   description="token-console lab TOPIC --help shows a topic's options")
    for topic in TOPICS.values():
        one = topics.add_parser(topic.name, help=topic.line, allow_abbrev=False,
                                description=f"{topic.line}. {topic.more}")
        for each in topic.inputs:
            one.add_argument(each.option, metavar=_UNITS[each.kind], default=each.default,
                             help=f"{each.meaning} (default: %(default)s)")
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
    topic = TOPICS[args.topic]
    given = topic.read({each.name: getattr(args, each.name) for each in topic.inputs})
    worked = topic.work(given)
    if args.json:
        print_json(_document(topic, given, worked))
    else:
        _print(topic, given, worked)
    return 0


def _document(topic: Topic, given: Values, worked: Worked) -> dict[str, object]:
    return {
        "topic": topic.name,
        "inputs": {each.name: _for_machines(each.kind, given[each.name]) for each in topic.inputs},
        "results": {each.name: _for_machines(each.kind, each.value) for each in worked.results},
        "notes": list(worked.notes),
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


def _print(topic: Topic, given: Values, worked: Worked) -> None:
    say(f"{topic.name}: {topic.line}")
    print()
    print_table(("INPUT", "VALUE", "WHAT IT IS"), [_input(each, given[each.name]) for each in topic.inputs],
                right=(1,), last=_WIDE)
    print()
    for line in worked.working:
        say(f"  {line}")
    print()
    print_table(("RESULT", "VALUE", ""), [_result(each) for each in worked.results], right=(1,))
    print()
    for note in worked.notes:
        say(f"- {note}")


def _input(each: Input, value: Fraction) -> tuple[str, ...]:
    return each.option, _for_people(each.kind, value), each.meaning


def _result(each: Result) -> tuple[str, ...]:
    return each.name, _for_people(each.kind, each.value), each.unit


def _for_people(kind: str, value: Fraction | bool | None) -> str:
    if value is None:
        return "none"
    if kind == "yes or no":
        return "yes" if value else "no"
    return {"usd": dollars, "share": percent, "number": plain}[kind](Fraction(value))
