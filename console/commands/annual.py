"""`annual [YEAR]`: the operating model measured. `annual write FILE` and `annual sign`: what is said of the year."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from console.cadences.annual import Annual, Measure, PredictionLine
from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.commands.files import read_text
from console.errors import UsageError
from console.money import display

LIMIT = 256 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="YEAR | write FILE | sign",
                        help="show a fiscal year such as 2026 (default: the present); write its statement from a file, "
                        "- is standard input; or sign the statement")
    parser.add_argument("--year", help="of which to write or sign, such as 2026 (default: the present)")
    parser.add_argument("--content", metavar="HASH", help="of the text that you read: with sign the one to sign, "
                        "with write the one that yours takes the place of")
    parser.add_argument("--at", metavar="TIME", help=f"as the stored data put it at {TIME}")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    verb, *rest = args.words or [""]
    if verb == "write" and len(rest) == 1:
        return _write(args, Path(rest[0]))
    if verb == "sign" and not rest:
        return _sign(args)
    if rest or verb in ("write", "sign"):
        raise UsageError("Write one of: annual [YEAR]; annual write FILE [--year YEAR] [--content HASH]; "
                         "annual sign --content HASH [--year YEAR].")
    return _show(args, verb or args.year)


def _show(args: argparse.Namespace, year: str | None) -> int:
    desk = open_desk(args)
    from console.cadences.documents import document
    from console.operations.years import annual

    read = asyncio.run(annual(desk, actor_at(desk), year=year, at=asked_at(args.at, desk)))
    if args.json:
        print_json(document(read))
    else:
        _print(read)
    return 0


def _write(args: argparse.Namespace, path: Path) -> int:
    text = read_text(path, LIMIT)
    desk = open_desk(args)
    from console.cadences import periods
    from console.cadences.documents import document
    from console.operations.years import write_statement

    year = args.year or periods.year_of(desk.clock.now(), desk.config.fiscal_year_month).name
    done = asyncio.run(write_statement(desk, actor_at(desk), year=year, text=text, base_hash=args.content or ""))
    if args.json:
        print_json({"year": year, "statement": document(done)})
    elif done.signed_by is not None:
        say(f"The text of {year} is the one that {done.signed_by} signed; nothing was changed.")
    else:
        say(f"The text of {year} is written. To sign it: token-console annual sign --year {year} --content "
            f"{done.content_hash}")
    return 0


def _sign(args: argparse.Namespace) -> int:
    if not args.content:
        raise UsageError("A signature is for one text: --content HASH, as `token-console annual` shows it.")
    desk = open_desk(args)
    from console.cadences import periods
    from console.cadences.documents import document
    from console.operations import audit_log
    from console.operations.years import sign_statement

    year = args.year or periods.year_of(desk.clock.now(), desk.config.fiscal_year_month).name
    done = asyncio.run(sign_statement(desk, actor_at(desk), year=year, content_hash=args.content))
    asyncio.run(audit_log.seal(desk))  # no engine runs here that would
    if args.json:
        print_json({"year": year, "statement": document(done)})
    else:
        say(f"The text of {year} is signed by {done.signed_by} as {done.signed_role}.")
    return 0


def _print(read: Annual) -> None:
    simulated = " · SIMULATED" if read.simulated else ""
    stands = " (not begun)" if read.at < read.start else " (running)" if read.partial else ""
    say(f"{read.organisation} · {read.year}{stands} · {rfc3339(read.at)} · USD{simulated}")
    print()
    print_table(("MEASURE", "THIS YEAR", "THE YEAR BEFORE", "BETTER"), [_cells(each) for each in read.measures])
    if read.months:
        print()
        print_table(("MONTH", "SPENT", "PLANNED"), [(name, display(spent), display(planned))
                                                    for name, spent, planned in read.months], right=(1, 2))
    if read.patterns:
        print()
        print_table(("PATTERN", "OPENED", "CLOSED", "AT STAKE"), [
            (each.kind, str(each.opened), str(each.closed), display(each.stake)) for each in read.patterns],
            right=(1, 2, 3))
    for prediction in read.predictions:
        print()
        print_prediction(prediction)
    print()
    _print_statement(read)


def _cells(measure: Measure) -> tuple[str, ...]:
    return (measure.name, measure.value, figure(measure.before, measure.unit), measure.better)


def figure(value: float | None, unit: str) -> str:
    """A measure's figure for a person."""
    if value is None:
        return "not known"
    if unit == "share":
        return f"{value:.0%}"
    if unit == "seconds":
        from console.cadences.year.measures import lasting

        return lasting(value)
    return f"{value:,.2f} USD" if unit == "usd" else f"{value:,.0f}"


def print_prediction(line: PredictionLine) -> None:
    """A prediction with its verdict and evidence."""
    say(f"Prediction {line.number}, by {line.deadline:%Y-%m-%d}: {line.verdict}. {line.text}")
    say(f"  {line.criterion}")
    say(f"  {line.computed}")
    for at, who, verdict, words in line.evidence:
        say(f"  {at:%Y-%m-%d} {who}: {verdict}: {words}")


def _print_statement(read: Annual) -> None:
    if read.statement is None:
        say(f"Nothing is written of {read.year} yet. To write it: token-console annual write FILE --year {read.year}")
        return
    statement = read.statement
    signed = (f"signed by {statement.signed_by} as {statement.signed_role} on {rfc3339(statement.signed_at)}"
              if statement.signed_at else "not signed")
    say(f"Written by {statement.by} on {rfc3339(statement.at)}, {signed}; content {statement.content_hash}")
    say(statement.text)
