"""A Charter as a form: one version read whole, with the rules' problems beside the fields that they are about."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from console.cadences.charter import (
    CellLine,
    CharterForm,
    CostLine,
    DifferenceLine,
    ElementLines,
    NoteLine,
    SignatureLine,
)
from console.cadences.form import FieldLine, ProblemLine
from console.charters import form, signing, stated
from console.charters.difference import compare
from console.charters.document import from_canonical, kill_threshold
from console.charters.form import FormElement, FormField
from console.charters.parsing import Reading
from console.charters.problem import Problem
from console.charters.rules import Verdict
from console.charters.tram import Matrix, matrix_of
from console.errors import InputError, UsageError
from console.money import display, from_usd
from console.operations.actor import Actor
from console.operations.charter.check import judge
from console.operations.desk import Desk
from console.operations.registry_mbom import existing
from console.toml_writing import value_at
from store import charter_notes
from store import registry as store
from store.tables import Charter, CharterNote, CharterSignature

NONE = "none"
"""The state of a Charter that is not there."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store has of a workload's Charter."""

    name: str
    row: Charter | None
    versions: tuple[tuple[int, str], ...]
    signatures: Sequence[CharterSignature] = ()
    notes: Sequence[CharterNote] = ()
    in_force: int | None = None
    before: Charter | None = None


async def charter_form(desk: Desk, actor: Actor, *, workload: str, version: int | None = None) -> CharterForm:
    """The newest version, or the one asked for; where there is none, a form that says so.

    Raises UsageError for a workload that the MBOM does not have, and for a version that there is not.
    """

    def read() -> CharterForm:
        with desk.database.read() as tx:
            found = _find(tx, workload, version)
        return _form(desk, workload, found)

    return await asyncio.to_thread(read)


