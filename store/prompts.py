"""Prompts as scans found them. A version that was stored once stays, also when its file or its history is gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from store.tables import PromptCount, PromptFile, PromptVersion

NOT_DECLARED = "no longer among the prompts of its repository"


class Told(NamedTuple):
    """One version of a scan."""

    revision: str
    looked_at: bool
    document: dict[str, Any]


class Found(NamedTuple):
    """One prompt of a scan, with its versions, the newest first."""

    row: PromptFile
    former: frozenset[str]
    """Paths that it had before."""
    versions: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a scan changed."""

    prompts: int
    """That were not known before."""
    versions: int
    superseded: int
    ended: int
    """That went out of use since."""


class StoredVersion(NamedTuple):
    revision: str
    superseded: bool
    document: dict[str, Any]


class Stored(NamedTuple):
    row: PromptFile
    versions: list[StoredVersion]
    """The newest first; superseded ones are last."""


def revisions(tx: Session, repository: str) -> set[str]:
    """Every commit that a version in use of a repository is known by."""
    return set(tx.exec(select(PromptVersion.revision).join(PromptFile).where(
        PromptFile.repository == repository, col(PromptVersion.superseded_at).is_(None))))


def keep(tx: Session, repository: str, found: Sequence[Found], gone: Collection[str], at: datetime) -> Kept:
    """Store a whole scan of a repository. `gone`: commits that its history does not have any more."""
    rows = list(tx.exec(select(PromptFile).where(PromptFile.repository == repository)))
    known = {(row.workload, row.path): row for row in rows}
    present = {(each.row.workload, each.row.path) for each in found}
    new = versions = ended = 0
    touched = set[int]()
    for each in found:
        row = known.get((each.row.workload, each.row.path)) or _renamed(each, known, present, touched)
        ended += bool(each.row.ended and row is not None and not row.ended)
        new += row is None
        row = _put(tx, each.row, row)
        assert row.id is not None
        touched.add(row.id)
        versions += _put_versions(tx, row.id, each.versions)
    for row in rows:
        if row.id not in touched and not row.ended:
            row.ended, row.ended_at = NOT_DECLARED, at
            tx.add(row)
            ended += 1
    return Kept(new, versions, _supersede(tx, repository, gone, at), ended)


def end(tx: Session, repository: str, why: str, at: datetime) -> int:
    """Take the prompts of a repository out of use; how many there were."""
    rows = list(tx.exec(select(PromptFile).where(PromptFile.repository == repository, PromptFile.ended == "")))
    for row in rows:
        row.ended, row.ended_at = why, at
        tx.add(row)
    return len(rows)


def stored(tx: Session, workloads: Collection[str] | None = None, most: int | None = None) -> list[Stored]:
    """Prompts by workload and path, each with its versions; of all workloads where none are named.

    most: newest versions of each, and besides them those that were looked at; None: all.
    """
    asked = select(PromptFile).order_by(col(PromptFile.workload), col(PromptFile.path), col(PromptFile.repository))
    if workloads is not None:
        asked = asked.where(col(PromptFile.workload).in_(list(workloads)))
    files = list(tx.exec(asked))
    by_prompt: dict[int, list[StoredVersion]] = {}
    rows = tx.connection().exec_driver_sql(
        "SELECT prompt, revision, superseded_at IS NOT NULL, document FROM prompt_version "
        "WHERE prompt IN (SELECT value FROM json_each(?)) AND (position < ? OR looked_at) "
        "ORDER BY superseded_at IS NOT NULL, position",
        (json.dumps([row.id for row in files]), 2**62 if most is None else most))
    for prompt, revision, superseded, document in rows:
        by_prompt.setdefault(prompt, []).append(StoredVersion(revision, bool(superseded), json.loads(document)))
    return [Stored(row, by_prompt.get(row.id or 0, [])) for row in files]


def counts(tx: Session) -> dict[tuple[str, str, str], int]:
    """Tokens by model, kind and blob, whatever was counted so far."""
    return {(row.model, row.kind, row.blob): row.tokens for row in tx.exec(select(PromptCount))}


def put_counts(tx: Session, counted: Mapping[tuple[str, str, str], int], at: datetime) -> None:
    for (model, kind, blob), tokens in counted.items():
        tx.merge(PromptCount(model=model, kind=kind, blob=blob, tokens=tokens, counted_at=at))


def _renamed(found: Found, known: Mapping[tuple[str, str], PromptFile], present: Collection[tuple[str, str]],
             taken: Collection[int]) -> PromptFile | None:
    """The row of the same file under an older path."""
    earlier = ((found.row.workload, path) for path in sorted(found.former))
    return next((known[key] for key in earlier if key in known and key not in present
                 and (known[key].id or 0) not in taken), None)


def _put(tx: Session, says: PromptFile, row: PromptFile | None) -> PromptFile:
    if row is None:
        row = says
    else:
        for name in ("path", "kind", "model", "cached", "checkout", "scanned_at", "ended", "ended_at"):
            setattr(row, name, getattr(says, name))
    tx.add(row)
    tx.flush()
    return row


def _put_versions(tx: Session, prompt: int, told: Sequence[Told]) -> int:
    """How many were not known. What was known before and is not told now stays, after those that are."""
    connection = tx.connection()
    before = connection.exec_driver_sql("SELECT revision, looked_at, superseded_at, document FROM prompt_version "
                                        "WHERE prompt = ? ORDER BY position", (prompt,)).fetchall()
    names = {one.revision for one in told}
    rest = [row for row in before if row[0] not in names]
    rows = [(prompt, one.revision, position, one.looked_at, None, json.dumps(one.document))
            for position, one in enumerate(told)]
    rows += [(prompt, name, len(told) + number, looked_at, superseded, document)
             for number, (name, looked_at, superseded, document) in enumerate(rest)]
    connection.exec_driver_sql("DELETE FROM prompt_version WHERE prompt = ?", (prompt,))
    if rows:
        connection.exec_driver_sql("INSERT INTO prompt_version (prompt, revision, position, looked_at, superseded_at, "
                                   "document) VALUES (?, ?, ?, ?, ?, ?)", rows)
    return len(told) - (len(before) - len(rest))


def _supersede(tx: Session, repository: str, gone: Collection[str], at: datetime) -> int:
    rows = list(tx.exec(select(PromptVersion).join(PromptFile).where(
        PromptFile.repository == repository, col(PromptVersion.superseded_at).is_(None),
        col(PromptVersion.revision).in_(list(gone))))) if gone else []
    for row in rows:
        row.superseded_at = at
        tx.add(row)
    return len(rows)
