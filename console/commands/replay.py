"""`replay`: what the console would have done on recorded usage, when, and why. It reads, and acts on nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import toml
from console.clock import from_epoch, rfc3339
from console.commands.context import find_config, load_config, print_json, say
from console.commands.files import read_text
from console.errors import UsageError
from console.money import display, usd
from console.text import clean

if TYPE_CHECKING:
    from console.config import Config
    from console.operations.replaying import Question
    from console.watch.replay import Kill, Outcome, Replayed

LONGEST_S = 7 * 86_400


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="usage by minute, CSV or CSV.GZ")
    parser.add_argument("--from-database", action="store_true", help="the organisation's own last five weeks instead")
    parser.add_argument("--charter", action="append", type=Path, default=[], metavar="FILE",
                        help="a Charter, a draft will do; may be given for several workloads")
    parser.add_argument("--changes", action="append", type=Path, default=[], metavar="FILE",
                        help="planned changes that were announced")
    parser.add_argument("--calls", action="append", type=Path, default=[], metavar="FILE",
                        help="call records, a JSON object a line")
    parser.add_argument("--price-as", metavar="MODEL", help="the price of models that nobody knows")
    parser.add_argument("--lag", type=int, default=300, metavar="S",
                        help="seconds after its end at which a minute is seen (default: %(default)s)")
    parser.add_argument("--poll", type=int, default=60, metavar="S", help="seconds between polls (%(default)s)")
    parser.add_argument("--act", type=int, default=10, metavar="S",
                        help="seconds until a kill takes hold (default: %(default)s)")
    parser.add_argument("--explain", action="store_true", help="the trip sheet of each kill")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    from console.operations import replaying

    if (args.file is None) == (not args.from_database):
        raise UsageError("Name a file of usage, or give --from-database; one of the two.")
    for name in ("lag", "poll", "act"):
        if not (name == "poll") <= getattr(args, name) <= LONGEST_S:
            raise UsageError(f"--{name} is seconds, from {int(name == 'poll')} to {LONGEST_S:,}.")
    config = load_config(args) if args.from_database or find_config(args) is not None else None
    question = _question(args, config)
    if args.from_database:
        assert config is not None
        from store.database import Database

        replayed = replaying.answer(question, Database.open(config.database_url))
    else:
        replayed = replaying.answer(question)
    for note in replayed.recorded.notes:
        _line(f"Note: {note}.", error=True)
    if args.json:
        print_json(document(replayed))
    else:
        _print(replayed)
    if args.explain:
        for outcome in replayed.outcomes:
            if outcome.kill is not None:
                _explain(outcome, outcome.kill, error=args.json)
    return 0


def _question(args: argparse.Namespace, config: Config | None) -> Question:
    from console.config import RuleSettings
    from console.operations.replaying import Question
    from console.watch.replay import Course

    def texts(paths: list[Path]) -> list[tuple[str, str]]:
        return [(str(path), read_text(path, toml.CONFIGURATION_LIMIT)) for path in paths]

    return Question(
        file=args.file, charters=texts(args.charter), changes=texts(args.changes), calls=args.calls,
        price_as=args.price_as, course=Course(args.lag, args.poll, args.act),
        rules=config.rules if config is not None else RuleSettings(),
        overrides=config.prices if config is not None else (),
    )


def document(replayed: Replayed) -> dict[str, Any]:
    """What `--json` prints: dollars as strings with six decimals, times in RFC 3339, unknown null."""
    alerts = sorted((alert for outcome in replayed.outcomes for alert in outcome.alerts), key=lambda each: each.at)
    return {
        "file": replayed.recorded.name, "lag_s": replayed.course.lag_s, "poll_s": replayed.course.poll_s,
        "act_s": replayed.course.act_s,
        "workloads": [_workload(outcome) for outcome in replayed.outcomes],
        "alerts": [{"workload": alert.workload, "kind": alert.kind, "window": alert.window, "severity": alert.severity,
                    "at": rfc3339(alert.at), "summary": alert.summary} for alert in alerts],
    }


def _workload(outcome: Outcome) -> dict[str, Any]:
    kill = outcome.kill
    return {
        "workload": outcome.workload,
        "alert_at": rfc3339(outcome.alerts[0].at) if outcome.alerts else None,
        "decided_at": rfc3339(kill.decided_at) if kill else None,
        "kill_at": rfc3339(kill.at) if kill else None,
        "kill_reason": kill.signal.summary if kill else None,
        "signs": list(kill.signs) if kill else [],
        "usd_seen_at_kill": usd(kill.seen) if kill else None,
        "usd_true_at_kill": usd(kill.true) if kill else None,
        "usd_end": usd(outcome.total),
    }


def _print(replayed: Replayed) -> None:
    recorded = replayed.recorded
    _line(f"{recorded.name}: {rfc3339(from_epoch(recorded.first * 60))} to {rfc3339(from_epoch(recorded.end * 60))}, "
          f"seen {replayed.course.lag_s} s late, polled every {replayed.course.poll_s} s")
    for outcome in replayed.outcomes:
        kill = outcome.kill
        what = f"killed {rfc3339(kill.at)} for {' and '.join(kill.signs)}; ${display(kill.true)} of " if kill else ""
        _line("")
        _line(f"{outcome.workload}: {what}${display(outcome.total)}{' by then' if kill else ', not killed'}")
        for alert in outcome.alerts:
            _line(f"  {rfc3339(alert.at)}  {alert.severity:8}  {alert.kind}  {alert.summary}")


def _line(text: str, *, error: bool = False) -> None:
    """One line, whatever line ends are in the names that it quotes."""
    say(clean(text), error=error)


def _explain(outcome: Outcome, kill: Kill, *, error: bool) -> None:
    """The trip sheet: why, the minutes that add up to the figure, the Charter's line, and what was still on its way."""
    track, facts = kill.facts.track, kill.facts
    lines = [
        "",
        f"TRIP SHEET  {outcome.workload}  decided {rfc3339(kill.decided_at)}",
        f"Why        {kill.signal.summary}",
        f"Charter    {kill.signal.charter_line}",
        f"Holds      from {rfc3339(kill.at)}; ${display(kill.seen)} seen, ${display(kill.true)} true by then",
    ]
    if track is not None and facts.data_until is not None:
        lines.append("Minutes    spent, uncached, read, written, output, calls")
        for minute in range(max(track.first, track.end - 10), track.end):
            spent, *tokens = track.minute(minute)
            lines.append(f"  {rfc3339(from_epoch(minute * 60))}  ${display(spent):>9}  "
                         + "  ".join(f"{count:>10,}" for count in tokens))
    for line in lines:
        _line(line, error=error)
