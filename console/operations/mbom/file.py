"""The MBOM file: `[[workload]]` tables to entries, with every fault and its line. `mbom_export.py` is the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from console import toml
from console.charters import unseen
from console.charters.elements import SLUG
from console.charters.naming import names_nobody
from console.charters.problem import Problem
from console.charters.reading import NAME, Table
from console.charters.tram import Matrix, matrix_of
from console.config import Config
from console.operations.mbom import posture as mbom_posture
from console.operations.mbom import wired
from console.operations.mbom.wired import Known
from console.toml import Document
from console.watch import drilling, planning
from console.watch.attribution import conflicts, rules_of

NOTHING: Mapping[str, Any] = MappingProxyType({})
STATUSES = ("planned", "live", "paused", "retired")
TIERS = ("distilled", "workhorse", "frontier")
ARCHITECTURES = ("single-call", "supervisor-worker", "three-tier")
TEXTS = ("name", "team", "environment", "business_owner", "platform_lead", "notes")
"""Fields that are one text of at most 200 characters (`notes`: 20,000)."""
FIELDS = ("slug", *TEXTS, "status", "tier", "architecture", "models", "depth_cap", "fan_out_cap",
          "tool_calls_per_action", "caching", "thinking", "usage", "switches", "drill", *mbom_posture.FIELDS)
AS_TEXT = (*TEXTS, "status", "tier", "architecture", *mbom_posture.TEXT_PATHS)
"""Fields that `mbom set` takes as the text they are, though they may look like a number or a list."""


@dataclass(frozen=True, slots=True)
class Entry:
    slug: str
    line: int | None
    data: dict[str, Any]
    """The whole table as plain JSON values; `usage` rules are flat."""


@dataclass(slots=True)
class MbomFile:
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(text: str, what: str, config: Config, stored: Mapping[str, Mapping[str, Any]] = NOTHING) -> MbomFile:
    """Understand an MBOM file called `what`. Raises InputError only where the text is not TOML at all.

    `stored`: the entries there are, by slug. What one of them already says is kept, though it be refused today.
    """
    return understand(toml.load(text, what, toml.REGISTRY_LIMIT), config, stored)


def understand(loaded: Document, config: Config, stored: Mapping[str, Mapping[str, Any]] = NOTHING) -> MbomFile:
    """The same of a document that was taken apart already, in whatever form it came."""
    matrix, known = matrix_of(config.tram), wired.known(config)
    result = MbomFile()
    root = Table(loaded.data, loaded, result.problems)
    seen: dict[str, int | None] = {}
    for table in root.tables("workload", required=True):
        slug = str(table.data.get("slug", ""))
        if slug and slug in seen:
            table.wrong("slug", f"slug = {slug[:64]!r} is given twice (first on line {seen[slug]})",
                        "keep one of the two", "duplicate")
        seen.setdefault(slug, table.line())
        result.problems += _of_posture(table, loaded, matrix, stored.get(slug, NOTHING))
        result.problems += _unseen(table, loaded, stored.get(slug, NOTHING))
        entry = _entry(table, known, matrix, stored.get(slug, NOTHING))
        if entry is not None:
            result.entries.append(entry)
    root.finish()
    return result


def contested(entries: Iterable[Entry], others: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Usage rules of the file that another workload has word for word, in the file or among `others` (stored)."""
    lines = {entry.slug: entry.line for entry in entries}
    rules = rules_of([*(other for other in others if other["slug"] not in lines),
                      *(entry.data for entry in entries)])
    return [
        Problem("usage-tie", lines.get(rule.workload),
                f"[[workload]] {rule.workload}: the usage rule {rule.text} is also that of {before.workload}",
                "make one of the two more specific")
        for before, rule in conflicts(rules)
    ]


