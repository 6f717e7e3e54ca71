"""`tram`: the organisation's matrix with the portfolio in its cells, as text or JSON."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.cadences.tram import TramCell, TramView, TramWorkload
from console.clock import rfc3339
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.money import display


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations import tram

    view = asyncio.run(tram.matrix(desk, actor_at(desk)))
    if args.json:
        print_json(document(view))
    else:
        _print(view)
    return 0


def _print(view: TramView) -> None:
    simulated = " · SIMULATED" if view.simulated else ""
    say(f"{view.organisation} · {rfc3339(view.at)} · USD of {view.month} so far{simulated}")
    print()
    print_table(
        ("COST \\ OUTPUT", *view.columns),
        [(row, *(_count(view.cell(row, column)) for column in view.columns)) for row in view.rows],
    )
    for cell in view.cells:
        print()
        say(f"{cell.cost_variance} x {cell.output_variance}: permits {permits(cell)}")
        say(f"  review at least: {review(cell)}")
        _print_workloads(cell.workloads)
    if view.elsewhere:
        print()
        say("Without a cell:")
        _print_workloads(view.elsewhere)


def _print_workloads(workloads: tuple[TramWorkload, ...]) -> None:
    for one in workloads:
        say(f"  {one.slug}: {one.state}, {display(one.spent)}{'~' if one.estimated else ''}{_remark(one)}")


def _remark(one: TramWorkload) -> str:
    said = [one.why] if one.why else []
    said += [f"the MBOM says {one.mismatch}"] if one.mismatch else []
    said += [f"beyond the cell: {', '.join(one.beyond)}"] if one.beyond else []
    return f" ({'; '.join(said)})" if said else ""


def _count(cell: TramCell | None) -> str:
    return "no such cell" if cell is None else f"{len(cell.workloads)}: {display(cell.spent)}"


def permits(cell: TramCell) -> str:
    """`distilled, workhorse; extended thinking; depth to 3; fan-out to 8`."""
    thinking = "extended thinking" if cell.thinking else "no extended thinking"
    return f"{', '.join(cell.models)}; {thinking}; depth to {cell.depth_cap}; fan-out to {cell.fan_out_cap}"


def review(cell: TramCell) -> str:
    """The least review, in one line."""
    return f"{cell.review_what}, {cell.review_when}, {cell.review_authority}"
