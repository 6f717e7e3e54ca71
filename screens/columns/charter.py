"""A Charter as a page: its state, the six elements as a form with the rules' problems beside the fields, what was said
of it, what it changes. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from console import wording
from console.cadences.charter import CharterForm, ElementLines, NoteLine, on_days, times
from console.cadences.form import FieldLine
from console.money import display
from screens.columns.column import Cell, Tone
from screens.columns.form import LABEL, field_lines, problem_lines
from screens.columns.page import (
    BLANK,
    INDENT,
    WIDE,
    Heading,
    PageLine,
    Times,
    beside,
    heading,
    labelled,
    line,
    name,
    table,
    wrapped,
)

if TYPE_CHECKING:
    from console.operations.charter.replay import Amendment, Told

NOTES = 3
"""Newest notes that are shown; the command line lists all."""
STATE_TONES: dict[str, Tone] = {"draft": "warn", "in review": "strong", "signed": "good"}
TRIPS = 12
"""Alerts and trips of a replay that are listed one by one."""


def page(form: CharterForm, width: int, at: Times, replay: Sequence[PageLine] = ()) -> list[PageLine]:
    """The form, whole. `replay` are the lines of a replay, where one was asked for."""
    lines = [*head(form, width, at), BLANK]
    if replay:
        lines += [*replay, BLANK]
    if width >= WIDE:
        left = width * 3 // 5
        lines += beside(_elements(form, left - 2), _aside(form, width - left, at), left)
    else:
        lines += [*notes(form, width, at), *_elements(form, width)]
    return lines


def difference(form: CharterForm, width: int, at: Times) -> list[PageLine]:
    """What this version changes, element by element, in the playbook's terms."""
    lines = [*head(form, width, at), BLANK]
    if not form.compared_with:
        return [*lines, *wrapped("There is no other version to compare this one with.", width, indent=0, tone="dim")]
    lines.append(heading(f"WHAT VERSION {form.version} CHANGES", f"from {form.compared_with}; = shows the form again"))
    if not form.changes:
        lines += wrapped("Nothing: a signature on one holds for the other.", width)
    for element, changes in groupby(form.changes, lambda change: change.element):
        lines += [BLANK, line(Cell(element.upper(), "strong"))]
        for change in changes:
            lines += wrapped(change.text, width, most=4)
            if change.meaning:
                lines += wrapped(change.meaning, width, indent=INDENT + 2, tone="dim", most=2)
    return lines


def none_yet(form: CharterForm, width: int) -> list[PageLine]:
    """A workload without a Charter: what that means, and how one begins."""
    return [
        line(Cell(name(form.name), "strong"), "  ", Cell(form.workload, "dim")),
        line(Cell("NO CHARTER", "warn")),
        BLANK,
        *wrapped(
            "Nobody has promised what it may spend, so nothing kills it automatically: it is only watched.", width
        ),
        BLANK,
        *wrapped("n begins version 1 from the template, as a draft that is filled in field by field here, or whole in "
                 "your editor with e.", width),
    ]


def head(form: CharterForm, width: int, at: Times) -> list[PageLine]:
    """Which version, in which state, whose signatures it has, and what comes next."""
    force = "" if form.in_force in (None, form.version) else f" · version {form.in_force} is in force"
    pages = f" · {form.pages} page{'' if form.pages == 1 else 's'}" if form.pages else ""
    lines = [
        line(Cell(name(form.name), "strong"), "  ", Cell(form.workload, "dim")),
        line(
            Cell(form.state.upper(), STATE_TONES.get(form.state, "dim")),
            f" version {form.version} of {len(form.versions)}{force}",
        ),
        line(
            Cell(
                f"{INDENT * ' '}by {name(form.imported_by, 20)} {at(form.imported_at)}{pages} · content "
                f"{form.content_hash[:12]}",
                "dim",
            )
        ),
    ]
    return [*lines, *_signed(form, width, at), *_next(form, width)]


