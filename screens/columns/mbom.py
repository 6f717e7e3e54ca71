"""The MBOM as columns of a table, and an entry as a page: its fields by group and the history of changes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from console.cadences.mbom import FieldGroup, MbomForm, MbomRow
from console.wording import number_of
from screens.columns import prompts
from screens.columns.column import Cell, Column, Tone
from screens.columns.form import field_lines
from screens.columns.page import BLANK, INDENT, WIDE, PageLine, Times, beside, heading, line, name, wrapped

STATUS_TONES: dict[str, Tone] = {"live": "", "planned": "dim", "paused": "warn", "retired": "dim"}
CHANGES = 20
"""Newest changes that are shown; the command line lists all."""


def columns() -> list[Column[MbomRow]]:
    """Identity, people, what it runs on, what it is held to, what is not as that says."""
    return [
        Column("WORKLOAD", 16, lambda row: Cell(row.slug, "dim" if row.status == "retired" else ""), 1, most=34,
               about="The slug, under which usage, Charters and incidents are kept."),
        Column("NAME", 14, lambda row: Cell(name(row.name)), 9, most=28, about="What people call it."),
        Column("STATUS", 7, lambda row: Cell(row.status, STATUS_TONES.get(row.status, "")), 3,
               about="planned, live, paused or retired."),
        Column("OWNER", 10, lambda row: _somebody(row.business_owner, row), 3, most=20,
               about="The business owner, who answers for the spend."),
        Column("LEAD", 8, lambda row: _somebody(row.platform_lead, row), 8, most=20,
               about="The platform lead, who answers for the build."),
        Column("TEAM", 8, lambda row: Cell(row.team or "", "dim"), 10, most=18, about="The team."),
        Column("TIER", 9, lambda row: Cell(row.tier or ""), 6, about="The model tier: distilled, workhorse, frontier."),
        Column("ARCHITECTURE", 12, lambda row: Cell(row.architecture or ""), 9, most=17,
               about="single-call, supervisor-worker or three-tier."),
        Column("CELL", 9, lambda row: Cell(row.cell), 8, most=15,
               about="Cost variance x output variance of the Charter in force, else as the entry states it."),
        Column("CHARTER", 10, _charter, 2, most=18, about="The version in force, and the state of a newer one."),
        Column("DRIFT", 5, lambda row: _count(row.drift, "alarm"), 4, right=True, descending=True,
               about="Open exceptions of drift between Charter, MBOM and what usage shows."),
        Column("EXC", 3, lambda row: _count(row.exceptions, "warn"), 5, right=True, descending=True,
               about="All open exceptions."),
        Column("REVIEWED", 10, lambda row: Cell(row.last_review[:10], sort=row.last_review or None), 6, descending=True,
               about="The date of the last review."),
        Column("LITERACY", 8, _literacy, 11, descending=True,
               about="Prompt literacy: the level that its users have, of the one that it takes (1 to 5)."),
        Column("KEYS", 4, lambda row: Cell(str(row.switches) if row.switches else "none",
                                           "" if row.switches or row.status != "live" else "alarm",
                                           sort=row.switches), 9, right=True,
               about="Switches that a kill turns off; none: it cannot be killed from here."),
    ]


def identity(row: MbomRow) -> str:
    return row.slug


def words(row: MbomRow) -> str:
    """What a filter looks in."""
    return " ".join(str(each) for each in (
        row.slug, row.name, row.team or "", row.status, row.business_owner or "nobody", row.platform_lead or "nobody",
        row.tier or "", row.architecture or "", row.cell, _charter(row).text, "drift" if row.drift else ""))


def amounts_to(rows: Sequence[MbomRow]) -> str:
    """`12 live; 2 without an owner, 3 without a Charter, 1 with drift`."""
    live = [row for row in rows if row.status == "live"]
    found = ((sum(not row.business_owner for row in live), "without an owner"),
             (sum(row.charter_version is None for row in live), "without a Charter in force"),
             (sum(bool(row.drift) for row in rows), "with drift"),
             (sum(bool(row.literacy_gap) for row in live), "lacking prompt literacy"))
    wrong = ", ".join(f"{count} {what}" for count, what in found if count)
    return f"{len(live)} live{f'; {wrong}' if wrong else ''}"


def _somebody(who: str | None, row: MbomRow) -> Cell:
    if who:
        return Cell(name(who, 40))
    return Cell("nobody", "alarm" if row.status == "live" else "dim")


def _charter(row: MbomRow) -> Cell:
    if row.charter_version is not None:
        waits = row.newest_version is not None and row.newest_version > row.charter_version
        return Cell(f"v{row.charter_version}{f' + {row.newest_state}' if waits else ''}",
                    sort=row.charter_version)
    if row.newest_version is not None:
        return Cell(row.newest_state, "warn", sort=0)
    return Cell("none", "alarm" if row.status == "live" else "dim", sort=-1)


def _literacy(row: MbomRow) -> Cell:
    """`2 of 3`; sorted by the levels that are lacking, what is not known last."""
    if row.literacy_required is None and row.literacy_had is None:
        return Cell("?", "dim", sort=-1)
    had, required = ("?" if each is None else str(each) for each in (row.literacy_had, row.literacy_required))
    gap = row.literacy_gap
    return Cell(f"{had} of {required}", "warn" if gap else "", sort=-1 if gap is None else gap)


def _count(number: int, tone: Tone) -> Cell:
    return Cell(str(number) if number else "", tone if number else "", sort=number)


# One entry.


def page(form: MbomForm, width: int, at: Times) -> list[PageLine]:
    """The entry: what it is held to, its fields by group, what was changed."""
    lines = [*_head(form, width), BLANK]
    if width < WIDE:
        return [*lines, *_fields(form, width), *_read(form, width, at)]
    left = width * 3 // 5  # the fields on the left, where the cursor goes; beside them what one only reads
    return [*lines, *beside(_fields(form, left - 2), _read(form, width - left, at), left)]


def _read(form: MbomForm, width: int, at: Times) -> list[PageLine]:
    scanned = prompts.block(form.prompts, width, at)
    return [*scanned, *([BLANK] if scanned else []), *_history(form, width, at)]


def _fields(form: MbomForm, width: int) -> list[PageLine]:
    return [one for group in form.groups for one in _group(group, width)]


def _head(form: MbomForm, width: int) -> list[PageLine]:
    row = form.row
    charter = _charter(row)
    said = f"Charter {charter.text}" if charter.text != "none" else "no Charter"
    lines = [
        line(Cell(name(row.name), "strong"), "  ", Cell(row.slug, "dim")),
        line(Cell(row.status.upper(), STATUS_TONES.get(row.status, "")), "  ", Cell(said, charter.tone),
             f"  {row.cell}" if row.cell else "",
             Cell(f"  {row.drift} drift" if row.drift else "", "alarm"),
             Cell(f"  {number_of(row.exceptions, 'open exception')}" if row.exceptions else "", "warn")),
    ]
    if row.status == "live" and not row.business_owner:
        lines += wrapped("Nobody answers for it: without a business owner there is no Charter.", width, indent=0,
                         tone="alarm")
    return lines


def _group(group: FieldGroup, width: int) -> list[PageLine]:
    fields = [one for each in group.fields for one in field_lines(each, width)]
    return [line(Cell(group.title, "strong")), *fields, BLANK]


def _history(form: MbomForm, width: int, at: Times) -> list[PageLine]:
    changes = form.changes
    shown = f"newest {CHANGES} of {len(changes)}" if len(changes) > CHANGES else ""
    lines = [heading("HISTORY", shown)]
    for change in changes[:CHANGES]:
        said = f"{change.field}: {_short(change.before)} → {_short(change.after)}"
        lines += wrapped(f"{at(change.at)}  {name(change.by, 20)}  {said}", width, indent=INDENT, most=2)
    return lines if changes else [*lines, *wrapped("nothing was changed yet", width, tone="dim")]


def _short(value: str) -> str:
    return name(value, 60) or "nothing"
