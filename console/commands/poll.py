"""`poll`: the engine without a screen, in the foreground; `--once` for one turn now."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING

from console import logs
from console.cadences.daily import Daily, status_document
from console.clock import rfc3339
from console.commands.context import open_desk, print_json, say
from console.errors import CannotWrite, NotPermitted
from console.money import display

if TYPE_CHECKING:
    from console.operations.desk import Desk
    from console.watch.engine import Cycle, Engine

UNREACHABLE = 69


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="poll now, whatever the schedule, and end")
    parser.add_argument("--json", action="store_true", help="what one turn did as a JSON document; or a Daily a line")


def run(args: argparse.Namespace) -> int:
    if args.read_only:
        raise NotPermitted("poll stores usage and may kill, and --read-only was asked for. Try: token-console status")
    desk = open_desk(args)
    from console.watch.engine import Engine

    logs.to_file()
    if args.once:
        return asyncio.run(_once(desk, args))
    engine = Engine(desk.config, desk.database, desk.clock, publish=_Printer(args.json).show)
    return asyncio.run(_until_stopped(engine))


async def _once(desk: Desk, args: argparse.Namespace) -> int:
    from console.watch.engine import Engine

    engine = Engine(desk.config, desk.database, desk.clock)
    try:
        if not await engine.leadership.take():
            leader = await engine.leadership.leader()
            raise CannotWrite(f"{leader or 'Another process'} polls already, and there is one at a time. "
                              "What it sees: token-console status")
        cycle = await engine.once()
        document = await asyncio.to_thread(_document, desk, cycle)
    finally:
        await engine.close()
    if args.json:
        print_json(document)
    else:
        _print(document)
    return 0 if all(poll.ok for poll in cycle.polls) else UNREACHABLE


async def _until_stopped(engine: Engine) -> int:
    """Run until SIGTERM, SIGHUP or Ctrl-C; the engine ends its running kill step first."""
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        engine.stop()

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    say("Watching. Ctrl-C ends it.", error=True)
    await engine.run()
    return 128 + received[0] if received else 0


class _Printer:
    """One line, or one JSON document, for each new Daily."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json

    def show(self, daily: Daily) -> None:
        if self._as_json:
            print(json.dumps(status_document(daily), ensure_ascii=True, allow_nan=False))
        else:
            for notice in (*daily.alarms, *daily.notices):
                say(f"! {notice}", error=True)
            firing = [alert for alert in daily.alerts if alert.state == "firing"]
            states = ", ".join(f"{source.name} {source.state}" for source in daily.sources)
            say(f"{rfc3339(daily.at)}  today {display(daily.totals.today)}  month {display(daily.totals.month)}  "
                f"alerts {len(firing)}  {states}")
        sys.stdout.flush()


def _document(desk: Desk, cycle: Cycle) -> dict[str, object]:
    """`poll --once --json`, as the contract has it."""
    from store import incidents

    with desk.database.read() as tx:
        found = [incidents.intent(tx, identifier) for identifier in cycle.intents]
    return {
        "at": rfc3339(cycle.at),
        "sources": [
            {"name": poll.name, "ok": poll.ok, "requests": poll.requests, "rows": poll.rows,
             "newest_bucket": rfc3339(poll.newest_bucket) if poll.newest_bucket else None,
             "complete": poll.complete, "error": poll.error}
            for poll in cycle.polls
        ],
        "alerts_opened": [
            {"id": change.alert.id, "workload": change.alert.workload, "kind": change.alert.rule,
             "severity": change.alert.severity, "summary": change.alert.summary}
            for change in cycle.judged.changes if change.kind == "fired"
        ],
        "trips": [{"workload": intent.workload, "intent": intent.id, "state": intent.state}
                  for intent in found if intent is not None],
    }


def _print(document: dict[str, object]) -> None:
    for poll in _rows(document, "sources"):
        said = f"{poll['rows']} rows in {poll['requests']} requests" if poll["ok"] else f"failed: {poll['error']}"
        say(f"{poll['name']}: {said}")
    for alert in _rows(document, "alerts_opened"):
        say(f"alert [{alert['severity']}] {alert['workload']}: {alert['summary']}")
    for trip in _rows(document, "trips"):
        say(f"breaker of {trip['workload']} tripped; intent {trip['intent']} is {trip['state']}")


def _rows(document: dict[str, object], key: str) -> list[dict[str, object]]:
    rows = document[key]
    assert isinstance(rows, list)
    return rows
