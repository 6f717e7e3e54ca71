"""Which Charter each workload was held to, and when: every version that came into force, until the next one or its
end.

Read from the stored documents as they are, without building them: two thousand workloads are asked of two years at
once. One whose content is not what its hash says binds nobody, here as elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlmodel import Session

from console.cadences.month.alpha import Plan
from store import held_charters
from store.tables.types import from_microseconds, microseconds

_MOST_REMEMBERED = 100_000


class Stated(NamedTuple):
    """What a Charter says of its months, its place in the matrix and its half-life."""

    plan: Plan
    cell: str
    """`low x medium`."""
    half_life: str
    half_life_months: int | None


@dataclass(frozen=True, slots=True)
class Commitment:
    """One version, for as long as it was in force."""

    version: int
    since: datetime
    until: datetime | None
    """The next version's signature, or the retirement; None while it is in force."""
    stated: Stated


class Commitments:
    """By workload, oldest first."""

    def __init__(self, held: Mapping[str, tuple[Commitment, ...]]) -> None:
        self._held = held

    def at(self, slug: str, instant: datetime) -> Commitment | None:
        """The one in force at an instant."""
        for each in reversed(self._held.get(slug, ())):
            if each.since <= instant:
                return each if each.until is None or each.until > instant else None
        return None

    def within(self, slug: str, start: datetime, end: datetime) -> Commitment | None:
        """The one in force at the end of [start, end), or the last one in it: the whole period is held to it."""
        for each in reversed(self._held.get(slug, ())):
            if each.since < end:
                return each if each.until is None or each.until > start else None
        return None

    def items(self) -> Iterable[tuple[str, tuple[Commitment, ...]]]:
        """Each workload with its versions."""
        return self._held.items()

    def all_within(self, start: datetime, end: datetime) -> Iterator[tuple[str, Commitment]]:
        """What `within` says of every workload that has one."""
        for slug in self._held:
            each = self.within(slug, start, end)
            if each is not None:
                yield slug, each


def commitments(tx: Session, start: datetime, end: datetime) -> Commitments:
    """Those that were in force at some time in [start, end)."""
    wanted: dict[tuple[str, int], tuple[datetime, datetime | None]] = {}
    for slug, versions in groupby(held_charters.signed(tx, end), itemgetter(0)):
        following: int | None = None
        for _, version, since, retired in reversed(list(versions)):
            until = min((each for each in (retired, following) if each is not None), default=None)
            following = since
            if until is None or until > microseconds(start):
                wanted[slug, version] = from_microseconds(since), None if until is None else from_microseconds(until)
    held: dict[str, tuple[Commitment, ...]] = {}
    for slug, version, stated in _stated(tx, wanted):
        held[slug] = (*held.get(slug, ()), Commitment(version, *wanted[slug, version], stated))
    return Commitments(held)


def _stated(tx: Session, wanted: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int, Stated]]:
    for slug, version, content_hash, document in held_charters.documents(tx, wanted):
        key = content_hash, hash(document)
        if key not in _remembered:
            if len(_remembered) >= _MOST_REMEMBERED:
                _remembered.clear()
            _remembered[key] = _understood(content_hash, document)
        stated = _remembered[key]
        if stated is not None:
            yield slug, version, stated


_remembered: dict[tuple[str, int], Stated | None] = {}
"""By content hash and what is stored under it: understanding a document takes longer than all else that is read."""


def _understood(content_hash: str, stored: str) -> Stated | None:
    """None where the content is not what its hash says, or cannot be read."""
    try:
        document = json.loads(stored)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        if hashlib.sha256(text.encode("ascii")).hexdigest() != content_hash:
            return None
        purpose, tram = document["purpose"], document["tram"]
        return Stated(_plan(document), f"{tram['cost_variance']} x {tram['output_variance']}", purpose["half_life"],
                      purpose["half_life_months"])
    except (KeyError, TypeError, ValueError, ArithmeticError):  # one spoilt row must not end the reading of the others
        return None


def _plan(document: Mapping[str, Any]) -> Plan:
    purpose, expected = document["purpose"], document["expected"]
    produced = purpose.get("outcomes_per_month")
    return Plan(
        version=document["charter"]["version"], outcome=purpose["outcome"], expected=expected["monthly"],
        outcome_value=purpose["outcome_value"], baseline_value=purpose.get("baseline_value"),
        outcomes=None if produced is None else Decimal(produced), review=expected.get("review_cost"),
        rework=expected.get("rework_cost"))
