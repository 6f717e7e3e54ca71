"""What an MBOM entry names outside of itself: whose usage is its own, and by which switches it is stopped."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console import kinds
from console.charters.reading import NAME, NEARLY, Table
from console.config import Config

DIMENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,127}")
EXAMPLE = 'write usage = [{ source = "anthropic", api_key_id = "apikey_01Example" }]'


@dataclass(frozen=True, slots=True)
class Known:
    """What an entry may name, looked up once for a whole file."""

    sources: tuple[str, ...]
    dimensions: tuple[str, ...]
    """Of every kind of source there is: an entry may be written before its source is configured."""
    switches: Mapping[str, kinds.SwitchKind]
    tables: Mapping[str, tuple[str, ...]]
    """The names of the tables that each kind of switch may work with."""


def known(config: Config) -> Known:
    """What this configuration, and the kinds there are, let an entry name."""
    declared = {name: kinds.switch(name) for name in kinds.switch_names()}
    dimensions = {name for kind in kinds.source_names() for name in kinds.source(kind).capabilities.dimensions}
    tables = {
        name: tuple(item.name for item in config.switches if item.kind == name) if kind.works_at is None
        else tuple(item.name for item in config.sources if item.kind == kind.works_at)
        for name, kind in declared.items()
    }
    return Known(tuple(source.name for source in config.sources), tuple(sorted(dimensions)), declared, tables)


def usage(table: Table, known: Known) -> list[dict[str, str]]:
    """The rules, flat: `label.team = "x"` inside an inline table is the dimension `label.team`."""
    rules: list[dict[str, str]] = []
    seen: set[frozenset[tuple[str, str]]] = set()
    for rule in table.tables("usage"):
        flat: dict[str, str] = {}
        for key, value in _flat(rule.data):
            if not DIMENSION.fullmatch(key) or not isinstance(value, str) or not 0 < len(value) <= NAME:
                rule.wrong(None, f"{key[:60]!r} is not a dimension with a text of 1 to {NAME} characters", EXAMPLE)
            else:
                flat[key] = value
                _known_dimension(rule, key, value, known)
        if not rule.data:
            rule.wrong(None, "the rule is empty and would match everything", EXAMPLE)
        pairs = frozenset(flat.items())
        if pairs in seen:
            rule.wrong(None, "the rule is given twice", "keep one of the two", "duplicate")
        seen.add(pairs)
        rules.append(flat)
    return rules


def _known_dimension(rule: Table, key: str, value: str, known: Known) -> None:
    if key == "source":
        if value not in known.sources:
            rule.warn("source", f"source = {value[:60]!r} is not in the configuration",
                      f"it has {', '.join(known.sources) or 'no sources'}")
    elif key not in known.dimensions and not key.startswith(("label.", "trace.")):
        near = difflib.get_close_matches(key, known.dimensions, 1, NEARLY)
        if near:
            rule.wrong(key, f"{key!r} is no dimension that a source reports", f"did you mean {near[0]}?", "unknown-key")
        else:
            rule.warn(key, f"{key!r} is no dimension that a source is known to report",
                      f"known are {', '.join(known.dimensions)}, label.X and trace.X")


def switches(table: Table, known: Known, stored: Mapping[str, Any]) -> list[dict[str, str]]:
    """The entry's switches. `stored`: the entry as the database has it; what stands there is kept with a warning."""
    found: list[dict[str, str]] = []
    for switch in table.tables("switches"):
        kind = switch.choice("kind", tuple(known.switches))
        declared, names = known.switches.get(kind), known.tables.get(kind, known.sources)
        of_its_own = declared is not None and declared.works_at is None
        key = "name" if of_its_own and "name" in switch.data else "source"
        source = switch.text(key, names[0] if names else "anthropic", longest=NAME)
        if source and source not in names:
            where = "[[switches]]" if of_its_own else "[[sources]]"
            of_kind = f" of kind {declared.works_at or kind}" if declared else ""
            switch.wrong(key, f"{key} = {source[:60]!r} is not in {where} of the configuration",
                         f"it has {', '.join(names) or f'none{of_kind}'}")
        target = switch.text("target", "apikey_01Example", longest=NAME)
        complaint = declared.check_target(target) if declared and target else None
        plain = {name: str(value).strip() for name, value in switch.data.items()}
        if complaint:
            what, _, remedy = complaint.partition(": ")
            say = switch.warn if plain in (stored.get("switches") or ()) else switch.wrong
            say("target", f"target = {target[:60]!r} {what}", remedy or "correct it")
        switch.finish()
        if plain in found:
            switch.wrong(None, "the switch is given twice", "keep one of the two", "duplicate")
        found.append(plain)
    return found


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
