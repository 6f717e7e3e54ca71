"""What a `[[switches]]` table of kind `gate` may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.listening import Place, place
from console.settings_reading import Table
from console.switches.gate import file


@dataclass(frozen=True, slots=True)
class GateOptions:
    """folder: where the gates lie. listen: where the endpoint listens; None: nowhere.

    acknowledge: a gate counts as closed only when a client has said that it heeds it.
    without_file: what the endpoint says of a gate that has no usable file; a client that reads files chooses itself.
    """

    folder: Path
    listen: Place | None = None
    acknowledge: bool = False
    without_file: str = file.OPEN


def read(table: Table) -> Mapping[str, object]:
    """The keys of the table that only this kind has. Raises BadConfiguration."""
    listen = table.optional("listen", lambda key: _listen(table, key))
    acknowledge = table.flag("acknowledge", False)
    if acknowledge and listen is None:
        table.refuse("acknowledge", 'needs the endpoint, where clients acknowledge: write listen = "127.0.0.1:7433"')
    return {
        "path": table.text("path", longest=1000),
        "listen": listen,
        "acknowledge": acknowledge,
        "without_file": table.choice("without_file", (file.OPEN, file.CLOSED), file.OPEN),
    }


def of(options: Mapping[str, Any], base: Path) -> GateOptions:
    """The options as read, with a relative folder resolved from where the configuration lies."""
    return GateOptions(base / Path(options["path"]).expanduser(), options["listen"], options["acknowledge"],
                       options["without_file"])


def _listen(table: Table, key: str) -> Place:
    try:
        found = place(table.text(key))
    except ValueError as error:
        table.refuse(key, str(error))
    if not found.is_loopback:
        table.refuse(key, 'is not this machine alone; whoever can ask a gate must be on it: write "127.0.0.1:7433"')
    return found
