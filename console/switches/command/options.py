"""What a `[[switches]]` table of kind `command` may say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.settings_reading import Table

TARGET = "{target}"
SECRET_VARIABLE = "TOKEN_CONSOLE_SECRET"  # noqa: S105  (a name)
REFUSALS = (64, 77, 78, 126, 127)
"""Exit codes that say: nothing was done, and the same again would be no better. Wrong usage, no permission, wrong
configuration (sysexits.h), cannot be run, not found (a shell's)."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """argvs in which `{target}` stands for the target as an element of its own."""

    disable: tuple[str, ...]
    enable: tuple[str, ...]
    read: tuple[str, ...]
    stopped: str
    running: str
    """The states that `read` prints."""
    timeout_s: float
    propagation_s: float
    refusals: tuple[int, ...]
    environment: Mapping[str, str]


def read(table: Table) -> Mapping[str, object]:
    """The keys of the table that only this kind has. Raises BadConfiguration."""
    stopped, running = table.text("stopped", "stopped", longest=64), table.text("running", "running", longest=64)
    if stopped == running:
        table.refuse("stopped", "must be another word than running")
    return {
        "disable": _argv(table, "disable"),
        "enable": _argv(table, "enable"),
        "read": _argv(table, "read"),
        "stopped": stopped,
        "running": running,
        "timeout_s": table.seconds("timeout", "10s", "1s", "1m"),
        "propagation_s": table.seconds("propagation", "30s", "1s", "1h"),
        "refusals": _codes(table, "refusals"),
        "environment": _environment(table, "environment"),
    }


def of(options: Mapping[str, Any]) -> CommandOptions:
    """The options as read."""
    return CommandOptions(**options)


def _argv(table: Table, key: str) -> tuple[str, ...]:
    argv = table.texts(key)
    example = f'write {key} = ["/usr/local/bin/llmctl", "{key}", "{TARGET}"]'
    if not argv:
        table.refuse(key, f"is missing: {example}")
    if not argv[0].startswith("/"):
        table.refuse(key, f"must begin with the whole path of a program: {example}")
    for element in argv:
        if "\x00" in element:
            table.refuse(key, f"holds a character that no argument may hold: {example}")
        if TARGET in element and element != TARGET:
            table.refuse(key, f"has {TARGET} inside an argument; it stands as an argument of its own, and the program "
                         "also finds the target in $TOKEN_CONSOLE_TARGET")
    return argv


def _codes(table: Table, key: str) -> tuple[int, ...]:
    codes = table.optional(key, lambda given: table.numbers(given, (64.0, 77.0), 1, 255))
    return REFUSALS if codes is None else tuple(int(code) for code in codes)


def _environment(table: Table, key: str) -> Mapping[str, str]:
    given = table.mapping(key)
    for name, value in given.items():
        if not _VARIABLE.fullmatch(name) or name.startswith("TOKEN_CONSOLE_"):
            table.refuse(key, f"holds {name[:64]!r}, which is no name that a variable may have here")
        if not isinstance(value, str) or not value.isprintable():
            table.refuse(key, f'holds {name} without a text: write {key} = {{ {name} = "…" }}')
    return given
