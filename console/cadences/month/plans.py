"""Which Charter a workload was held to in a period of the past, and what it projects of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from console.cadences.commitments import Commitment, commitments
from console.cadences.month.alpha import Plan


@dataclass(frozen=True, slots=True)
class Held:
    """The Charter that a workload is held to in a period."""

    plan: Plan
    remarks: tuple[str, ...] = ()
    """What a reader of the period should know of it, in sentences."""


def plans(tx: Session, start: datetime, end: datetime) -> dict[str, Held]:
    """By workload: the Charter in force at the end of [start, end), or the last one in it where it was retired before.

    Where the version changed within the period, the remarks say so.
    """
    return {slug: Held(versions[-1].stated.plan, _remarks(versions, start))
            for slug, versions in commitments(tx, start, end).items()}


def _remarks(versions: Sequence[Commitment], start: datetime) -> tuple[str, ...]:
    last = versions[-1]
    said = []
    if len(versions) > 1:
        said.append(f"Version {versions[-2].version} of the Charter held until {last.since:%Y-%m-%d}; the month is "
                    f"held to version {last.version}.")
    elif last.since > start:
        said.append(f"The Charter is in force since {last.since:%Y-%m-%d}; the whole month is held to it.")
    if last.until is not None:
        said.append(f"The Charter was retired on {last.until:%Y-%m-%d}.")
    return tuple(said)
