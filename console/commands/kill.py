"""`kill WORKLOAD`: turn it off, verify it by reading back, and hold its breaker until somebody resumes it."""

from __future__ import annotations

import argparse

from console.commands import acts


def arguments(parser: argparse.ArgumentParser) -> None:
    acts.options(parser)
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, and send nothing")


def run(args: argparse.Namespace) -> int:
    return acts.run_plan(args, "kill", dry_run=args.dry_run)
