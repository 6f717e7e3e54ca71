"""`token-console mbom`: the registry of workloads."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.cadences.mbom import MbomRow
from console.clock import parse_rfc3339, rfc3339
from console.commands.context import open_desk, print_json, print_table, say
from console.commands.files import read_text
from console.errors import CannotWrite
from console.operations import mbom_forms, registry
from console.operations.identity import current_actor
from console.operations.registry import Imported, MbomLine
from console.wording import number_of


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|set|history|literacy|import|export")
    _verb(verbs, "list", "every entry, with the Charter that it is held to")
    _verb(verbs, "show", "one entry, whole").add_argument("workload")
    change = _verb(verbs, "set", "change one field of one entry; the change is kept with who and when")
    change.add_argument("workload")
    change.add_argument("field", help="tier, models, review.what, …")
    change.add_argument("value", help='text, a number, true, ["a", "b"]; `unset` takes the field away')
    _verb(verbs, "history", "every change of one entry").add_argument("workload")
    _verb(verbs, "literacy", "the prompt literacy that each workload takes, against that of its users")
    _verb(verbs, "import", "add and replace the entries of a file, all or none").add_argument("file", type=Path)
    export = verbs.add_parser("export", help="the whole MBOM", allow_abbrev=False)
    export.add_argument("--format", choices=("toml", "csv", "json", "cyclonedx"), default="toml")
    export.add_argument("--spec", choices=("1.6", "1.7"), default="1.6", help="of CycloneDX")
    export.add_argument("--serial", metavar="URN", help="the document's serial number, urn:uuid:…; of the time else")
    export.add_argument("--timestamp", metavar="TIME", type=parse_rfc3339, help="the document's time; now else")
    export.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file, which must not be there")


def run(args: argparse.Namespace) -> int:
    handler = {"list": _list, "show": _show, "set": _set, "history": _history, "literacy": _literacy,
               "import": _import, "export": _export}
    return handler[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _list(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    lines = asyncio.run(registry.mbom(desk, current_actor(desk.config)))
    if args.json:
        print_json({"workloads": [_line_document(line) for line in lines]})
    elif lines:
        print_table(("workload", "name", "status", "owner", "tier", "Charter"), [
            (line.slug, line.name, line.status, line.business_owner or "nobody", line.tier or "",
             f"version {line.charter_version}" if line.charter_version else "no Charter") for line in lines])
    else:
        print("The MBOM is empty. To fill it: token-console mbom import FILE")
    return 0


def _show(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    found = asyncio.run(registry.show_mbom(desk, current_actor(desk.config), slug=args.workload))
    if args.json:
        print_json({**_line_document(found.line), "entry": found.entry})
        return 0
    say(f"{found.line.slug}: {found.line.name}")
    for key, value in found.entry.items():
        say(f"  {key:<16} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    charter = found.line.charter_version
    say(f"  {'Charter':<16} {f'version {charter} in force' if charter else 'none in force'}")
    return 0


def _set(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    done = asyncio.run(registry.set_field(desk, current_actor(desk.config), slug=args.workload, field=args.field,
                                          value=args.value))
    return _tell(args, done)


def _history(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    changes = asyncio.run(registry.mbom_history(desk, current_actor(desk.config), slug=args.workload))
    if args.json:
        print_json({"workload": args.workload, "changes": [
            {"at": rfc3339(change.at), "by": change.by, "field": change.field, "before": change.before,
             "after": change.after} for change in changes]})
        return 0
    for change in changes:
        before, after = (json.dumps(value, ensure_ascii=False) for value in (change.before, change.after))
        say(f"{rfc3339(change.at)}  {change.by}  {change.field}: {before} -> {after}")
    return 0


def _literacy(args: argparse.Namespace) -> int:
    from console.operations.mbom.form import mbom_table

    desk = open_desk(args)
    table = asyncio.run(mbom_table(desk, current_actor(desk.config)))
    rows = sorted((row for row in table.rows if row.status != "retired"),
                  key=lambda row: (-1 if row.literacy_gap is None else row.literacy_gap, row.slug), reverse=True)
    lacking, unknown = sum(bool(row.literacy_gap) for row in rows), sum(row.literacy_gap is None for row in rows)
    if args.json:
        print_json({"workloads": [_literacy_document(row) for row in rows], "below": lacking, "unknown": unknown})
        return 0
    print_table(("WORKLOAD", "OWNER", "REQUIRED", "USERS HAVE", "GAP"), [
        (row.slug, row.business_owner or "nobody", *map(_level, (row.literacy_required, row.literacy_had,
                                                                 row.literacy_gap))) for row in rows], right=(2, 3, 4))
    say(f"Of {number_of(len(rows), 'workload')}, {lacking} have users below the level that they take; of {unknown} it "
        "is not known.")
    if lacking:
        say("Whether to train them or to hire: token-console lab literacy --workload SLUG")
    return 0


def _level(level: int | None) -> str:
    return "?" if level is None else str(level)


def _literacy_document(row: MbomRow) -> dict[str, object]:
    return {"workload": row.slug, "owner": row.business_owner, "required": row.literacy_required,
            "had": row.literacy_had, "gap": row.literacy_gap}


def _import(args: argparse.Namespace) -> int:
    text = read_text(args.file, mbom_forms.LIMIT)
    desk = open_desk(args)
    return _tell(args, asyncio.run(registry.import_mbom(desk, current_actor(desk.config), text=text,
                                                        name=str(args.file))))


def _export(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    text = asyncio.run(registry.export_mbom(desk, current_actor(desk.config), form=args.format, spec=args.spec,
                                           serial=args.serial, at=args.timestamp))
    if args.output is None:
        print(text.rstrip("\n"))
        return 0
    try:
        with args.output.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise CannotWrite(f"{args.output} cannot be written: {error.strerror}. Name another file.") from error
    say(f"Written to {args.output}")
    return 0


def _tell(args: argparse.Namespace, done: Imported) -> int:
    if args.json:
        print_json({"added": done.added, "changed": done.changed, "unchanged": done.unchanged,
                    "warnings": done.warnings, "reattributed_series": done.reattributed,
                    "ties": [{"source": tie.source, "dimensions": dict(tie.dimensions), "workloads": tie.workloads}
                             for tie in done.ties]})
        return 0
    for warning in done.warnings:
        say(f"{warning} (warning)", error=True)
    for tie in done.ties:
        say(f"The rules of {' and '.join(tie.workloads)} match the same usage of {tie.source} equally; it stays "
            "unattributed until one of them is more specific.", error=True)
    say(f"{len(done.added)} added, {len(done.changed)} changed, {done.unchanged} unchanged; "
        f"{done.reattributed} usage series changed hands.")
    return 0


def _line_document(line: MbomLine) -> dict[str, Any]:
    return {**asdict(line), "updated_at": rfc3339(line.updated_at)}
