"""Drift as exceptions: what is new opens, what is there is brought up to date, what is mended is closed.

The engine does so for all workloads in its turns; whoever changes an entry or signs a Charter, for that one at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime

from sqlmodel import Session

from console.cadences import registered
from console.charters.tram import matrix_of
from console.config import Config
from console.watch import drift
from console.watch.drift import Signed
from console.watch.drift_reading import cases
from console.watch.exceptions import Seen, close, open_new, refresh
from store import exceptions as store
from store import registry
from store.tables import CharterException

AT_ONCE = 120
"""So many are opened, and as many closed, in one transaction: a first turn over thousands of workloads must not keep
the database from others."""


def keep(tx: Session, drifts: Sequence[Seen], standing: Iterable[CharterException], slugs: Set[str],
         versions: Mapping[str, int], at: datetime) -> bool:
    """Make the exceptions `standing` those of `drifts`. Returns whether some were left for the next time.

    slugs: workloads that there are; versions: of the Charters that drift was judged by.
    """
    there = {(row.workload, row.kind, row.subject): row for row in standing}
    new = []
    for seen in drifts:
        row = there.pop((seen.workload, seen.kind, seen.subject), None)
        if row is None:
            new.append(seen)
        else:
            refresh(tx, row, seen, at)
    for seen in new[:AT_ONCE]:
        open_new(tx, seen, at)
    gone = list(there.values())
    for row in gone[:AT_ONCE]:
        close(tx, row, _mended_by(row, slugs, versions.get(row.workload)), at)
    return max(len(new), len(gone)) > AT_ONCE


def look_again(tx: Session, config: Config, slugs: Sequence[str], at: datetime) -> None:
    """Bring the drift of workloads up to date that somebody has just changed, in the transaction of the change.

    One without a Charter in force is left to the engine, for it may be about to get one; and so are very many.
    """
    if len(slugs) > AT_ONCE:
        return
    tx.flush()  # entries are read past the session
    charters: dict[str, Signed] = {}
    for slug in slugs:
        row = registry.charter_in_force(tx, slug)
        read = registered.read_whole(row) if row is not None else None
        if read is not None:
            charters[slug] = read
    entries = [entry for slug in charters if (entry := registry.workload(tx, slug)) is not None]
    live = {entry.slug for entry in entries if entry.status != "retired"}
    there = [row for entry in entries for row in store.standing(tx, "drift", entry.slug)]
    by_calls = {(row.workload, row.kind) for row in there if _by_calls(row)}
    matrix = matrix_of(config.tram)
    drifts = [seen for case in cases(tx, config, live, charters, {}, at) for seen in drift.drifts(case, matrix)
              if (seen.workload, seen.kind) not in by_calls]
    keep(tx, drifts, [row for row in there if not _by_calls(row)], live,
         {slug: charter.charter.version for slug, charter in charters.items()}, at)


def _by_calls(row: CharterException) -> bool:
    """Seen in call records, which only the engine has in memory."""
    return bool(row.evidence.get("seen", "unknown") != "unknown")


def _mended_by(row: CharterException, slugs: Set[str], version: int | None) -> str:
    """Why a drift is no more."""
    if row.workload not in slugs:
        return "the workload is retired, or no longer in the MBOM"
    if version is not None and row.evidence.get("Charter") != f"v{version}":
        return f"Charter v{version} is in force now, and this is no drift from it"
    if row.evidence.get("where") == "used":
        return "it was not used for seven days"
    return "MBOM, Charter and usage agree again"