def _signed(form: CharterForm, width: int, at: Times) -> list[PageLine]:
    signed = [one for one in form.signatures if one.signed_by is not None]
    lines: list[PageLine] = []
    if signed:
        said = " · ".join(f"{wording.role(one.role)} {name(one.signed_by or '', 20)} {at(one.signed_at)}"
                          for one in signed)
        lines += labelled("signed by", said, width, label_width=14, most=3)
    if form.missing_roles and form.state in ("draft", "in review"):
        missing = ", ".join(wording.role(role) for role in form.missing_roles)
        lines += labelled("still to sign" if signed else "to be signed by", missing, width, label_width=14 if signed
                          else 16)
    return lines


def _next(form: CharterForm, width: int) -> list[PageLine]:
    """One sentence: what this version waits for."""
    refused = next((note for note in reversed(form.notes) if note.kind in ("refusal", "submission")), None)
    found = ((form.errors, "error"), (form.warnings, "warning"))
    wrong = " and ".join(wording.number_of(count, what) for count, what in found if count)
    lines: list[PageLine] = []
    if form.state == "draft" and refused is not None and refused.kind == "refusal":
        why = " ".join(refused.text.split())
        lines += wrapped(f"REFUSED by {name(refused.said_by, 24)} as {wording.role(refused.role)}: {why}", width,
                         indent=INDENT, tone="alarm", most=3)
    if form.errors:
        return [*lines, *wrapped(f"! {wrong}: nobody signs it before the errors are mended.", width, tone="alarm")]
    said = {
        "draft": "S puts it before those who sign; from then on a change takes a new version.",
        "in review": "i signs it in your role, F sends it back, N says something of it.",
        "signed": "In force. Whatever is changed in it becomes the next version, a draft.",
    }.get(form.state, "It is over. Whatever is changed in it becomes the next version, a draft.")
    tone: Tone = "dim"
    return [*lines, *wrapped(f"{wrong + '. ' if wrong else ''}{said}", width, tone=tone)]


def _aside(form: CharterForm, width: int, at: Times) -> list[PageLine]:
    """What stands beside the form where there is room: what it changes, and what was said of it."""
    lines = notes(form, width, at)
    if form.compared_with:
        lines.append(heading("CHANGES", f"from {form.compared_with}"))
        for change in form.changes[:NOTES * 3]:
            lines += wrapped(change.text, width, most=2)
        if len(form.changes) > NOTES * 3:
            lines += wrapped(f"and {len(form.changes) - NOTES * 3} more: = shows all", width, tone="dim")
        if not form.changes:
            lines += wrapped("nothing", width, tone="dim")
    return lines


def notes(form: CharterForm, width: int, at: Times) -> list[PageLine]:
    """What was said of it, newest first: above the form, for it is said to be read before that."""
    if not form.notes:
        return []
    lines = [heading("SAID OF IT", f"newest {NOTES} of {len(form.notes)}" if len(form.notes) > NOTES else "")]
    for note in reversed(form.notes[-NOTES:]):
        lines += _note(note, width, at)
    return [*lines, BLANK]


def _note(note: NoteLine, width: int, at: Times) -> list[PageLine]:
    earlier = "" if note.of_this_content else ", of what it said before"
    tone: Tone = "alarm" if note.kind == "refusal" else ""
    who = f"{note.kind} by {name(note.said_by, 20)} as {wording.role(note.role)} {at(note.said_at)}{earlier}"
    return [line(" " * INDENT, Cell(who, tone or "dim")),
            *(wrapped(" ".join(note.text.split()), width, indent=INDENT + 2, most=3) if note.text.strip() else [])]


# The form.


def _elements(form: CharterForm, width: int) -> list[PageLine]:
    lines: list[PageLine] = []
    if form.problems:
        lines += [heading("PROBLEMS"), *problem_lines(form.problems, width, INDENT), BLANK]
    for element in form.elements:
        lines += [line(Cell(element.title, "strong")), *problem_lines(element.problems, width, INDENT)]
        lines += [one for each in element.fields if _is_shown(each, element) for one in field_lines(each, width)]
        lines += [*_beneath(form, element, width), BLANK]
    return lines


