"""The MBOM as a spreadsheet gives it back: the columns that `mbom export --format csv` has, one line an entry, parted
by commas, semicolons or tabs.

What a column does not hold (posture, prompt, review …) stays as it is stored; an empty cell takes its field away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from console.csv_lines import delimiter, numbered
from console.errors import InputError
from console.operations.mbom import json as mbom_json
from console.operations.mbom.export import COLUMNS, ROWS, TEXT_LISTS
from console.text import PLACEHOLDER, RUN_BY_SPREADSHEETS
from console.toml import Document, KeyPath

NUMBERS = ("depth_cap", "fan_out_cap")


def load(text: str, what: str, stored: Mapping[str, Mapping[str, Any]]) -> Document:
    """A document of `[[workload]]` tables, each on its line. Raises InputError with every line that cannot be read."""
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    lines: dict[KeyPath, int] = {}
    try:
        header = next(reader, [])
        _refuse_header(header, what)
        for line, cells in numbered(reader):
            try:
                row = _row(header, cells)
            except ValueError as error:
                faults.append(f"{what}:{line}: {error}")
                continue
            lines["workload", len(rows)] = line
            rows.append(_over(stored.get(row.get("slug", ""), {}), header, row))
    except csv.Error as error:
        faults.append(f"{what}:{reader.line_num}: {error}; save it as CSV with commas, in UTF-8")
    if faults:
        raise InputError("\n".join(faults))
    return Document(what, {"workload": rows}, lines)


def _refuse_header(header: list[str], what: str) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or "slug" not in header or len(set(header)) != len(header):
        fault = f"there is no column {unknown[0][:60]!r}" if unknown else "slug is missing, or a column is there twice"
        raise InputError(f"{what}:1: {fault}; known are {', '.join(COLUMNS)}", line=1)


def _row(header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise ValueError(f"there are {len(cells)} cells for {len(header)} columns; quote a text that has a comma in it")
    return {name: _value(name, cell) for name, cell in zip(header, cells, strict=True) if cell}


def _value(name: str, cell: str) -> Any:
    if PLACEHOLDER in cell:
        raise ValueError(f"{name} had a hidden character that CSV does not carry; import it as TOML or JSON")
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(RUN_BY_SPREADSHEETS) else cell
    if name in NUMBERS:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text
    if name not in (*TEXT_LISTS, *ROWS):
        return text
    if text.startswith("["):
        try:
            return mbom_json.load(f'{{"{name}": {text}}}', name).data[name]
        except InputError as error:
            raise ValueError(f"{name} is no list: {error}") from error
    parts = text.split("; ")
    if name in TEXT_LISTS:
        return parts
    return [dict(_pair(name, pair) for pair in part.split(", ")) for part in parts]


def _pair(name: str, pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not equals:
        raise ValueError(f"{name} has {pair[:60]!r}; write source=anthropic, api_key_id=apikey_01Example")
    return key, value


def _over(stored: Mapping[str, Any], header: list[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in stored.items() if key not in header}, **row}
