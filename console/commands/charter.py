"""`token-console charter`: check, import, sign and show Token Strategy Charters."""

from __future__ import annotations

import argparse
import asyncio
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from console import toml
from console.charters.document import canonical, kill_threshold
from console.charters.elements import SLUG
from console.charters.problem import Problem
from console.charters.signing import DRAFT, REGULATED_ROLE, SIGNING_ROLES
from console.charters.template import template
from console.clock import SystemClock, rfc3339
from console.commands import charter_diff, charter_edit, charter_replay, charter_review
from console.commands.context import find_config, load_config, open_desk, print_json, say
from console.commands.files import read_text
from console.config import Config, Organisation
from console.errors import InputError, UsageError
from console.money import display, usd, usd_or_none
from console.operations import audit_log, registry
from console.operations.charter.check import judge
from console.operations.identity import current_actor
from console.operations.registry import CharterView
from console.text import clean

SHORTEST = 8
"""Characters of a content hash that tell one Charter from another."""


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = _verb(verbs, "check", "say what stands in the way of signing; exit 1 where something does")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    new = verbs.add_parser("new", help="a commented Charter to fill in", allow_abbrev=False)
    new.add_argument("workload")
    show = _verb(verbs, "show", "one version, with who signed it")
    show.add_argument("workload")
    show.add_argument("--version", type=int, help="default: the newest")
    charter_diff.arguments(_verb(verbs, "diff", "what changes: the version in force against the newest, or a file"))
    export = verbs.add_parser("export", help="the file of one version, as it was imported", allow_abbrev=False)
    export.add_argument("workload")
    export.add_argument("--version", type=int, help="default: the newest")
    _verb(verbs, "import", "store a file as a draft").add_argument("file", type=Path)
    charter_edit.arguments(_verb(verbs, "edit", "change it in your editor ($VISUAL, $EDITOR); stored as a draft"))
    sign = _verb(verbs, "sign", "sign in one role; the last signature puts the Charter in force")
    sign.add_argument("workload")
    sign.add_argument("--role", required=True, choices=(*SIGNING_ROLES, REGULATED_ROLE))
    sign.add_argument("--version", type=int, help="default: the newest")
    sign.add_argument("--content", metavar="HASH", help="sign only what was read under this hash (its beginning)")
    sign.add_argument("--yes", action="store_true", help="do not ask")
    charter_replay.arguments(_verb(verbs, "replay", "what a version or file would have done in the last quarter"))
    charter_review.submit_arguments(_verb(verbs, "submit", "put a draft before those who sign"))
    charter_review.comment_arguments(_verb(verbs, "comment", "say something of a version, for those who sign it"))
    charter_review.refuse_arguments(_verb(verbs, "refuse", "send a version in review back, with a reason"))
    charter_review.retire_arguments(_verb(verbs, "retire", "end a version for good; the workload is then only watched"))


