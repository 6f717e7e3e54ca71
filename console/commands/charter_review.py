"""`charter submit`, `comment`, `refuse` and `retire`: a Charter on its way to signatures, and out of force."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from console.charters.signing import REGULATED_ROLE, SIGNING_ROLES
from console.commands.context import actor_at, open_desk, print_json, say
from console.operations import audit_log
from console.operations.charter import review as charter_review
from console.operations.charter.review import Reviewed


def submit_arguments(parser: argparse.ArgumentParser) -> None:
    _version(parser)
    parser.add_argument("--note", default="", metavar="TEXT", help="for those who sign")


def comment_arguments(parser: argparse.ArgumentParser) -> None:
    _version(parser)
    parser.add_argument("text", metavar="TEXT")


def refuse_arguments(parser: argparse.ArgumentParser) -> None:
    _version(parser)
    parser.add_argument("--role", required=True, choices=(*SIGNING_ROLES, REGULATED_ROLE, "token_architect"))
    parser.add_argument("--reason", required=True, metavar="TEXT")


def retire_arguments(parser: argparse.ArgumentParser) -> None:
    _version(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def submit(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    done = asyncio.run(charter_review.submit(desk, actor_at(desk), workload=args.workload, version=args.version,
                                             text=args.note.strip()))
    return _told(args, done, f"To sign: token-console charter sign {done.workload} --role ROLE")


def comment(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    done = asyncio.run(charter_review.comment(desk, actor_at(desk), workload=args.workload, version=args.version,
                                              text=args.text))
    return _told(args, done, "The comment stands beside it.")


def refuse(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    done = asyncio.run(charter_review.refuse(desk, actor_at(desk), workload=args.workload, version=args.version,
                                             role=args.role, reason=args.reason))
    void = f"The signatures of {', '.join(done.voided)} are void. " if done.voided else ""
    return _told(args, done, f"{void}Its authors change it and submit it anew.")


def retire(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    if not args.yes and not _confirmed(args.workload):
        say("Nothing was retired.", error=True)
        return 1
    done = asyncio.run(charter_review.retire(desk, actor_at(desk), workload=args.workload, version=args.version,
                                             reason=args.reason))
    asyncio.run(audit_log.seal(desk))  # no engine runs here that would
    return _told(args, done, "")


def _version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workload")
    parser.add_argument("--version", type=int, help="default: the newest")


def _confirmed(workload: str) -> bool:
    """Without a terminal nobody can answer, so nothing is retired."""
    if not sys.stdin.isatty():
        say("There is no terminal to ask at; add --yes to retire.", error=True)
        return False
    return input(f"Retire the Charter of {workload}? Without one in force it is never killed automatically. [y/N] "
                 ).strip().lower() in ("y", "yes")


def _told(args: argparse.Namespace, done: Reviewed, then: str) -> int:
    if args.json:
        print_json(_document(done))
        return 0
    say(f"{done.workload} version {done.version} is {done.state}. {then}".rstrip())
    if done.in_force is None:
        say(f"{done.workload} has no Charter in force: it is watched and never killed automatically.", error=True)
    return 0


def _document(done: Reviewed) -> dict[str, Any]:
    return {"workload": done.workload, "version": done.version, "state": done.state,
            "content_hash": done.content_hash, "voided": done.voided, "in_force": done.in_force}
