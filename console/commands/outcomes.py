"""`outcomes import|add|list|withdraw|pull`: the ledger of what the workloads produced."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from console.cadences.monthly import OutcomeLine
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.commands.dollars import dollars_or_none
from console.commands.files import read_text
from console.errors import UsageError
from console.money import display
from console.text import clean

SHOWN = 8
"""Workloads whose rows overlap that are named; the rest are counted."""
MONTH = "a UTC month such as 2026-10"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="import|add|list|withdraw|pull")
    take = _verb(verbs, "import", "take in a CSV file, all of it or none")
    take.add_argument("file", type=Path, help="the file; - is standard input")
    take.add_argument("--month", help=f"refuse rows of another month than {MONTH}")
    add = _verb(verbs, "add", "enter what one workload produced in a month or on a day")
    add.add_argument("workload", help="the workload's slug")
    add.add_argument("--period", required=True, help="a UTC month or day: 2026-10, 2026-10-14")
    add.add_argument("--outcomes", metavar="N", help="how many")
    for name in ("value", "baseline", "review", "rework"):
        add.add_argument(f"--{name}-usd", metavar="USD", help="left out it is unknown, never zero")
    add.add_argument("--reference", default="", help="your own number for it")
    add.add_argument("--note", default="")
    shown = _verb(verbs, "list", "the rows of a month")
    shown.add_argument("--month", help=f"{MONTH} (default: the present)")
    shown.add_argument("--workload", help="only this one's")
    withdraw = _verb(verbs, "withdraw", "take a row out of every sum; it stays in the ledger")
    withdraw.add_argument("outcome", type=int, help="the row's number, as `list` shows it")
    withdraw.add_argument("--why", required=True, help="for whoever reads the ledger")
    pull = _verb(verbs, "pull", "ask the [[outcome_queries]] of the configuration")
    pull.add_argument("name", nargs="?", help="only this one")
    pull.add_argument("--month", help=f"only {MONTH}")


def run(args: argparse.Namespace) -> int:
    handler = {"import": _import, "add": _add, "list": _list, "withdraw": _withdraw, "pull": _pull}
    return handler[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _import(args: argparse.Namespace) -> int:
    from console.operations.outcomes import FILE_LIMIT, import_outcomes

    text = read_text(args.file, FILE_LIMIT)
    desk = open_desk(args)
    done = asyncio.run(import_outcomes(desk, actor_at(desk), text=text, name=str(args.file), month=args.month))
    if args.json:
        print_json({"rows": done.rows, "workloads": done.workloads, "months": done.months, "unvalued": done.unvalued,
                    "overlapping": done.overlapping})
        return 0
    say(f"{done.rows} rows of {len(done.workloads)} workloads are in the ledger, for {', '.join(done.months)}.")
    _tell(done.overlapping[:SHOWN])
    if len(done.overlapping) > SHOWN:
        say(f"So do rows of {len(done.overlapping) - SHOWN:,} more workloads.", error=True)
    if done.unvalued:
        say(f"The value of {done.unvalued} of them is unknown: they give no value_usd, and no Charter in force says "
            "what an outcome is worth (outcome_value_usd).", error=True)
    return 0


def _tell(overlapping: Sequence[str]) -> None:
    for each in overlapping:
        say(f"{each} overlap in time, and both count. Where that is not meant: token-console outcomes withdraw ROW",
            error=True)


def _add(args: argparse.Namespace) -> int:
    from console.cadences.month.outcome_rows import bounds
    from console.operations.outcomes import enter_outcome

    try:
        start, end = bounds(args.period)
    except ValueError as error:
        raise UsageError(f"--period {clean(args.period, 40)!r} is neither a month nor a day: write 2026-10 or "
                         "2026-10-14") from error
    value, baseline, review, rework = (dollars_or_none(f"--{name}-usd", getattr(args, f"{name}_usd"))
                                       for name in ("value", "baseline", "review", "rework"))
    count = _number(args.outcomes)
    desk = open_desk(args)
    entered = asyncio.run(enter_outcome(
        desk, actor_at(desk), workload=args.workload, starts_at=start, ends_at=end, outcomes=count, value=value,
        baseline=baseline, review=review, rework=rework, reference=args.reference, note=args.note))
    if args.json:
        print_json({"outcome": entered.row, "workload": args.workload, "overlapping": entered.overlapping})
    else:
        say(f"Row {entered.row} is in the ledger.")
        _tell(entered.overlapping)
    return 0


def _number(text: str | None) -> Decimal | None:
    try:
        number = None if text is None else Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if number is not None and not number.is_finite():
        raise UsageError(f"--outcomes {clean(text or '', 40)!r} is no number: write it like 1200")
    return number


def _list(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.clock import month_name
    from console.operations.outcomes import outcomes

    month = args.month or month_name(desk.clock.now())
    found = asyncio.run(outcomes(desk, actor_at(desk), month=month, workload=args.workload))
    if args.json:
        print_json({"month": month, "outcomes": document(found)})
    elif found:
        print_table(("ROW", "WORKLOAD", "PERIOD", "OUTCOMES", "VALUE", "BASELINE", "REVIEW", "REWORK", "ORIGIN", "BY",
                     "REFERENCE"), [_cells(line) for line in found], right=(0, 3, 4, 5, 6, 7))
        if any(line.by_charter for line in found):
            say("* as the Charter in force says of each outcome")
    else:
        say(f"The ledger has nothing of {month}. To enter it: token-console outcomes import FILE")
    return 0


def _cells(line: OutcomeLine) -> tuple[str, ...]:
    def amount(name: str, value: int | None) -> str:
        return display(value) + ("*" if name in line.by_charter else "")

    return (str(line.id), line.workload, line.period, "?" if line.outcomes is None else f"{line.outcomes:,f}",
            amount("value", line.value), amount("baseline", line.baseline), display(line.review), display(line.rework),
            line.origin, line.entered_by, line.reference)


def _withdraw(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.outcomes import withdraw_outcome

    asyncio.run(withdraw_outcome(desk, actor_at(desk), outcome=args.outcome, why=args.why))
    if args.json:
        print_json({"withdrawn": args.outcome})
    else:
        say(f"Row {args.outcome} is withdrawn: no sum counts it any more.")
    return 0


def _pull(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from dataclasses import asdict

    from console.operations.outcomes import pull_outcomes

    done = asyncio.run(pull_outcomes(desk, actor_at(desk), name=args.name, month=args.month))
    if args.json:
        print_json({"pulled": [asdict(each) for each in done]})
        return 0
    for each in done:
        say(f"query {each.query}: {each.added} added, {each.restated} restated, {each.gone} no longer stated, "
            f"{each.unchanged} unchanged"
            + (f"; {each.left_out} that a person withdrew stay withdrawn." if each.left_out else "."))
    return 0
