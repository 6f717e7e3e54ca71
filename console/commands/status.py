"""`status`: the Daily as text or JSON, for scripts and for when the screens cannot be used."""

from __future__ import annotations

import argparse
import asyncio
import json

from console.cadences.daily import AlertLine, Daily, UnattributedLine, WorkloadLine, status_document
from console.clock import rfc3339
from console.commands.context import TIME, actor_at, asked_at, open_desk, print_json, print_table, say
from console.money import display

NOT_WELL = 1
_HEADINGS = ("WORKLOAD", "STATE", "BURN", "TODAY", "MONTH", "EXPECTED", "PROJECTED", "KILL AT", "SIGNS", "BREAKER",
             "ALERTS")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--at", metavar="TIME", help=f"as the stored usage puts it at {TIME}")
    parser.add_argument("--check", action="store_true", help="exit 1 where an alert fires or a source is not current")


def run(args: argparse.Namespace) -> int:
    desk = open_desk(args)
    from console.operations.status import daily

    drawn = asyncio.run(daily(desk, actor_at(desk), at=asked_at(args.at, desk)))
    if args.json:
        print_json(status_document(drawn))
    else:
        _print(drawn)
    return NOT_WELL if args.check and not is_well(drawn) else 0


def is_well(daily: Daily) -> bool:
    """No alert fires, no breaker is tripped, nothing is disarmed or waits for a second person, no source is stale."""
    return (
        not any(alert.state in ("firing", "no-data") for alert in daily.alerts)
        and not any(line.breaker in ("tripped", "held") for line in daily.workloads)
        and not daily.alarms
        and all(source.state == "ok" for source in daily.sources)
    )


def _print(daily: Daily) -> None:
    simulated = " · SIMULATED" if daily.simulated else ""
    say(f"{daily.organisation} · {rfc3339(daily.at)} · USD{simulated}")
    for notice in (*daily.alarms, *daily.notices):
        say(f"! {notice}")
    for source in daily.sources:
        until = f", data until {rfc3339(source.data_until)}" if source.data_until else ""
        late = f", {source.lag_s:.0f} s late as measured" if until and source.lag_s is not None else ""
        say(f"source {source.name}: {source.state}{until}{late}{f' ({source.message})' if source.message else ''}")
    print()
    if daily.workloads:
        print_table(_HEADINGS, [_cells(line) for line in daily.workloads], right=(2, 3, 4, 5, 6, 7, 8, 10))
    else:
        say("No workload yet. To register them: token-console mbom import FILE")
    _print_signs(daily)
    _print_alerts(daily)
    _print_unattributed(daily)
    total = daily.totals
    print()
    say(f"Today {display(total.today)}, month {display(total.month)} of {display(total.expected_month)} expected, "
        f"projected {display(total.projected_month)}.")


def _cells(line: WorkloadLine) -> tuple[str, ...]:
    burn = "?" if line.burn_ratio is None else f"{line.burn_ratio:.1f}x"
    marks = ("~" if line.estimated else "") + ("*" if line.stale else "")
    return (
        line.slug, line.state, burn, display(line.today) + marks, display(line.month) + marks,
        display(line.expected_month), display(line.projected_month), display(line.kill_threshold), _nearest(line),
        line.breaker,
        f"{line.alerts} {line.worst or ''}".strip() if line.alerts else "",
    )


def _nearest(line: WorkloadLine) -> str:
    """How far the signs that are nearest to killing together are from it."""
    nearest = line.signs.nearest if line.signs is not None else None
    if nearest is None or line.breaker in ("tripped", "held"):
        return ""
    return "LIT" if nearest >= 1 else f"{nearest:.0%}"


def _print_signs(daily: Daily) -> None:
    """The signs that are lit, of workloads that go on."""
    for line in daily.workloads:
        lit = [sign for sign in line.signs.signs if sign.lit] if line.signs is not None else []
        if lit and line.breaker not in ("tripped", "held"):
            print()
            say(f"{line.slug}: {', '.join(sign.name for sign in lit)} lit")
            for sign in lit:
                say(f"  {sign.name}: {sign.says}")


def _print_alerts(daily: Daily) -> None:
    for alert in daily.alerts:
        print()
        say(alert_heading(alert))
        say(f"  {alert.summary}")
        if alert.advice:
            say(f"  {alert.advice}")


def alert_heading(alert: AlertLine) -> str:
    """What it is and since when; of a resolved one the beginning, which is not when it was resolved."""
    since = ("; it began at" if alert.state == "resolved" else " since") + f" {rfc3339(alert.since)}"
    return f"[{alert.severity}] {alert.workload}: {alert.kind} is {alert.state}{since} (alert {alert.id})"


def _print_unattributed(daily: Daily) -> None:
    if not daily.unattributed:
        return
    print()
    say("Spent by nobody that the MBOM knows:")
    print_table(
        ("SOURCE", "WHAT", "MODELS", "TODAY", "MONTH", "RULE"),
        [(line.source, line.name, ", ".join(line.models), display(line.today), display(line.month), _rule(line))
         for line in daily.unattributed],
        right=(3, 4), last=400,
    )
    say("To claim some: give a workload its RULE as `usage` in an MBOM file, then: token-console mbom import FILE")


def _rule(line: UnattributedLine) -> str:
    """What an MBOM entry names to claim it, beside the source: the key where there is one."""
    from console.operations.mbom.draft import rule_of

    rule = rule_of(line.identity)
    named = ["api_key_id"] if "api_key_id" in rule else [name for name in rule if name != "source"]
    said = ", ".join(f"{name} = {json.dumps(rule[name], ensure_ascii=False)}" for name in named)
    return said or f"source = {json.dumps(line.source)}"  # all of it: it says nothing that would tell a part apart
