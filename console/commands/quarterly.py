"""`quarterly [QUARTER]`: what each workload planned, spent and earned in a quarter, and where its review stands."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.quarterly import NoteLine, QuarterLine, Quarterly
from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.figures import ratio
from console.money import display
from console.wording import over_known

_HEADINGS = ("WORKLOAD", "OWNER", "CHARTER", "CELL", "PLANNED", "SPENT", "VALUE", "ALPHA-NET", "PER $", "TRIPS",
             "EXCEPTIONS", "REVIEW")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("quarter", nargs="?", metavar="QUARTER",
                        help="of the fiscal year, such as 2026-Q4 (default: the present)")
    parser.add_argument("--at", metavar="TIME", help=f"as the stored data put it at {TIME}")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations.quarters import quarterly

    read = asyncio.run(quarterly(desk, actor_at(desk), quarter=args.quarter, at=asked_at(args.at, desk)))
    if args.json:
        print_json(document(read))
    else:
        _print(read)
    return 0


def _print(read: Quarterly) -> None:
    simulated = " · SIMULATED" if read.simulated else ""
    stands = " (not begun)" if read.at < read.start else " (running)" if read.partial else ""
    say(f"{read.organisation} · {read.quarter}{stands}: {', '.join(read.month_names)} · {rfc3339(read.at)} · "
        f"USD{simulated}")
    print()
    if not read.lines:
        say("No workload belongs to this quarter. To register some: token-console mbom import FILE")
        return
    print_table(_HEADINGS, [_cells(line) for line in read.lines], right=(4, 5, 6, 7, 8, 9, 10), last=60)
    for line in read.lines:
        _print_notes(line)
    total = read.totals
    print()
    say(f"Spent {display(total.spent)} of {display(total.planned)} planned, unattributed "
        f"{display(total.unattributed)}; Alpha-net {display(total.alpha_net)}, {ratio(total.per_dollar)} a dollar, "
        f"{over_known(total.known_workloads, len(read.lines))}.")
    say(f"{total.reviewed:,} of {len(read.lines):,} reviews are ended, {total.overdue:,} are overdue. To take part: "
        "token-console quarter learn|recommend|end WORKLOAD")


def _cells(line: QuarterLine) -> tuple[str, ...]:
    charter = f"v{line.charter_version}" if line.charter_version is not None else line.charter_state
    return (line.slug, line.owner or "nobody", charter, line.cell, display(line.planned), display(line.spent),
            display(line.value), display(line.alpha_net),
            ratio(line.per_dollar), str(line.trips), str(line.exceptions_open),
            _review(line))


def _review(line: QuarterLine) -> str:
    if line.decision is not None:
        draft = f", draft v{line.decision.draft_version}" if line.decision.draft_version is not None else ""
        return f"{line.decision.kind} by {line.decision.by}{draft}"
    if line.review_due is None:
        return "retired" if line.status == "retired" else "none due"
    owed = f", {' and '.join(line.owed)} owe" if line.owed else ", ready to be ended"
    return f"{'OVERDUE since' if line.overdue else 'due'} {line.review_due:%Y-%m-%d}{owed}"


def _print_notes(line: QuarterLine) -> None:
    for question in line.questions:
        say(f"{line.slug}: ? {question}")
    for note in (*line.learned, *line.recommended):
        say(f"{line.slug}: {said(note)}")
    if line.decision is not None:
        say(f"{line.slug}: {said(line.decision)}")


def said(note: NoteLine) -> str:
    """A note in a line: what, by whom, in which role."""
    return f"{note.kind} by {note.by} as {note.role} on {note.at:%Y-%m-%d}: {note.text}"
