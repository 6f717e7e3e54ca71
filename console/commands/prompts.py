"""`prompts scan|list|show|diff|retire`: prompts as code, read from a git checkout."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cadences.prompts import PromptLine, VersionLine
from console.commands.context import TIME, actor_at, open_desk, print_json, print_table, say
from console.prompts.findings import PromptFinding
from console.prompts.scanning import VERSIONS, Bounds
from console.prompts.version import short
from console.text import clean
from console.wording import number_of

if TYPE_CHECKING:
    from console.operations.prompts import Scanned

NOT_WELL = 1
MOST_VERSIONS = 10_000
WIDE = 100
"""Cells of a last column."""


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="scan|list|show|diff|retire")
    scan = _verb(verbs, "scan", "read the prompts of a git checkout; ends with 1 where it found something wrong",
                 "Read the prompts of the commit that is checked out, with every version. Nothing of the repository "
                 "is run, and nothing outside it is read. A manifest (prompts.toml at its root) names the prompts; "
                 "without one they lie in prompts/WORKLOAD/, tools/ and sources/. docs/prompts.md tells more.")
    scan.add_argument("path", type=Path, metavar="PATH", help="the checkout, or a folder in it")
    scan.add_argument("--since", metavar="TIME", help=f"leave older versions out, but for the present one: {TIME}")
    scan.add_argument("--limit", type=int, default=VERSIONS, metavar="N",
                      help="newest versions of each prompt that are kept (default: %(default)s)")
    scan.add_argument("--estimate", action="store_true",
                      help="ask no provider for token counts, which would send it the prompts")
    _verb(verbs, "list", "every prompt that is known, in one line")
    show = _verb(verbs, "show", "the prompts of one workload, version by version")
    show.add_argument("workload", help="the workload's slug")
    retire = _verb(verbs, "retire", "end the prompts of a repository that is no longer read; a scan takes them back")
    retire.add_argument("repository", help="as `show` names it")
    diff = _verb(verbs, "diff", "what changed between two versions, read from the checkout")
    diff.add_argument("workload", help="the workload's slug")
    diff.add_argument("before", nargs="?", metavar="FROM", help="a commit (default: the version before TO)")
    diff.add_argument("after", nargs="?", metavar="TO", help="a commit (default: the newest version)")
    diff.add_argument("--path", metavar="FILE", help="which prompt, where the workload has several")
    diff.add_argument("--checkout", type=Path, metavar="FOLDER", help="where to read it (default: the folder scanned)")


def run(args: argparse.Namespace) -> int:
    return {"scan": _scan, "list": _list, "show": _show, "retire": _retire, "diff": _diff}[args.verb](args)


def _verb(verbs: Any, name: str, help_line: str, description: str | None = None) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, description=description,
                                                       allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _scan(args: argparse.Namespace) -> int:
    from console.errors import UsageError

    if not 1 <= args.limit <= MOST_VERSIONS:
        raise UsageError(f"--limit {args.limit} is not a number of versions from 1 to {MOST_VERSIONS}.")
    desk = open_desk(args)
    from console.cadences.instants import as_of
    from console.operations.prompts import scan_prompts

    since = None if args.since is None else as_of(args.since, desk.config.organisation.time_zone, desk.clock.now(),
                                                  "--since")
    done = asyncio.run(scan_prompts(desk, actor_at(desk), path=args.path, bounds=Bounds(args.limit, since),
                                    ask=not args.estimate))
    if args.json:
        print_json(_document(done))
    else:
        _print_scan(done)
    return NOT_WELL if any(each.findings for each in done.prompts) else 0


def _document(done: Scanned) -> object:
    from console.cadences.documents import document

    found = document(done)
    found["findings"] = [finding for each in found["prompts"] for finding in each["findings"]]
    return found


def _print_scan(done: Scanned) -> None:
    say(f"{clean(done.checkout)} at {short(done.head)}, {'by prompts.toml' if done.by_manifest else 'by convention'}")
    kept = done.kept
    say(f"{number_of(len(done.prompts), 'prompt')}; new since the last scan: {number_of(kept.prompts, 'prompt')}, "
        f"{number_of(kept.versions, 'version')}; {kept.superseded:,} superseded, {kept.ended:,} out of use")
    print()
    _print_lines(done.prompts)
    _print_findings([finding for each in done.prompts for finding in each.findings])
    for note in done.notes:
        say(clean(f"Note: {note}."), error=True)


def _list(args: argparse.Namespace) -> int:
    found = _known(args, None)
    if args.json:
        from console.cadences.documents import document

        print_json({"prompts": document([_in_short(each) for each in found])})
    elif found:
        _print_lines(found)
    else:
        say("No prompt is known. To read a checkout: token-console prompts scan PATH")
    return 0


def _in_short(line: PromptLine) -> PromptLine:
    from dataclasses import replace

    return replace(line, versions=line.versions[:1])


def _show(args: argparse.Namespace) -> int:
    found = _known(args, args.workload)
    if args.json:
        from console.cadences.documents import document

        print_json({"workload": args.workload, "prompts": document(found)})
        return 0
    if not found:
        say(f"No prompt of {args.workload} is known. To read a checkout: token-console prompts scan PATH")
    for number, line in enumerate(found):
        if number:
            print()
        _print_prompt(line)
    return 0


def _known(args: argparse.Namespace, workload: str | None) -> tuple[PromptLine, ...]:
    desk = open_desk(args)
    from console.operations.prompts import prompts

    return asyncio.run(prompts(desk, actor_at(desk), workload=workload))


def _retire(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.prompts import retire_prompts

    ended = asyncio.run(retire_prompts(desk, actor_at(desk), repository=args.repository))
    if args.json:
        print_json({"repository": args.repository, "ended": ended})
    else:
        say(f"{number_of(ended, 'prompt')} of {clean(args.repository)} went out of use.")
    return 0


def _diff(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.prompts import compare_prompts

    found = asyncio.run(compare_prompts(desk, actor_at(desk), workload=args.workload, path=args.path,
                                        before=args.before, after=args.after, checkout=args.checkout))
    if args.json:
        from console.cadences.documents import document

        print_json(document(found))
        return 0
    say(f"{clean(found.path)} from {short(found.before) or 'nothing'} to {short(found.after)}")
    for line in found.lines:
        print(clean(line))
    return 0


def _print_lines(lines: Sequence[PromptLine]) -> None:
    print_table(("WORKLOAD", "KIND", "TOKENS", "GROWTH", "SINCE REVIEW", "VERSIONS", "GATE", "FOUND", "PATH"),
                [_line(each) for each in lines], right=(2, 3, 4, 5, 7), last=WIDE)


def _line(line: PromptLine) -> tuple[str, ...]:
    size = "out of use" if line.ended else _size(line.tokens, line.estimated)
    return (line.workload, line.kind, size, _signed(line.growth), _signed(line.grown_since_review),
            str(len(line.versions)), line.gate or "?", str(len(line.findings) or ""), line.path)


def _print_prompt(line: PromptLine) -> None:
    say(clean(f"{line.path}: {line.kind} of {line.workload}, for {line.model or 'no known model'}; cached: "
              f"{line.cached}"))
    say(clean(f"{line.repository}, read {line.scanned_at:%Y-%m-%d %H:%M} UTC from {line.checkout}"))
    if line.ended:
        say(f"OUT OF USE: {line.ended}")
    print()
    print_table(("COMMIT", "AT", "AUTHOR", "TOKENS", "GROWTH", "LINES", "GATE", "MARKS", "WHAT"),
                [_version(each) for each in line.versions], right=(3, 4, 5), last=60)
    _print_findings(line.findings)


def _version(version: VersionLine) -> tuple[str, ...]:
    marks = (version.unread, f"canary: {version.canary}" if version.canary else "",
             f"rollback: {version.rollback}" if version.rollback else "",
             f"reviewed by {version.reviewed_by}" if version.reviewed_by else "",
             "superseded" if version.superseded else "")
    lines = "" if version.added is None else f"+{version.added} -{version.removed}"
    return (short(version.commit), f"{version.at:%Y-%m-%d}", version.author or "?",
            _size(version.tokens, version.estimated), _signed(version.growth), lines,
            f"{version.gate or '?'} {version.score}".strip(), "; ".join(filter(None, marks)), version.subject)


def _print_findings(findings: Iterable[PromptFinding]) -> None:
    for found in findings:
        print()
        say(clean(f"{found.path}:{found.line}:{found.column}: {found.kind}: {found.summary}"))
        for evidence in found.evidence:
            say(clean(f"  {evidence}"))
        say(f"  fix: {found.fix}")


def _size(tokens: int | None, estimated: bool) -> str:
    return "?" if tokens is None else f"{'~' if estimated else ''}{tokens:,}"


def _signed(growth: int | None) -> str:
    return "" if growth is None else f"{growth:+,}" if growth else "0"
