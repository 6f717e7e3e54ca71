"""Two Charters of a workload beside each other: versions, or a file against what is in force."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlmodel import Session

from console.charters import signing
from console.charters.difference import Change, compare
from console.charters.document import CharterDocument, from_canonical
from console.charters.parsing import parse
from console.errors import InputError, UsageError
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.registry_charters import stored
from store import registry as store

FromFile = tuple[str, str]
"""A file's name for messages, and its text."""


@dataclass(frozen=True, slots=True)
class Comparison:
    workload: str
    before: str
    """`version 1, signed`."""
    after: str
    changes: tuple[Change, ...]


async def compare_charters(desk: Desk, actor: Actor, *, workload: str, file: FromFile | None = None,
                           before: int | None = None, after: int | None = None) -> Comparison:
    """What changes from the version in force, or `before`, to the newest one, to `after`, or to a file.

    Raises InputError where nothing is in force or the file is malformed, UsageError for a version there is not.
    """

    def read() -> Comparison:
        proposed = None if file is None else _of_file(file, workload)
        with desk.database.read() as tx:
            old, first = _version(tx, workload, before) if before is not None else _in_force(tx, workload)
            new, second = (proposed, file[0]) if file and proposed else _version(tx, workload, after)
        return Comparison(workload, first, second, compare(old, new))

    return await asyncio.to_thread(read)


def _in_force(tx: Session, workload: str) -> tuple[CharterDocument, str]:
    newest = stored(tx, workload, None)
    row = store.charter_in_force(tx, workload)
    if row is None:
        raise InputError(f"{workload} has no Charter in force to compare with; name a version: --from "
                         f"{newest.version}")
    return _version(tx, workload, row.version)


def _version(tx: Session, workload: str, version: int | None) -> tuple[CharterDocument, str]:
    row = stored(tx, workload, version)
    document = from_canonical(row.document)
    if signing.content_hash(document) != row.content_hash:
        raise InputError(f"Version {row.version} of the Charter of {workload} is not what was stored: its content was "
                         "altered in the database. See token-console audit verify.")
    return document, f"version {row.version}, {row.state}"


def _of_file(file: FromFile, workload: str) -> CharterDocument:
    name, text = file
    document = parse(text, name)
    if document.charter.workload != workload:
        raise UsageError(f"{name} is the Charter of {document.charter.workload}, not of {workload}.")
    return document
