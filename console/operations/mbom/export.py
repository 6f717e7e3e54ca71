"""The MBOM as files: TOML that `mbom import` takes back unchanged, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import InlineTable

from console.text import in_spreadsheet

COLUMNS = ("slug", "name", "team", "environment", "status", "business_owner", "platform_lead", "tier", "architecture",
           "depth_cap", "fan_out_cap", "models", "usage", "switches")
TEXT_LISTS, ROWS = ("models",), ("usage", "switches")
"""Columns that hold a list of texts, and one of tables."""


def to_toml(entries: Iterable[Mapping[str, Any]], heading: Sequence[str] = ()) -> str:
    """One `[[workload]]` table an entry, in the order given, under a comment of `heading` lines."""
    document = tomlkit.document()
    for line in heading:
        document.add(tomlkit.comment(line))
    tables = tomlkit.aot()
    for entry in entries:
        tables.append(_table(entry))
    if len(tables):
        document.add("workload", tables)
    return "".join(map(_visible, tomlkit.dumps(document)))


def to_csv(entries: Iterable[Mapping[str, Any]]) -> str:
    """One line an entry; a cell that a spreadsheet would run as a formula gets a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_cell(entry.get(column)) for column in COLUMNS])
    return out.getvalue()


def _table(entry: Mapping[str, Any]) -> tomlkit.items.Table:
    """Plain values first: a key that follows a sub-table would belong to that one."""
    table = tomlkit.table()
    for key, value in sorted(entry.items(), key=lambda item: isinstance(item[1], Mapping)):
        if key in ("usage", "switches", "kill_criteria"):
            rows = tomlkit.array()
            for row in value:
                rows.append(_inline(row))
            table.add(key, rows.multiline(len(value) > 1))
        elif isinstance(value, Mapping):
            table.add(key, _inline(value))
        else:
            table.add(key, value)
    return table


def _inline(row: Mapping[str, Any]) -> InlineTable:
    inline = tomlkit.inline_table()
    for key, value in row.items():
        inline.append(tomlkit.key(key), _inline(value) if isinstance(value, Mapping) else value)
    return inline


def _visible(character: str) -> str:
    """Hidden characters as escapes: the file says the same, and a terminal that shows it is not steered by it."""
    return character if character.isprintable() or character == "\n" else f"\\U{ord(character):08x}"


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return in_spreadsheet(_listed(value) if isinstance(value, list) else str(value))


def _listed(rows: list[Any]) -> str:
    """`a; b` and `key=value, key=value`; as JSON where a text has one of these marks in it."""
    texts = [item for row in rows for item in (row.values() if isinstance(row, dict) else (row,))]
    if not rows or any(not item or any(mark in str(item) for mark in ("; ", ", ", "=", "[", "'")) for item in texts):
        return json.dumps(rows, ensure_ascii=True)
    return "; ".join(", ".join(f"{key}={item}" for key, item in row.items()) if isinstance(row, dict) else str(row)
                     for row in rows)