def worked_with(entries: Iterable[Entry], others: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Test targets, in the file or among `others` (stored), that a usage rule or a switch of a live workload names."""
    lines = {entry.slug: entry.line for entry in entries}
    live = [each for each in (*(other for other in others if other["slug"] not in lines),
                              *(entry.data for entry in entries)) if each.get("status") != "retired"]
    targets = [(each["slug"], target) for each in live if (target := drilling.target_of(each)) is not None]
    return [
        Problem("drill-target", lines.get(slug, lines.get(user["slug"])),
                f"[[workload]] {slug}: the test target {target.target[:60]!r} is used by {user['slug']}",
                "a drill switches it off: make a target for drills alone")
        for slug, target in targets for user in live if planning.names_target(user, target)
    ]


def _of_posture(table: Table, loaded: Document, matrix: Matrix, stored: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the fields of `mbom_posture`; a warning where all of it stands in the database already."""
    found: list[Problem] = []
    mbom_posture.check(Table(table.data, loaded, found, table.path), matrix)
    judged = (*mbom_posture.FIELDS, *mbom_posture.NAMED)
    if stored and all(stored.get(key) == _plain(table.data.get(key)) for key in judged):
        return [replace(problem, severity="warning") for problem in found]
    return found


def _unseen(table: Table, loaded: Document, stored: Mapping[str, Any]) -> list[Problem]:
    """Texts with characters that nobody sees; a warning where the database has them already. The identifiers of usage
    and switches are compared, not read, and come from a provider as they are."""
    return [replace(problem, severity="warning") if stored and stored.get(key) == _plain(value) else problem
            for key, value in table.data.items() if key not in ("usage", "switches", "drill")
            for problem in unseen.judge(loaded, {key: value}, table.path)]


def _entry(table: Table, known: Known, matrix: Matrix, stored: Mapping[str, Any]) -> Entry | None:
    slug = table.text("slug", "claims-triage", longest=10_000)
    if slug and not SLUG.fullmatch(slug):
        table.wrong("slug", "slug is not made of 1 to 64 of a-z, 0-9 and -", 'write slug = "claims-triage"')
    _texts(table)
    table.choice("status", STATUSES, default="live")
    for key, choices in (("tier", TIERS), ("architecture", ARCHITECTURES)):
        if key in table.data:
            table.choice(key, choices)
        else:
            table.ignore(key)
    table.texts("models", "claude-sonnet-4-6", required=False)
    for key in ("depth_cap", "fan_out_cap", "tool_calls_per_action"):
        table.whole(key, 2, most=100_000, required=False)
    for key in ("caching", "thinking"):
        table.flag(key, default=False)
    usage = wired.usage(table, known)
    switches = wired.switches(table, known, stored)
    drill = wired.drill(table, known, stored)
    for key in mbom_posture.FIELDS:
        table.ignore(key)
    table.finish_open()
    if not table.is_sound:
        return None
    data = {key: _plain(value) for key, value in table.data.items()}
    if "usage" in data:
        data["usage"] = usage
    if "switches" in data:
        data["switches"] = switches
    if drill is not None:
        data["drill"] = drill
    _advise(table, data)
    _doubt(table, data, matrix)
    return Entry(slug, table.line(), data)


def _texts(table: Table) -> None:
    for key in TEXTS:
        if key == "notes":
            table.text(key, "…", required=False)
        else:
            table.text(key, "Claims triage", required=key == "name", longest=NAME)


def _advise(table: Table, data: Mapping[str, Any]) -> None:
    """What a running workload should have and lacks: said, and no obstacle."""
    if data.get("status", "live") != "live":
        return
    slug = data["slug"]
    if not data.get("business_owner"):
        table.warn(None, f"{slug} has no business_owner, and without one there is no Charter",
                   'write business_owner = "A. Owner"')
    if not data.get("usage"):
        table.warn(None, f"{slug} has no usage rule, so none of its spend is seen", wired.EXAMPLE)
    if not data.get("switches"):
        table.warn(None, f"{slug} has no switch, so it cannot be killed from here",
                   'write switches = [{ kind = "anthropic-api-key", source = "anthropic", target = "apikey_01" }]')


def _doubt(table: Table, data: Mapping[str, Any], matrix: Matrix) -> None:
    """What is stated and cannot be meant: said, and no obstacle."""
    if data.get("status") == "retired":
        return
    for key, example in (("business_owner", "A. Owner"), ("platform_lead", "B. Lead")):
        if data.get(key) and names_nobody(data[key]):
            table.warn(key, f"{key} = {data[key][:60]!r} names nobody", f'name who answers for it: {key} = "{example}"',
                       "vague")
    named = list(dict.fromkeys(tier for model in data.get("models", ()) if (tier := matrix.tier(model)) is not None))
    if named and data.get("tier", named[0]) not in named:
        table.warn("tier", f'tier = "{data["tier"]}" is not that of the models named, which is {" and ".join(named)}',
                   f'write tier = "{named[0]}", or name other models', "tier")


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: dates and times as their text, texts without the space around them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value