def _is_shown(field: FieldLine, element: ElementLines) -> bool:
    """A field that may be left out, and is, takes a line only where the whole element is of that kind."""
    return bool(field.shown or field.problems or not field.optional) or all(one.optional for one in element.fields)


def _beneath(form: CharterForm, element: ElementLines, width: int) -> list[PageLine]:
    """What the console knows of an element: what the cell permits, what the scenarios cost today."""
    if element.title.startswith("2 "):
        return _cell(form, width)
    return _costs(form, width) if element.title.startswith("3 ") else []


def _cell(form: CharterForm, width: int) -> list[PageLine]:
    cell = form.cell
    if cell is None:
        return []
    if not cell.known:
        return wrapped("The organisation's matrix has no such cell.", width, indent=INDENT + LABEL, tone="warn")
    thinking = "extended thinking" if cell.thinking else "no extended thinking"
    said = (f"the cell permits {', '.join(cell.models)}; {thinking}; depth {cell.depth_cap}, fan-out "
            f"{cell.fan_out_cap}; review at least {', '.join(cell.review)}")
    return wrapped(said, width, indent=INDENT + LABEL, tone="dim", most=3)


_COSTS = (Heading("a month, USD", LABEL), Heading("as typed", 14, right=True),
          Heading("at today's prices", 18, right=True))


def _costs(form: CharterForm, width: int) -> list[PageLine]:
    if not form.costs:
        return []
    rows: list[tuple[list[Cell | str], object]] = []
    for each in form.costs:
        multiple = "" if each.scenario == "expected" else f" x{each.multiple:f}"
        off = each.derived is None or abs(each.derived - each.typed) * 10 > each.typed
        rows.append(([f"{each.scenario}{multiple}", display(each.typed),
                      Cell(display(each.derived), "warn" if off else "")], None))
    kills = "kills by itself above" if form.automatic else "a person decides above"
    rows.append(([kills, Cell(display(form.kill_threshold), "strong"), ""], None))
    return table(_COSTS, rows, width)


# A replay.


def replay(found: Amendment, width: int, at: Times) -> list[PageLine]:
    """What the version and the one in force would have done on the usage that there was."""
    lines = [heading("REPLAY", f"the quarter to {at(found.end)}; P takes it away")]
    for part in found.parts(at):
        lines += wrapped(part, width, tone="dim", most=3)
    lines += _told("this version", found.proposed, width)
    if found.in_force is None:
        lines += wrapped("in force: no Charter, so nothing would have been killed automatically", width, tone="dim")
    elif found.in_force.charter != found.proposed.charter:
        lines += _told("in force", found.in_force, width)
    marks = [(trip.at, "trip", trip.signal.summary) for trip in found.proposed.trips]
    marks += [(one.at, one.severity, one.summary) for one in found.proposed.alerts]
    for when, kind, summary in sorted(marks)[:TRIPS]:
        beside_it = f"{at(when)}  {kind}: {summary}"
        lines += wrapped(beside_it, width, indent=INDENT + 2, tone="alarm" if kind == "trip" else "dim", most=2)
    if len(marks) > TRIPS:
        lines += wrapped(f"and {len(marks) - TRIPS} more: token-console charter replay {found.workload}", width,
                         indent=INDENT + 2, tone="dim")
    return lines


def replaying() -> list[PageLine]:
    """While a replay is under way."""
    return [heading("REPLAY", "running the last quarter's usage against this version…")]


def _told(which: str, told: Told, width: int) -> list[PageLine]:
    alerts, trips = [one.at for one in told.alerts], [trip.at for trip in told.trips]
    said = f"{which} ({told.charter}) would have alerted {times(len(alerts))}{_days(on_days(alerts))} and tripped "
    said += f"{times(len(trips))}{_days(on_days(trips))}"
    return wrapped(said, width, tone="alarm" if trips else "", most=5)


def _days(days: str) -> str:
    return f" (on {days})" if days else ""