def text_hash(text: str) -> str:
    """What tells one text of a Charter from another, its comments included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def problem_lines(problems: Iterable[Problem]) -> tuple[ProblemLine, ...]:
    """Problems as the screens show them."""
    return tuple(ProblemLine(each.rule, each.severity, each.line, each.message, each.remedy) for each in problems)


def _find(tx: Session, workload: str, version: int | None) -> _Found:
    name = existing(tx, workload).name
    rows = store.charters(tx, workload)
    versions = tuple((row.version, row.state) for row in rows)
    if not rows and version is None:
        return _Found(name, None, ())
    row = rows[-1] if version is None else next((each for each in rows if each.version == version), None)
    if row is None:
        raise UsageError(f"{workload} has no Charter of version {version}.")
    in_force = store.charter_in_force(tx, workload)
    older = [each for each in rows if each.version < row.version]
    before = in_force if in_force is not None and in_force.version != row.version else older[-1] if older else None
    return _Found(name, row, versions, store.signatures(tx, workload, row.version),
                  charter_notes.of_version(tx, workload, row.version),
                  in_force.version if in_force is not None else None, before)


def _form(desk: Desk, workload: str, found: _Found) -> CharterForm:
    now, row = desk.clock.now(), found.row
    if row is None:
        return CharterForm(workload, found.name, now, None, NONE, "", "", "")
    document = from_canonical(row.document)
    matrix = matrix_of(desk.config.tram)
    name = f"{workload} version {row.version}"
    try:
        reading, verdict = judge(row.text, name, desk.config, now)
    except InputError as error:
        reading, verdict = Reading(name), Verdict((Problem("unreadable", error.line, str(error), error.remedy),), None)
    elements, unplaced = _elements(reading, verdict, matrix)
    wrong = sum(problem.is_error for problem in verdict.problems)
    return CharterForm(
        workload, found.name, now, row.version, row.state, row.content_hash, row.text, text_hash(row.text),
        elements=elements, problems=unplaced, errors=wrong, warnings=len(verdict.problems) - wrong,
        signatures=_signatures(document.charter.domain, found.signatures),
        notes=tuple(NoteLine(note.kind, note.role, note.said_by, note.said_at, note.text,
                             note.content_hash == row.content_hash) for note in found.notes),
        costs=tuple(CostLine(each.scenario, each.multiple, each.typed, each.derived) for each in verdict.costs),
        kill_threshold=kill_threshold(document.expected, document.runaway), automatic=document.runaway.automatic,
        pages=stated.pages(reading), cell=_cell(document.tram.cost_variance, document.tram.output_variance, matrix),
        versions=found.versions, in_force=found.in_force, **_changes(row, found.before),
        imported_by=row.imported_by, imported_at=row.imported_at, signed_at=row.signed_at,
    )


def _changes(row: Charter, before: Charter | None) -> dict[str, Any]:
    if before is None:
        return {}
    told = compare(from_canonical(before.document), from_canonical(row.document))
    return {"compared_with": f"version {before.version}, {before.state}",
            "changes": tuple(DifferenceLine(each.element, each.text, each.meaning) for each in told)}


def _signatures(domain: str, valid: Sequence[CharterSignature]) -> tuple[SignatureLine, ...]:
    by_role = {one.role: one for one in valid}
    return tuple(SignatureLine(role, by_role[role].signed_by if role in by_role else None,
                               by_role[role].signed_at if role in by_role else None)
                 for role in signing.required_roles(domain))


def _cell(cost: str, output: str, matrix: Matrix) -> CellLine:
    cell = matrix.cells.get((cost, output))
    if cell is None:
        return CellLine(cost, output, known=False)
    return CellLine(cost, output, True, cell.models, cell.thinking, cell.depth_cap, cell.fan_out_cap,
                    (cell.review_what, cell.review_when, cell.review_authority))


def _elements(reading: Reading, verdict: Verdict,
              matrix: Matrix) -> tuple[tuple[ElementLines, ...], tuple[ProblemLine, ...]]:
    """The form, with each problem at the field that it names, else under its element; and what finds no place."""
    data = reading.source.data if reading.source is not None else {}
    left = list(verdict.problems)
    made = []
    for element in form.elements(data, matrix.rows, matrix.columns):
        if _absent(element, data) and not any(_under(problem, element, reading) for problem in left):
            continue
        fields = tuple(_field(each, data, reading, left) for each in element.fields)
        own = [problem for problem in left if _under(problem, element, reading)]
        left = [problem for problem in left if problem not in own]
        made.append(ElementLines(element.title, fields, problem_lines(own)))
    return tuple(made), problem_lines(left)


def _absent(element: FormElement, data: Mapping[str, Any]) -> bool:
    """Whether the element is one that a Charter may do without, and does."""
    return all(each.optional for each in element.fields) and bool(element.fields) and not data.get(
        str(element.path[0])) and element.path != ("kill_criteria",)


def _field(each: FormField, data: Mapping[str, Any], reading: Reading, left: list[Problem]) -> FieldLine:
    value = value_at(data, each.path)
    line = reading.line(*each.path) if value is not None else None
    own = [problem for problem in left if _at(problem, each, line)]
    for problem in own:
        left.remove(problem)
    typed = form.typed(value)
    return FieldLine(each.path, each.label, each.kind, _shown(typed, each.kind, value), typed, each.about,
                     tuple(each.choices), line, each.optional, problem_lines(own))


def _at(problem: Problem, each: FormField, line: int | None) -> bool:
    if problem.path:
        return problem.path[:len(each.path)] == each.path
    return line is not None and problem.line == line


def _under(problem: Problem, element: FormElement, reading: Reading) -> bool:
    if problem.path:
        return problem.path[:len(element.path)] == element.path
    if problem.line is None or reading.source is None:
        return False
    paths = [path for path, line in reading.source.lines.items() if line == problem.line]
    return any(path[:len(element.path)] == element.path for path in paths)


def _shown(typed: str, kind: str, value: object) -> str:
    """As a person reads it: dollars with their unit, whole figures with thousands."""
    if kind == "dollars" and isinstance(value, str):
        try:
            return f"{display(from_usd(value))} USD"
        except ValueError:
            return typed
    if kind == "whole" and isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if kind == "texts" and isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return typed.replace("\\n", "\n") if kind in ("prose", "text") else typed
