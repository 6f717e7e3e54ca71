"""`weekly`: the exceptions of a week by pattern, as text, as JSON, or as a digest that can be sent."""

from __future__ import annotations

import argparse
import asyncio

from console.cadences.documents import document
from console.cadences.weekly import ExceptionLine, PatternLine, Weekly
from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.money import display


def arguments(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument("--digest", action="store_true", help="print the week as Markdown, for sending")
    form.add_argument("--send", action="store_true", help="queue the digest for every channel, once a week and channel")
    parser.add_argument("--at", metavar="TIME", help=f"the week that holds {TIME}")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations import exceptions

    at = asked_at(args.at, desk)
    if args.send:
        from console.operations.sending import send_weekly

        sent = asyncio.run(send_weekly(desk, actor_at(desk), at=at))
        say(sent.says)
        return 0
    if args.digest:
        from console.operations.sending import digest

        print(asyncio.run(digest(desk, actor_at(desk), at=at)), end="")
        return 0
    week = asyncio.run(exceptions.weekly(desk, actor_at(desk), at=at))
    if args.json:
        print_json(document(week))
    else:
        _print(week)
    return 0


def _print(week: Weekly) -> None:
    from console.reports.weekly_digest import title

    say(f"{title(week)} · {rfc3339(week.at)} · USD")
    say(f"{week.opened} opened or reopened, {week.decided} decided, {week.closed} closed this week.")
    unsettled = [pattern for pattern in week.patterns if pattern.open or pattern.decided]
    if not unsettled:
        say("No exception is open, and none is decided and not closed.")
        return
    print()
    print_table(("PATTERN", "OPEN", "DECIDED", "WORKLOADS", "TIMES", "TREND", "AT STAKE", "WHAT"),
                [_pattern(pattern) for pattern in unsettled], right=(1, 2, 3, 4, 6), last=200)
    shown = [line for line in week.exceptions if line.state == "open"]
    if shown:
        print()
        print_exceptions(shown)
    say('To decide: token-console decide ID... --verdict VERDICT --rationale TEXT, or --pattern "KIND" for all of one.')


def print_exceptions(lines: list[ExceptionLine]) -> None:
    """One line an exception, in columns."""
    print_table(("ID", "WORKLOAD", "PATTERN", "WHAT OF IT", "STATE", "SINCE", "TIMES", "AT STAKE", "SUMMARY"), [
        (str(line.id), line.workload, line.kind, line.subject, _state(line), f"{line.opened_at:%Y-%m-%d}",
         str(line.times), display(line.stake), line.summary) for line in lines], right=(0, 6, 7), last=200)


def _pattern(pattern: PatternLine) -> tuple[str, ...]:
    more = "+?" if pattern.stake_unknown and pattern.stake is not None else ""
    trend = f"{pattern.trend}, escalated" if pattern.escalated else pattern.trend
    return (pattern.kind, str(pattern.open), str(pattern.decided), str(len(pattern.workloads)), str(pattern.times),
            trend, display(pattern.stake) + more if pattern.open else "", pattern.what)


def _state(line: ExceptionLine) -> str:
    if line.state != "decided" or line.decision is None:
        return "reopened" if line.state == "open" and line.reopened_at else line.state
    until = f" until {line.decision.ends_at:%Y-%m-%d}" if line.decision.ends_at else ""
    return f"{line.decision.verdict}{until}"
