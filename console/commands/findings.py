"""`findings`: what the anti-pattern detectors find, with evidence, dollars and the fix. Exit 1 while any waits."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from console import toml
from console.commands.context import actor_at, find_config, load_config, open_desk, print_json, print_table, say
from console.commands.files import read_text
from console.errors import UsageError
from console.money import display
from console.text import clean
from console.wording import number_of

if TYPE_CHECKING:
    from console.cadences.findings.value import FindingLine, Findings
    from console.cadences.orchestration import Orchestration
    from console.evaluations.evaluation import Kind

_LONG = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="TIME", help="look from this day or instant on (default: a week ago)")
    parser.add_argument("--workload", metavar="SLUG", help="only at this workload")
    parser.add_argument("--usage", type=Path, metavar="FILE",
                        help="look at recorded usage by minute (CSV or CSV.GZ) instead of the database")
    parser.add_argument("--calls", action="append", type=Path, default=[], metavar="FILE",
                        help="look at call records, a JSON object a line, instead of the database")
    parser.add_argument("--charter", action="append", type=Path, default=[], metavar="FILE",
                        help="beside files: a workload's Charter")
    parser.add_argument("--mbom", type=Path, metavar="FILE", help="beside files: the workloads' MBOM")
    parser.add_argument("--evaluation", action="append", default=[], metavar="WORKLOAD:KIND:FILE",
                        help="beside files: recorded answers, of kind retrieval or tier, the newest first")
    parser.add_argument("--price-as", metavar="MODEL", help="beside files: the price of models that nobody knows")
    parser.add_argument("--explain", action="store_true", help="the evidence of each finding, and what lacks data")
    parser.add_argument("--json", action="store_true", help="print one JSON document, with all evidence")


def run(args: argparse.Namespace) -> int:
    found = _in_files(args) if args.usage or args.calls else _in_the_database(args)
    if args.json:
        from console.cadences.findings.document import findings_document

        print_json(findings_document(found))
    else:
        _print(found, args.explain)
    return 1 if any(line.decided is None or line.decided.verdict is None for line in found.lines) else 0


def _in_the_database(args: argparse.Namespace) -> Findings:
    if args.charter or args.mbom or args.price_as or args.evaluation:
        raise UsageError("--charter, --mbom, --evaluation and --price-as go with --usage or --calls; the database has "
                         "its own.")
    desk = open_desk(args)
    from console.cadences.instants import span
    from console.operations import findings

    since = span(args.since, desk.config.organisation.time_zone, "--since")[0] if args.since else None
    return asyncio.run(findings.findings(desk, actor_at(desk), since=since, workload=args.workload))


def _in_files(args: argparse.Namespace) -> Findings:
    if args.since or args.workload:
        raise UsageError("Files are looked at whole: leave out --since and --workload.")
    from console.operations import findings_in_files
    from console.operations.findings_in_files import Files

    config = load_config(args) if find_config(args) is not None else None
    return findings_in_files.findings(
        Files(args.usage, args.calls, [_text(path) for path in args.charter], _text(args.mbom) if args.mbom else None,
              args.price_as, [_evaluation(said) for said in args.evaluation]),
        config.organisation.name if config is not None else "Files", config.prices if config is not None else ())


def _evaluation(said: str) -> tuple[str, Kind, tuple[str, str]]:
    from console.evaluations.evaluation import KINDS, Kind
    from console.evaluations.file import FILE_LIMIT

    slug, _, rest = said.partition(":")
    kind, _, path = rest.partition(":")
    if kind not in KINDS or not slug or not path:
        raise UsageError(f"--evaluation {clean(said, 60)!r} is not WORKLOAD:KIND:FILE: write it like "
                         "claims-triage:tier:answers.csv")
    return slug, cast(Kind, kind), (path, read_text(Path(path), FILE_LIMIT))


def _text(path: Path) -> tuple[str, str]:
    return str(path), read_text(path, toml.REGISTRY_LIMIT)


def _print(found: Findings, explain: bool) -> None:
    simulated = " · SIMULATED" if found.simulated else ""
    say(f"{found.organisation} · {number_of(found.workloads, 'workload')}, {found.start:%Y-%m-%d} to "
        f"{found.end:%Y-%m-%d %H:%M} UTC · USD a month{simulated}")
    for failed in found.failed:
        say(f"Not whole: {failed}.")
    if found.lines:
        print_table(("WORKLOAD", "ANTI-PATTERN", "A MONTH", "RANGE", "SURE", "EXCEPTION", "WHAT IS SO"),
                    [_row(line) for line in found.lines], right=(2,), last=_LONG)
    elif found.workloads:
        say("No anti-pattern was found.")
    else:
        say("Nothing was looked at: the MBOM has no workload. To describe what runs: token-console mbom import FILE")
    if found.orchestration is not None and found.orchestration.workloads:
        _say_multiplier(found.orchestration)
    if explain:
        _explain(found)
    else:
        _lacks(found)


def _say_multiplier(found: Orchestration) -> None:
    from console.cadences.orchestration import in_words

    both = found.together
    say(f"Orchestration Multiplier {in_words(both)}: {both.measured:,} user actions of {len(found.workloads):,} "
        f"workloads. The playbook has 4 to 6 as typical and 1.5 to 2 as achievable; {display(both.recoverable)} USD of "
        "this time lie beyond 2.")


def _row(line: FindingLine) -> tuple[str, ...]:
    found, decided = line.finding, line.decided
    stake = found.stake
    return (found.workload, found.detector + (f": {found.subject}" if found.subject else ""),
            "?" if stake is None else display(stake.likely),
            "" if stake is None else f"{display(stake.low)} to {display(stake.high)}", found.confidence,
            "" if decided is None else f"{decided.exception} {decided.verdict or decided.state}", found.summary)


def _lacks(found: Findings) -> None:
    counts = Counter(lack.detector for lack in found.lacks)
    if counts:
        listed = ", ".join(f"{detector} ({count:,})" for detector, count in sorted(counts.items()))
        say(f"Not enough data, of {found.workloads:,} looked at: {listed}. --explain says what lacks.")


def _explain(found: Findings) -> None:
    for line in found.lines:
        one = line.finding
        print()
        print(clean(f"{one.workload}: {one.detector}{f' ({one.subject})' if one.subject else ''}"))
        print(clean(f"  {one.summary}"))
        print(clean(f"  {one.start:%Y-%m-%d %H:%M} to {one.end:%Y-%m-%d %H:%M} UTC; confidence {one.confidence}"))
        for name, value in one.figures:
            print(clean(f"  {name}: {value}"))
        for row in one.rows:
            print(clean("  - " + ", ".join(f"{name} {value}" for name, value in row)))
        print(clean(f"  Fix: {one.fix}"))
        if line.decided is not None and line.decided.verdict is not None:
            ends = f" until {line.decided.ends_at:%Y-%m-%d}" if line.decided.ends_at else ""
            print(clean(f"  {line.decided.verdict}{ends} by {line.decided.decided_by}: {line.decided.rationale}"))
    if found.orchestration is not None:
        _explain_multipliers(found.orchestration)
    if found.lacks:
        print("\nNot enough data:")
        print_table(("WORKLOAD", "ANTI-PATTERN", "WHAT IS MISSING"),
                    [(lack.workload, lack.detector, lack.missing) for lack in found.lacks], last=_LONG)


def _explain_multipliers(found: Orchestration) -> None:
    from console.cadences.orchestration import in_words

    if found.workloads:
        print("\nOrchestration Multiplier:")
        print_table(("WORKLOAD", "USER ACTIONS", "BEYOND 2, USD", "MULTIPLIER"), [
            (one.workload, f"{one.actions:,}", display(one.recoverable) if one.measured else "?", in_words(one))
            for one in found.workloads], right=(1, 2), last=_LONG)
