"""The MBOM as a table, and an entry as a form: every field of the playbook in its group, with what was changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.cadences.form import FieldLine
from console.cadences.mbom import EntryChange, FieldGroup, MbomForm, MbomRow, MbomTable
from console.cadences.prompt_reading import read_lines
from console.charters import form
from console.charters.document import AUTHORITY, REVIEWED, WHEN
from console.charters.form import Kind
from console.charters.problem import refuse
from console.charters.tram import matrix_of
from console.config import Config
from console.errors import InputError
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.mbom import file as mbom_file
from console.operations.mbom import posture as mbom_posture
from console.operations.mbom.export import to_toml
from console.operations.registry_mbom import UNSET, Imported, existing, import_mbom, may_edit, set_field
from console.toml_writing import as_toml, value_at
from store import registered
from store import registry as store

CHANGES = 200
"""Newest changes of an entry that are read."""


@dataclass(frozen=True, slots=True)
class _Field:
    path: str
    """Dotted, as `set_field` takes it."""
    kind: Kind
    label: str = ""
    about: str = ""
    choices: Sequence[str] = ()
    optional: bool = True


def _state(name: str, label: str) -> _Field:
    return _Field(f"data_pre_work.{name}", "choice", label, choices=mbom_posture.STATES)


_ROW = "a list of inline tables: e changes them in your editor with more room"
_GROUPS: tuple[tuple[str, tuple[_Field, ...]], ...] = (
    ("IDENTITY", (
        _Field("name", "text", optional=False), _Field("team", "text"), _Field("environment", "text"),
        _Field("status", "choice", choices=mbom_file.STATUSES),
        _Field("business_owner", "text", "business owner", "who answers for the spend; without one no Charter"),
        _Field("platform_lead", "text", "platform lead", "who answers for the build"),
        _Field("notes", "prose"))),
    ("SOURCING", (
        _Field("sourcing", "choice", choices=mbom_posture.SOURCINGS),
        _Field("usage", "table", "usage rules", _ROW),
        _Field("models_observed", "texts", "models observed", "several are parted by ;"))),
    ("MODEL TIER", (
        _Field("tier", "choice", choices=mbom_file.TIERS),
        _Field("models", "texts", "models permitted", "several are parted by ;"))),
    ("WORKFLOW ARCHITECTURE", (
        _Field("architecture", "choice", choices=mbom_file.ARCHITECTURES),
        _Field("depth_cap", "whole", "depth cap"), _Field("fan_out_cap", "whole", "fan-out cap"),
        _Field("tool_calls_per_action", "whole", "tool calls an action", "as projected; more is a finding"),
        _Field("caching", "flag"), _Field("thinking", "flag", "extended thinking"),
        _Field("cascade.models", "texts", "cascade: models", "cheapest first; several are parted by ;"),
        _Field("cascade.escalate_when", "text", "  escalates when"),
        _Field("eviction.turn_cap", "whole", "eviction: turn cap"),
        _Field("eviction.relevance_score", "number", "  relevance score", "0 to 1"),
        _Field("eviction.tool_result_truncation", "text", "  tool results"),
        _Field("eviction.summarisation_trigger", "text", "  summarised"))),
    ("DATA PRE-WORK", (
        _state("ingestion_filtering", "ingestion filtering"), _state("index_structure", "index structure"),
        _state("retrieval_ranking", "retrieval ranking"), _state("chunking", "chunk shape and size"))),
    ("PROMPT LITERACY", (
        _Field("prompt_literacy.required", "whole", "level required", "1 consumer to 5 prompt architect"),
        _Field("prompt_literacy.had", "whole", "level its users have", "1 to 5"),
        _Field("prompt.version", "text", "system prompt"), _Field("prompt.tokens", "whole", "  tokens"))),
    ("REVIEW TOPOLOGY, AS IT RUNS", (
        _Field("review.who", "text", "who"), _Field("review.what", "choice", "what", choices=REVIEWED),
        _Field("review.sample_share", "number", "sample share", "0.01 to 0.10"),
        _Field("review.sample_strategy", "text", "sample strategy"),
        _Field("review.when", "choice", "when", choices=WHEN),
        _Field("review.authority", "choice", "authority", choices=AUTHORITY),
        _Field("review.accountable", "text", "accountable"))),
    ("KILL CRITERIA AND SWITCHES", (
        _Field("kill_criteria", "table", "kill criteria", _ROW), _Field("switches", "table", "switches", _ROW),
        _Field("drill.kind", "text", "test target: kind", "what a drill switches off and on again, used by nobody"),
        _Field("drill.source", "text", "  source"), _Field("drill.target", "text", "  target"))),
    ("CHARTER AND REVIEW", (
        _Field("tram.cost_variance", "choice", "cost variance"),
        _Field("tram.output_variance", "choice", "output variance"),
        _Field("charter", "whole", "Charter, as stated"),
        _Field("last_review", "text", "last review", "a date: 2026-09-30"))),
)


async def mbom_table(desk: Desk, actor: Actor) -> MbomTable:
    """Every entry in one line, by slug."""

    def read() -> MbomTable:
        with desk.database.read() as tx:
            return MbomTable(desk.clock.now(), tuple(MbomRow(*row) for row in registered.rows(tx)))

    return await asyncio.to_thread(read)


async def mbom_form(desk: Desk, actor: Actor, *, slug: str) -> MbomForm:
    """One entry as a form. Raises UsageError where there is none of this slug."""

    def read() -> MbomForm:
        with desk.database.read() as tx:
            entry = dict(existing(tx, slug).entry)
            (row,) = registered.rows(tx, slug)
            changes = store.changes(tx, slug)[:CHANGES]
            prompts = read_lines(tx, slug, entry)
        return MbomForm(
            MbomRow(*row), desk.clock.now(), tuple(_groups(entry, desk.config)),
            tuple(EntryChange(one.at, one.by, one.field, _told(one.before), _told(one.after)) for one in changes),
            entry_text(entry), entry_hash(entry), prompts)

    return await asyncio.to_thread(read)


async def set_entry_field(desk: Desk, actor: Actor, *, slug: str, path: str, kind: Kind, value: str) -> Imported:
    """Change one field; `value` is what a person typed, and nothing takes the field away. Raises InputError."""
    return await set_field(desk, actor, slug=slug, field=path, value=_as_set(path, kind, value))


async def check_entry(desk: Desk, actor: Actor, *, slug: str, text: str) -> None:
    """Raises InputError with every fault of an entry that was edited as a file. Nothing is stored."""

    def read() -> None:
        with desk.database.read() as tx:
            entry = existing(tx, slug).entry
        _refuse(text, slug, entry, desk.config)

    await asyncio.to_thread(read)


async def save_entry(desk: Desk, actor: Actor, *, slug: str, text: str, base_hash: str) -> Imported:
    """Store an entry that was edited as a file. What somebody else changed since is not written over.

    Raises InputError with every fault, for another slug, and for an entry that was changed meanwhile.
    """
    await asyncio.to_thread(may_edit, desk, actor)

    def unchanged() -> None:
        with desk.database.read() as tx:
            entry, changes = existing(tx, slug).entry, store.changes(tx, slug)
        if entry_hash(entry) != base_hash:
            who = changes[0].by if changes else "Somebody"
            raise InputError(f"{who} changed the entry {slug} while you were at it, so nothing was stored. Read it "
                             "again, and change that.")
        _refuse(text, slug, entry, desk.config)

    await asyncio.to_thread(unchanged)
    return await import_mbom(desk, actor, text=text, name=f"{slug}.toml")


def _refuse(text: str, slug: str, entry: Mapping[str, Any], config: Config) -> None:
    found = mbom_file.read(text, slug, config, {slug: entry})
    refuse(found.problems, slug, rules=True)
    if [one.slug for one in found.entries] != [slug]:
        raise InputError(f"The text is to be the one entry of {slug}; a slug never changes. A new entry is another "
                         "file: token-console mbom import FILE")


def entry_text(entry: Mapping[str, Any]) -> str:
    """The entry as a file, with what it may say."""
    return to_toml([entry], ("One entry of the MBOM. Its slug never changes; status = \"retired\" ends it.",
                             "Every change is kept, with who made it and when."))


def entry_hash(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def _groups(entry: Mapping[str, Any], config: Config) -> Iterator[FieldGroup]:
    matrix = matrix_of(config.tram)
    axes = {"tram.cost_variance": matrix.rows, "tram.output_variance": matrix.columns}
    known: set[str] = {"slug"}
    for title, fields in _GROUPS:
        shown = [line for each in fields for line in _lines(replace(each, choices=axes.get(each.path, each.choices)),
                                                            entry, known)]
        yield FieldGroup(title, tuple(shown))
    others = [_line(_Field(key, "table" if isinstance(value, dict | list) else "text"), value)
              for key, value in entry.items() if key not in known]
    if others:
        yield FieldGroup("FIELDS OF YOUR OWN", tuple(others))


def _lines(each: _Field, entry: Mapping[str, Any], known: set[str]) -> Iterator[FieldLine]:
    """The field; or the whole of what it belongs to, once, where that is in words of one's own."""
    key, _, inner = each.path.partition(".")
    before, stated = key in known, entry.get(key)
    known.add(key)
    if not inner:
        yield _line(each, stated)
    elif stated is None or isinstance(stated, dict):
        value = value_at(entry, tuple(each.path.split(".")))
        yield _line(replace(each, kind="table") if isinstance(value, dict) else each, value)
    elif not before:
        yield _line(_Field(key, "text" if isinstance(stated, str) else "table"), stated)


def _line(each: _Field, value: Any) -> FieldLine:
    typed = form.typed(value)
    shown = _told(value) if each.kind in ("table", "texts", "prose") else typed
    return FieldLine((each.path,), each.label or each.path.replace("_", " "), each.kind, shown, typed, each.about,
                     tuple(each.choices), None, each.optional)


def _as_set(path: str, kind: Kind, value: str) -> str:
    """As `set_field` takes it: TOML, or the text itself."""
    if not value.strip():
        return UNSET
    meant = form.meant(value, kind)
    if path in mbom_file.AS_TEXT and isinstance(meant, str):
        return meant
    return meant if isinstance(meant, str) else as_toml(meant)


def _told(value: Any) -> str:
    """A value for eyes: `a; b`, `key = value, key = value`."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_told(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(item)}" for key, item in value.items())
    return str(value)
