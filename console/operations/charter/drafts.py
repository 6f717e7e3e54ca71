"""Drafts of Charters as they are written: begun, changed field by field or as a whole, never over another's work.

A draft may still break rules: they are shown, and it is neither submitted nor signed before they are kept. What cannot
be understood as a Charter is not stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from console.cadences.form import ProblemLine
from console.charters import form, signing
from console.charters.document import kill_threshold
from console.charters.parsing import Reading
from console.charters.problem import Problem, refuse
from console.charters.rules import Verdict
from console.charters.template import template
from console.errors import InputError, UsageError
from console.operations.actor import Actor
from console.operations.charter.check import judge
from console.operations.charter.form import problem_lines, text_hash
from console.operations.desk import Desk
from console.operations.registry_charters import may_import, store_draft, stored
from console.operations.registry_mbom import existing, redraw
from console.toml import KeyPath
from store import registry as store
from store.tables import Charter

IN_CONSOLE = "written in the console"
"""What the audit log has in the place of a file's name."""


@dataclass(frozen=True, slots=True)
class DraftChecked:
    """What the rules say of a text that is not stored."""

    problems: tuple[ProblemLine, ...]
    storable: bool
    """It can be kept as a draft: it is a Charter, whatever rules it breaks."""
    sound: bool
    """No rule stands in the way of submitting it."""


@dataclass(frozen=True, slots=True)
class DraftSaved:
    workload: str
    version: int
    content_hash: str
    outcome: str
    """new, changed, unchanged."""
    problems: tuple[ProblemLine, ...]

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)


async def begin_charter(desk: Desk, actor: Actor, *, workload: str) -> DraftSaved:
    """Store the template as version 1 of a workload that has no Charter. Raises UsageError where it has one."""
    await asyncio.to_thread(may_import, desk, actor)

    def write() -> DraftSaved:
        with desk.database.read() as tx:
            existing(tx, workload)
            rows = store.charters(tx, workload)
        if rows:
            raise UsageError(f"{workload} has a Charter already: version {rows[-1].version}, {rows[-1].state}. "
                             "Edit that.")
        return _save(desk, actor, workload, template(workload), None)

    return await _told(desk, write)


async def check_draft(desk: Desk, actor: Actor, *, workload: str, text: str) -> DraftChecked:
    """What stands in the way of a text. Nothing is stored."""

    def read() -> DraftChecked:
        try:
            reading, verdict = judge(text, workload, desk.config, desk.clock.now())
        except InputError as error:
            return DraftChecked(problem_lines([Problem("unreadable", error.line, str(error), error.remedy)]), False,
                                False)
        return DraftChecked(problem_lines(verdict.problems), not _unstorable(reading, verdict, workload),
                            verdict.signable)

    return await asyncio.to_thread(read)


async def save_draft(desk: Desk, actor: Actor, *, workload: str, text: str, base_version: int | None,
                     base_hash: str) -> DraftSaved:
    """Store an edited text as the draft, or as the next version where what it began from is a draft no more.

    `base_version` and `base_hash` say what the edit began from (None and empty: from nothing); what somebody else
    stored since is not written over. Raises InputError with every fault of a text that is no Charter.
    """
    await asyncio.to_thread(may_import, desk, actor)

    def write() -> DraftSaved:
        base = _base(desk, workload, base_version, base_hash)
        return _save(desk, actor, workload, _next(desk, workload, text, base), base)

    return await _told(desk, write)


async def set_charter_field(desk: Desk, actor: Actor, *, workload: str, base_version: int, base_hash: str,
                            path: KeyPath, kind: str, value: str) -> DraftSaved:
    """Change one field of a version, as `save_draft` does; comments stay. `value` is what a person typed.

    Raises InputError where the Charter could not be understood any more.
    """
    await asyncio.to_thread(may_import, desk, actor)
    if path[0] == "charter" and path[-1] in ("workload", "version"):
        raise UsageError("A Charter's workload never changes, and its version is counted by the console.")

    def write() -> DraftSaved:
        base = _base(desk, workload, base_version, base_hash)
        assert base is not None, "a version was named"
        text = form.changed(base.text, path, form.meant(value, kind))
        return _save(desk, actor, workload, _next(desk, workload, text, base), base)

    return await _told(desk, write)


async def _told(desk: Desk, write: Callable[[], DraftSaved]) -> DraftSaved:
    done = await asyncio.to_thread(write)
    await redraw(desk)
    return done


def _base(desk: Desk, workload: str, version: int | None, seen: str) -> Charter | None:
    """The version that the edit began from, as it is stored. Raises InputError where it is not that any more."""
    with desk.database.read() as tx:
        existing(tx, workload)
        rows = store.charters(tx, workload)
    if version is None:
        if rows:
            raise _overtaken(workload, rows[-1])
        return None
    base = next((row for row in rows if row.version == version), None)
    if base is None or text_hash(base.text) != seen:
        raise _overtaken(workload, base or (rows[-1] if rows else None))
    newest = rows[-1]
    if newest.version != version and newest.state == signing.DRAFT:
        raise InputError(f"Version {newest.version} of the Charter of {workload} is a draft and comes after version "
                         f"{version}. Change that one.")
    return base


def _overtaken(workload: str, row: Charter | None) -> InputError:
    if row is None:
        return InputError(f"The version of the Charter of {workload} that you began from is gone; nothing was stored.")
    return InputError(f"{row.imported_by} changed version {row.version} of the Charter of {workload} while you were at "
                      "it, so nothing was stored. Read it again, and change that.")


def _next(desk: Desk, workload: str, text: str, base: Charter | None) -> str:
    """The text, under the next version where it says something else than a version that is fixed."""
    reading, _ = judge(text, workload, desk.config, desk.clock.now())
    document = reading.document
    if base is None or base.state == signing.DRAFT or document is None:
        return text
    if signing.content_hash(document) == base.content_hash or document.charter.version != base.version:
        return text
    with desk.database.read() as tx:
        newest = stored(tx, workload, None).version
    return form.changed(text, ("charter", "version"), newest + 1)


def _save(desk: Desk, actor: Actor, workload: str, text: str, base: Charter | None) -> DraftSaved:
    reading, verdict = judge(text, workload, desk.config, desk.clock.now())
    refuse(_unstorable(reading, verdict, workload), workload, rules=True)
    document = reading.document
    assert document is not None, "what is not understood was refused"

    def still(tx: Session) -> None:
        """Between reading the base and this transaction somebody may have stored another."""
        rows = {row.version: row for row in store.charters(tx, workload)}
        now = rows.get(base.version) if base is not None else None
        if base is not None and (now is None or now.text != base.text):
            raise _overtaken(workload, now)
        written = document.charter.version
        if written in rows and (base is None or written != base.version):
            raise _overtaken(workload, rows[written])

    done = store_draft(desk, actor, document, text, IN_CONSOLE, verdict, still)
    return DraftSaved(workload, done.version, done.content_hash, done.outcome, problem_lines(verdict.problems))


def _unstorable(reading: Reading, verdict: Verdict, workload: str) -> list[Problem]:
    """What keeps a text from being kept as a draft: it is no whole Charter, or not this workload's."""
    document = reading.document
    if document is None:
        return list(reading.problems)
    if document.charter.workload != workload:
        return [Problem("value", reading.line("charter", "workload"),
                        f"[charter] workload is {document.charter.workload!r}", f'write workload = "{workload}"')]
    if kill_threshold(document.expected, document.runaway) is None:
        return [problem for problem in verdict.problems if problem.rule == "kill-threshold"]
    return []
