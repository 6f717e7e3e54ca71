"""Planned changes from a file: `[[change]]` tables with workload, from, until, kind, multiple and models."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from console import toml
from console.cadences.changes import Change
from console.errors import InputError

UNTIL = timedelta(days=14)
"""How long a change without an end is believed."""
KEYS = ("workload", "from", "until", "kind", "multiple", "models")
_MOST = 1000
_LAST = datetime.max.replace(tzinfo=UTC)


def read(text: str, what: str) -> list[Change]:
    """Every change of the file. Raises InputError with the line of a bad one."""
    document = toml.load(text, what)
    for key in document.data:
        if key != "change":
            raise InputError(f"{what} line {document.line_of((key,))}: {key} is not known; write [[change]] tables.")
    rows = document.data.get("change", [])
    if not isinstance(rows, list):
        raise InputError(f"{what}: write [[change]], with two brackets.")
    return [_change(row, what, document.line_of(("change", number))) for number, row in enumerate(rows)]


def _change(row: Mapping[str, Any], what: str, line: int | None) -> Change:
    def refuse(message: str) -> InputError:
        return InputError(f"{what} line {line}: {message}.")

    unknown = [key for key in row if key not in KEYS]
    if unknown:
        raise refuse(f"{unknown[0]} is not known; known here: {', '.join(KEYS)}")
    workload, kind = row.get("workload"), row.get("kind", "change")
    if not isinstance(workload, str) or not workload or not isinstance(kind, str):
        raise refuse('a change names its workload: workload = "claims-triage"')
    starts = _instant(row.get("from"))
    ends = _instant(row.get("until")) if "until" in row else starts and min(starts, _LAST - UNTIL) + UNTIL
    if starts is None or ends is None or ends <= starts:
        raise refuse("from and until are times like 2026-11-23T14:00:00Z, and until is the later one")
    multiple, models = row.get("multiple", 1), row.get("models", [])
    if isinstance(multiple, bool) or not isinstance(multiple, int | float) or not 0 < multiple <= _MOST:
        raise refuse(f"multiple is a number above 0 and at most {_MOST:,}: how many times the plan is meant")
    if not isinstance(models, list) or not all(isinstance(model, str) for model in models):
        raise refuse('models is a list of names: models = ["claude-opus-4-5"]')
    return Change(workload, kind, starts, ends, float(multiple), tuple(models))


def _instant(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None
