"""`resume WORKLOAD`: restore what the kill turned off, into probation, on the authority of whoever may."""

from __future__ import annotations

import argparse

from console.commands import acts


def arguments(parser: argparse.ArgumentParser) -> None:
    acts.options(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, and send nothing")


def run(args: argparse.Namespace) -> int:
    return acts.run_plan(args, "resume", dry_run=args.dry_run)
