"""What the commands share: settings from the options, an open desk, and output that is safe for a terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.config import Config, find, load
from console.errors import BadConfiguration, UsageError
from console.text import clean, display_width, pad

if TYPE_CHECKING:
    from console.operations.actor import Actor
    from console.operations.desk import Desk


def find_config(args: argparse.Namespace) -> Path | None:
    """The configuration file that the options mean, or None where there is none to be found."""
    return find(Path(args.config) if args.config else None)


def load_config(args: argparse.Namespace) -> Config:
    """The settings, with what the options say over them. Raises BadConfiguration where there is no file."""
    path = find_config(args)
    if path is None:
        raise BadConfiguration("There is no configuration. To write one: token-console init. To look around first: "
                               "token-console demo")
    return replace(load(path), read_only=bool(args.read_only))


def open_desk(args: argparse.Namespace) -> Desk:
    """Settings, database and clock, without an engine. Raises ConsoleError or StoreError."""
    config = load_config(args)
    from console.clock import SystemClock
    from console.operations.desk import Desk
    from console.operations.identity import current_actor
    from console.operations.opening import introduce
    from store.database import Database

    database, clock = Database.open(config.database_url), SystemClock()
    introduce(database, config, current_actor(config), clock)
    return Desk(config, database, clock, read_only=config.read_only)


UNTIL = "a length such as 30m, 4h or 2d, or a time such as 2026-11-24T08:00Z (default: %(default)s)"
"""What `--until` takes, wherever it stands."""


def ends_at(text: str, now: datetime) -> datetime:
    """The instant that an `--until` means. Raises UsageError."""
    from console.charters.durations import end

    found = end(text, now)
    if found is None:
        raise UsageError(f"--until {clean(text, 40)!r} is neither a length such as 4h nor a time such as "
                         "2026-11-24T08:00Z.")
    return found


TIME = "2026-11-23T14:05:00Z, or the day 2026-11-23"
"""What `--at` takes, wherever it stands."""


def asked_at(text: str | None, desk: Desk) -> datetime | None:
    """The instant as of which `--at` asks; None where it is left out. Raises UsageError."""
    from console.cadences.instants import as_of

    return None if text is None else as_of(text, desk.config.organisation.time_zone, desk.clock.now(), "--at")


def print_json(document: object) -> None:
    """One JSON document on standard output, all ASCII: nothing is lost, and a terminal is safe."""
    print(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False))


def say(text: str, *, error: bool = False) -> None:
    """Lines for a person, cleaned of whatever they quote from outside."""
    for line in text.splitlines() or [""]:
        print(clean(line), file=sys.stderr if error else sys.stdout)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (),
                last: int = 40) -> None:
    """Columns as wide as their longest cell (40 at most, the last one `last`); `right` names those of figures."""
    cells = [[*(clean(cell, 40) for cell in row[:-1]), clean(row[-1], last)] for row in [headings, *rows]]
    widths = [max(display_width(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        print("  ".join(pad(cell, widths[column], right=column in right) for column, cell in enumerate(row)).rstrip())


def actor_at(desk: Desk) -> Actor:
    """Who gives this command, with the roles that the configuration gives them."""
    from console.operations.identity import current_actor

    return current_actor(desk.config)
