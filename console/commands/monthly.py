"""`monthly [MONTH]`: what a dollar of inference earned in a month, against what the Charters promised."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from console.cadences.monthly import GapLine, MonthLine, Monthly
from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.figures import change, percent, ratio
from console.money import display
from console.wording import over_known

NAMED = 3
"""So many workloads are named beside a note that is about several."""
_HEADINGS = ("WORKLOAD", "OWNER", "VALUE", "INFERENCE", "PLANNED", "SPEND", "ALPHA-NET", "PER $", "PROMISED", "STATE",
             "OWED BY")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", metavar="MONTH", help="a UTC month such as 2026-10 (default: the present)")
    parser.add_argument("--at", metavar="TIME", help=f"as the stored data put it at {TIME}")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations.months import monthly

    read = asyncio.run(monthly(desk, actor_at(desk), month=args.month, at=asked_at(args.at, desk)))
    if args.json:
        print_json(document(read))
    else:
        _print(read)
    return 0


def _print(read: Monthly) -> None:
    simulated = " · SIMULATED" if read.simulated else ""
    until = f", data until {rfc3339(read.data_until)}" if read.data_until else ", nothing was read"
    say(f"{read.organisation} · {read.month}{' (running)' if read.partial else ''} · USD{until}{simulated}")
    print()
    if read.lines:
        print_table(_HEADINGS, [_cells(line) for line in read.lines], right=(2, 3, 4, 5, 6, 7, 8))
    else:
        say("No workload yet. To register them: token-console mbom import FILE")
    _print_notes(read.lines)
    total = read.totals
    print()
    say(f"Inference {display(total.inference)} of {display(total.planned)} planned, unattributed "
        f"{display(total.unattributed)}; Alpha-net {display(total.known_alpha_net)}, {ratio(total.per_dollar)} a "
        f"dollar, {over_known(total.known_workloads, len(read.lines))}.")
    off = sum(line.over for line in read.lines) if read.partial else total.open
    if off:
        above = f"{off} of {len(read.lines)} workloads are more than {percent(read.threshold, 0)} off"
        say(f"{above} so far; the month still runs." if read.partial else
            f"{above} and wait for explanations: token-console explain WORKLOAD --month {read.month} --text TEXT")
    for gap in read.gaps:
        _print_gap(gap)
    for saving in read.savings:
        say(f"saving {saving.id} {saving.workload}: {saving.what}: promised {display(saving.promised)} a month, "
            f"realised {display(saving.realised)} ({saving.basis})")


def _cells(line: MonthLine) -> tuple[str, ...]:
    mark = "~" if line.estimated else ""
    return (line.slug, line.owner or "nobody", display(line.value), display(line.inference) + mark,
            display(line.planned), change(line.spend_variance, 0), display(line.alpha_net), ratio(line.per_dollar),
            ratio(line.planned_per_dollar), line.state, ", ".join(line.owed))


def _print_notes(lines: Sequence[MonthLine]) -> None:
    """Each note once, with the workloads that it is about."""
    about: dict[str, list[str]] = {}
    for line in lines:
        notes = [f"not known: {', '.join(line.missing)}"] if line.missing else []
        notes += [*line.remarks, *(f"{each.by} as {each.role}: {each.text}" for each in line.explanations)]
        for note in notes:
            about.setdefault(note, []).append(line.slug)
    for note, slugs in about.items():
        say(f"{', '.join(slugs[:NAMED])}{f' and {len(slugs) - NAMED} more' if len(slugs) > NAMED else ''}: {note}")


def _print_gap(gap: GapLine) -> None:
    say(f"source {gap.source}: billed {display(gap.billed)}, metered {display(gap.metered)} over {gap.days} days: "
        f"{gap.kind}. {gap.says}")