def run(args: argparse.Namespace) -> int:
    handler = {"check": _check, "new": _new, "show": _show, "diff": charter_diff.run, "export": _export,
               "import": _import, "edit": charter_edit.run, "sign": _sign, "replay": charter_replay.run,
               "submit": charter_review.submit, "comment": charter_review.comment,
               "refuse": charter_review.refuse, "retire": charter_review.retire}
    return handler[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _check(args: argparse.Namespace) -> int:
    """Needs no database and no configuration; a configuration brings its own matrix and prices."""
    config = load_config(args) if find_config(args) else Config(None, Organisation(), "")
    checked = [_checked(path, config) for path in args.files]
    if args.json:
        print_json({"files": checked})
    else:
        for file in checked:
            _say_checked(file)
    return 0 if all(file["signable"] for file in checked) else 1


def _checked(path: Path, config: Config) -> dict[str, Any]:
    name = str(path)
    try:
        reading, verdict = judge(read_text(path, toml.CONFIGURATION_LIMIT), name, config, SystemClock().now())
    except InputError as error:
        return {"file": name, "signable": False, "monthly_usd": None, "derived_monthly_usd": None, "problems": [
            _problem_document(Problem("unreadable", error.line, str(error), error.remedy), name)], "scenarios": {},
            "kill_threshold_usd": None}
    return {
        "file": name, "signable": verdict.signable,
        "monthly_usd": usd_or_none(reading.expected.monthly if reading.expected else None),
        "derived_monthly_usd": usd_or_none(verdict.derived_monthly),
        "problems": [_problem_document(problem, name) for problem in verdict.problems],
        "scenarios": {each.scenario: {"multiple": f"{each.multiple:f}", "monthly_usd": usd(each.typed),
                                      "derived_monthly_usd": usd_or_none(each.derived)} for each in verdict.costs},
        "kill_threshold_usd": usd_or_none(kill_threshold(reading.expected, reading.runaway)
                                          if reading.expected and reading.runaway else None),
    }


def _problem_document(problem: Problem, name: str) -> dict[str, Any]:
    text = problem.message if problem.rule == "unreadable" else problem.text(name)
    return {"rule": problem.rule, "severity": problem.severity, "line": problem.line, "message": problem.message,
            "remedy": problem.remedy, "text": text}


def _say_checked(file: dict[str, Any]) -> None:
    for problem in file["problems"]:
        warning = "" if problem["severity"] == "error" else " (warning)"
        say(f"{problem['text']}{warning} [{problem['rule']}]")
    typed, derived = file["monthly_usd"], file["derived_monthly_usd"]
    wrong = sum(problem["severity"] == "error" for problem in file["problems"])
    verdict = "can be signed" if file["signable"] else f"cannot be signed: {wrong} error{'s' if wrong != 1 else ''}"
    month = f"; the expected month is {_dollars(typed)} USD, at today's prices {_dollars(derived)}" if typed else ""
    say(f"{file['file']}: {verdict}{month}")
    for name, each in file["scenarios"].items():
        if name != "expected":
            say(f"  {name} (x{each['multiple']}) is {_dollars(each['monthly_usd'])} USD a month, at today's prices "
                f"{_dollars(each['derived_monthly_usd'])}")
    if file["kill_threshold_usd"]:
        say(f"  the kill threshold is {_dollars(file['kill_threshold_usd'])} USD")


def _dollars(amount: str | None) -> str:
    return "unknown" if amount is None else f"{Decimal(amount):,.2f}"


def _new(args: argparse.Namespace) -> int:
    if not SLUG.fullmatch(args.workload):
        raise UsageError("A workload is named by its slug: 1 to 64 of a-z, 0-9 and -.")
    if find_config(args) is None:
        text = template(args.workload)
    else:
        desk = open_desk(args)
        text = asyncio.run(registry.new_charter(desk, current_actor(desk.config), workload=args.workload))
    print(text, end="")
    return 0


def _show(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    view = asyncio.run(registry.show_charter(desk, current_actor(desk.config), workload=args.workload,
                                             version=args.version))
    if args.json:
        print_json(_view_document(view))
        return 0
    _say_view(view)
    say(f"\n{view.text}")
    return 0


def _export(args: argparse.Namespace) -> int:
    """To a file or a pipe byte for byte; to a terminal only what cannot steer it."""
    desk = open_desk(args)
    view = asyncio.run(registry.show_charter(desk, current_actor(desk.config), workload=args.workload,
                                             version=args.version))
    if sys.stdout.isatty():
        say(view.text)
    else:
        sys.stdout.write(view.text)
    return 0


def _import(args: argparse.Namespace) -> int:
    text = read_text(args.file, toml.CONFIGURATION_LIMIT)
    desk = open_desk(args)
    done = asyncio.run(registry.import_charter(desk, current_actor(desk.config), text=text, name=str(args.file)))
    if args.json:
        print_json({"workload": done.workload, "version": done.version, "state": done.state, "outcome": done.outcome,
                    "content_hash": done.content_hash, "warnings": done.warnings,
                    "derived_monthly_usd": usd_or_none(done.derived_monthly)})
        return 0
    for warning in done.warnings:
        say(f"{warning} (warning)", error=True)
    say(f"{done.workload} version {done.version}: {done.outcome}, {done.state}.")
    if done.state == DRAFT:
        say(f"To put it before those who sign: token-console charter submit {done.workload}")
    return 0


def _sign(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    actor = current_actor(desk.config)
    view = asyncio.run(registry.show_charter(desk, actor, workload=args.workload, version=args.version))
    if args.content is not None and (len(args.content) < SHORTEST or not view.content_hash.startswith(args.content)):
        raise InputError(f"{view.workload} version {view.version} has the content {view.content_hash[:16]}, not what "
                         f"you read, so it is not signed. Read it again: token-console charter show {view.workload}")
    if not args.yes and not _confirmed(view, args.role):
        say("Nothing was signed.", error=True)
        return 1
    done = asyncio.run(registry.sign(desk, actor, workload=args.workload, role=args.role, version=view.version,
                                     content_hash=view.content_hash))
    asyncio.run(audit_log.seal(desk))  # no engine runs here that would
    if args.json:
        print_json({"workload": done.workload, "version": done.version, "role": done.role, "state": done.state,
                    "missing_roles": done.missing_roles, "superseded": done.superseded})
        return 0
    rest = f"still to sign: {', '.join(done.missing_roles)}" if done.missing_roles else "it is in force"
    say(f"{done.workload} version {done.version} is signed as {done.role}; {rest}.")
    return 0


def _confirmed(view: CharterView, role: str) -> bool:
    """Show what is signed and ask. Without a terminal nobody can answer, so nothing is signed."""
    _say_view(view)
    if not sys.stdin.isatty():
        say("There is no terminal to ask at; add --yes to sign.", error=True)
        return False
    return input(f"Sign this as {role}? [y/N] ").strip().lower() in ("y", "yes")


def _say_view(view: CharterView) -> None:
    document = view.document
    say(f"{view.workload} version {view.version}: {view.state}, content {view.content_hash[:16]}")
    say(f"  expected month {display(document.expected.monthly)} USD, at today's prices {display(view.derived_monthly)}")
    say(f"  kills {'by itself' if document.runaway.automatic else 'after a person decides'}; reviewed by "
        f"{document.review.who}")
    for signature in view.signatures:
        say(f"  signed as {signature.role} by {signature.signed_by} on {rfc3339(signature.signed_at)}")
    if view.missing_roles:
        say(f"  not signed by {', '.join(view.missing_roles)}")
    for note in view.notes:
        earlier = "" if note.of_this_content else ", of what it said before"
        said = f": {clean(note.text, 400)}" if note.text else ""
        say(f"  {note.kind} by {note.said_by} as {note.role} on {rfc3339(note.said_at)}{earlier}{said}")


def _view_document(view: CharterView) -> dict[str, Any]:
    return {
        "workload": view.workload, "version": view.version, "state": view.state, "content_hash": view.content_hash,
        "document": canonical(view.document), "text": view.text,
        "derived_monthly_usd": usd_or_none(view.derived_monthly),
        "signatures": [{"role": item.role, "by": item.signed_by, "at": rfc3339(item.signed_at)}
                       for item in view.signatures],
        "notes": [{"kind": note.kind, "role": note.role, "by": note.said_by, "at": rfc3339(note.said_at),
                   "text": note.text, "of_this_content": note.of_this_content} for note in view.notes],
        "missing_roles": view.missing_roles, "imported_by": view.imported_by,
        "imported_at": rfc3339(view.imported_at), "signed_at": rfc3339(view.signed_at) if view.signed_at else None,
        "versions": [{"version": version, "state": state} for version, state in view.versions],
    }
