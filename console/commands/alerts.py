"""`token-console alerts`: what is open, as text or JSON. Exit 1 while anything fires."""

from __future__ import annotations

import argparse
import asyncio
import textwrap

from console.cadences.daily import AlertLine, alert_document
from console.commands.context import open_desk, print_json
from console.operations import incidents
from console.operations.identity import current_actor
from console.text import clean

WIDTH, INDENT = 100, " " * 8


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor = current_actor(desk.config)
    lines = asyncio.run(incidents.alerts(desk, actor))
    if args.json:
        print_json([alert_document(line) for line in lines])
    else:
        for line in lines:
            print(_text(line))
        if not lines:
            print("No alert is open.")
    return 1 if any(line.state == "firing" for line in lines) else 0


def _text(line: AlertLine) -> str:
    marks = [line.state]
    if line.stale:
        marks.append("stale data")
    if line.acknowledged_by:
        marks.append(f"acknowledged by {clean(line.acknowledged_by)}")
    if line.silenced_until:
        marks.append(f"silenced until {line.silenced_until:%Y-%m-%d %H:%MZ}")
    return (f"{line.id:>6}  {line.severity.upper():<8}  {clean(line.workload, 40)}  {line.kind}  "
            f"{line.since:%Y-%m-%d %H:%MZ}  ({', '.join(marks)})\n"
            f"{_wrapped(line.summary)}\n{_wrapped(line.advice)}")


def _wrapped(text: str) -> str:
    return textwrap.fill(clean(text), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, max_lines=6)
