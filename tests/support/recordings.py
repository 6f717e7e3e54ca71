"""Files for `replay`, written as a test reads: usage by minute, a draft Charter, and a kill to be found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.command_line import token_console

COLUMNS = (
    "minute_utc",
    "workload",
    "model",
    "requests",
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
)
HISTORY = 1560
"""Minutes of healthy work before a runaway: long enough that its first day, in which a cache fills, is over."""
ONSET = datetime(2026, 11, 16, 12, tzinfo=UTC)
START = ONSET - timedelta(minutes=HISTORY)
MODEL = "claude-sonnet-4-5"
HEALTHY = (10, 3000, 60_000, 1000, 3600)
"""About ten cents a minute: on the plan of `charter`."""
SPOILT = (10, 3000, 0, 500_000, 3600)
"""About two dollars a minute: the prefix is written at every call, and never read."""
Cells = tuple[object, ...]


def at(minute: int) -> str:
    """The time of a minute, counted from the first."""
    return f"{START + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"


def row(
    minute: int, counts: Iterable[object] = HEALTHY, *, workload: str = "claims-triage", model: str = MODEL
) -> Cells:
    return at(minute), workload, model, *counts


def night(*, spoilt: int = 30, **whose: str) -> list[Cells]:
    """A healthy day, and then a runaway: its prefix is spoilt from `ONSET` on."""
    return [row(minute, HEALTHY if minute < HISTORY else SPOILT, **whose) for minute in range(HISTORY + spoilt)]


def text(rows: Iterable[Cells], columns: Iterable[str] = COLUMNS) -> str:
    """As a file; a cell that holds a comma, a quote or a line end is quoted."""
    return "".join(",".join(map(_cell, cells)) + "\n" for cells in (tuple(columns), *rows))


def _cell(value: object) -> str:
    told = "" if value is None else str(value)
    return '"' + told.replace('"', '""') + '"' if any(mark in told for mark in ',"\r\n') else told


def charter(
    workload: str = "claims-triage", *, monthly: int = 4320, runaway: str = "automatic = true", more: str = ""
) -> str:
    """A draft with its scenarios and nothing else: $6 an hour, runaway at 15 times, and a kill at $21,600."""
    return f'''
[charter]
workload = "{workload}"
version = 1

[scenarios.expected]
monthly_usd = "{monthly}"
calls_per_month = 400000
tokens_per_call = {{ uncached_input = 300, cache_read = 6000, cache_write = 100, output = 360 }}

[scenarios.stretch]
multiple = 2.5
changes = ["Cut"]

[scenarios.runaway]
multiple = 15
kill_multiple = 5
{runaway}
escalation = ["on_call"]
{more}
'''


class Replays:
    """A folder in which `token-console replay` is run, as its own process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error. A traceback is no answer."""
        done = token_console("replay", *arguments, cwd=self.folder)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def document(self, *arguments: str) -> dict[str, Any]:
        """What `--json` prints."""
        code, out, err = self.run(*arguments, "--json")
        assert code == 0, err
        read: dict[str, Any] = json.loads(out)
        return read

    def of_night(
        self, *arguments: str, draft: str = "", rows: Iterable[Cells] | None = None, columns: Iterable[str] = COLUMNS
    ) -> Mapping[str, Any]:
        """The runaway's workload in a replay of the night against the usual Charter."""
        usage = self.write("night.csv", text(night() if rows is None else rows, columns))
        given = self.write("charter.toml", draft or charter())
        found = self.document(usage, "--charter", given, *arguments)["workloads"]
        return next(each for each in found if each["workload"] == "claims-triage")
