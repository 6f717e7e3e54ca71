"""`token-console permissions`: the one table of who may do what, and who holds which role."""

from __future__ import annotations

import argparse
import asyncio

from console import wording
from console.cadences.documents import document
from console.commands.context import actor_at, open_desk, print_json, print_table, say
from console.operations import permissions


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    table = asyncio.run(permissions.permissions(desk, actor_at(desk)))
    if args.json:
        print_json(document(table))
        return 0
    print_table(("command", "you", "what it does", "roles that carry it"), [
        (line.command, "may" if line.yours else "", line.means, ", ".join(map(wording.role, line.roles)))
        for line in table.commands
    ], last=100)
    print()
    print_table(("role", "you", "held by"), [
        (wording.role(line.role), "hold" if line.yours else "", ", ".join(line.people) or "nobody")
        for line in table.roles
    ], last=100)
    say("\nRoles are given in [[operators]] of the configuration. A viewer sees everything and changes nothing.")
    return 0
