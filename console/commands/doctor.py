"""`doctor`: every source, switch, secret, permission and clock, one line each, with the command that mends it."""

from __future__ import annotations

import argparse
import asyncio
import shlex

from console.clock import SystemClock
from console.commands.context import find_config, load_config, print_json, say
from console.config import Config
from console.errors import ConsoleError
from console.operations import checkup, checkup_audit, checkup_providers, checkup_tells
from console.operations.checkup import Check, Health
from console.operations.identity import current_actor

NOT_WELL = 1
_MARKS = {Health.OK: "ok  ", Health.WARNING: "note", Health.FAILED: "FAIL"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def run(args: argparse.Namespace) -> int:
    checks = asyncio.run(_checks(args))
    count = checkup_providers.failures(checks)
    if args.json:
        print_json({
            "well": count == 0,
            "checks": [{"name": check.name, "state": check.health.value, "said": check.said, "mend": check.mend}
                       for check in checks],
        })
    else:
        for check in checks:
            _print(check)
        say(f"{count} of {len(checks)} failed." if count else "All is well.")
    return NOT_WELL if count else 0


async def _checks(args: argparse.Namespace) -> list[Check]:
    command = f"token-console --config {shlex.quote(args.config)}" if args.config else "token-console"
    found = [checkup.of_packages(), checkup.of_sqlite()]
    if find_config(args) is None:
        return [*found, Check("configuration", Health.FAILED, "there is none.", f"{command} init")]
    try:
        config = load_config(args)
    except ConsoleError as error:
        return [*found, checkup.failed("configuration", error)]
    return found + await _of(config, command)


async def _of(config: Config, command: str) -> list[Check]:
    clock = SystemClock()
    checks = list(checkup.of_settings(config, current_actor(config)))
    checks.append(await asyncio.to_thread(checkup.of_keyring, config))
    checks += await asyncio.to_thread(lambda: list(checkup.of_notifications(config)))
    database, opening = await asyncio.to_thread(checkup.opened, config, command)
    checks.append(opening)
    checks += await checkup_providers.of_sources(config, clock, command, database)
    if database is not None:
        checks += await asyncio.to_thread(lambda: list(checkup.of_database(database, clock, command)))
        if database.damage is None:
            checks += await asyncio.to_thread(lambda: list(checkup_audit.of_audit(config, database, clock)))
            checks.append(await asyncio.to_thread(checkup_tells.of_usage, config, database))
            checks += await checkup_providers.of_switches(config, clock, database)
        database.close()
    return checks


def _print(check: Check) -> None:
    first, *rest = check.said.splitlines() or [""]
    say(f"{_MARKS[check.health]}  {check.name}: {first}")
    for line in rest:
        say(f"      {line}")
    if check.mend:
        say(f"      mend it: {check.mend}")
