"""What an MBOM entry names outside of itself: whose usage is its own, and by which switches it is stopped."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console import kinds
from console.cadences import stages
from console.charters import durations
from console.charters.reading import NAME, NEARLY, Table
from console.config import Config
from console.providers.source import Capabilities
from console.watch.covering import counted_twice

DIMENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,127}")
STAGES = tuple(str(stage) for stage in range(stages.FIRST, stages.LAST + 1))
LEAST_WAIT_S, MOST_WAIT_S = 60, 86_400
TWICE = "{!r} and {!r} are both in usage, and tell of the same calls: what goes through the gateway counts twice"
ONCE = "name one of the two; calls past the gateway are a workload of their own"
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
    told: Mapping[str, Capabilities]
    """What each configured source declares."""


def known(config: Config) -> Known:
    """What this configuration, and the kinds there are, let an entry name."""
    declared = {name: kinds.switch(name) for name in kinds.switch_names()}
    dimensions = {name for kind in kinds.source_names() for name in kinds.source(kind).capabilities.dimensions}
    tables = {
        name: tuple(item.name for item in config.switches if item.kind == name) if kind.works_at is None
        else tuple(item.name for item in config.sources if item.kind == kind.works_at)
        for name, kind in declared.items()
    }
    told = {source.name: kinds.source(source.kind).capabilities for source in config.sources}
    return Known(tuple(told), tuple(sorted(dimensions)), declared, tables, told)


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
    for gateway, source in counted_twice(rules, known.told):
        table.warn("usage", TWICE.format(gateway, source), ONCE, "counted-twice")
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


def switches(table: Table, known: Known, stored: Mapping[str, Any]) -> list[dict[str, str | int]]:
    """The entry's switches. `stored`: the entry as the database has it; what stands there is kept with a warning."""
    found: list[dict[str, str | int]] = []
    rows = table.tables("switches")
    for switch in rows:
        plain = {name: str(value).strip() for name, value in switch.data.items()} | _staged(switch)
        _target(switch, known, is_stored=plain in (stored.get("switches") or ()))
        switch.finish()
        named = ("kind", "source", "name", "target")
        if any(all(plain.get(name) == other.get(name) for name in named) for other in found):
            switch.wrong(None, "the switch is given twice", "keep one of the two", "duplicate")
        found.append(plain)
    taken = {row.get("stage", stages.FIRST) for row in found}
    if rows and taken and stages.FIRST not in taken:
        rows[0].wrong("stage", "no switch is of stage 1, so a kill would have nothing to begin with",
                      "leave stage out of the one that is to be tried first")
    return found


def drill(table: Table, known: Known, stored: Mapping[str, Any]) -> dict[str, str] | None:
    """The entry's test target, which a drill switches off and on again; None where it has none."""
    target = table.table("drill", required=False)
    if target is None:
        return None
    plain = {name: str(value).strip() for name, value in target.data.items()}
    _target(target, known, is_stored=plain == stored.get("drill"))
    target.finish()
    return plain


def _target(switch: Table, known: Known, *, is_stored: bool) -> None:
    """What a switch is, where it works, and on what."""
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
    if complaint:
        what, _, remedy = complaint.partition(": ")
        say = switch.warn if is_stored else switch.wrong
        say("target", f"target = {target[:60]!r} {what}", remedy or "correct it")


def _staged(switch: Table) -> dict[str, str | int]:
    """`stage` and `after` of a switch; a spreadsheet gives the stage as text."""
    stated, found = switch.data.get("stage"), dict[str, str | int]()
    if isinstance(stated, str) and stated.strip() in STAGES:
        switch.ignore("stage")
        found["stage"] = int(stated)
    else:
        stage = switch.whole("stage", 2, least=stages.FIRST, most=stages.LAST, required=False)
        found |= {} if stage is None else {"stage": stage}
    wait = switch.text("after", "10m", required=False, longest=NAME)
    length = durations.seconds(wait) if wait else None
    if wait and (length is None or not LEAST_WAIT_S <= length <= MOST_WAIT_S):
        switch.wrong("after", f"after = {wait[:20]!r} is not a time from 1m to 24h",
                     'write after = "10m": how long spend may run on after the stage before')
    if wait and found.get("stage", stages.FIRST) == stages.FIRST:
        switch.wrong("after", "after is given without a later stage", "add stage = 2, or leave after out")
    return found


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
