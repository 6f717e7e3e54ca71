"""Planned changes as they were announced: who meant what until when, and what of it holds at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.cadences.changes import Change, together
from console.clock import rfc3339
from store import changes
from store.tables import PlannedChange


@dataclass(frozen=True, slots=True)
class Announced:
    """A change as it was announced, with who did it and why."""

    number: int
    change: Change
    reason: str
    by: str
    at: datetime

    @property
    def says(self) -> str:
        """What is meant, until when, and who says so, in one clause."""
        change = self.change
        models = f" and {', '.join(change.models)}" if change.models else ""
        return (f"{change.kind} of {change.workload} from {rfc3339(change.starts)} until {rfc3339(change.ends)}, "
                f"{change.multiple:g}x the plan{models}, by {self.by}: {self.reason}")


def announced(tx: Session, at: datetime) -> list[Announced]:
    """Changes that hold at an instant or will hold after it, the first to begin first."""
    return [told(row) for row in changes.unfinished(tx, at)]


def told(row: PlannedChange) -> Announced:
    """A stored change as a value."""
    assert row.id is not None
    return Announced(row.id, Change(row.workload, row.kind, row.starts_at, row.ends_at, row.multiple,
                                    tuple(row.models)), row.reason, row.announced_by, row.announced_at)


def in_force(announcements: Iterable[Announced], at: datetime) -> dict[str, Change]:
    """What holds now, by workload. Of several that hold together the largest multiple counts, and every model."""
    announced_to: dict[str, list[Change]] = {}
    for each in announcements:
        announced_to.setdefault(each.change.workload, []).append(each.change)
    held = ((slug, together(found, at)) for slug, found in announced_to.items())
    return {slug: change for slug, change in held if change is not None}
