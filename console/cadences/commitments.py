"""Which Charter each workload was held to, and when: every version that came into force, until the next one or its
end.

Read from the stored documents as they are, without building them: two thousand workloads are asked of two years at
once. One whose content is not what its hash says binds nobody, here as elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlmodel import Session

from console.cadences.month.alpha import Plan
from console.charters import signing
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
    drill_every: str | None = None
    """How long a drill proves the breaker: `90d`; None: none is demanded."""


class Commitment(NamedTuple):
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

    def held_in(self, periods: Sequence[tuple[datetime, datetime]]) -> list[dict[str, Commitment]]:
        """What `within` says of each of several periods [start, end), which follow each other."""
        found: list[dict[str, Commitment]] = [{} for _ in periods]
        starts, ends = [start for start, _ in periods], [end for _, end in periods]
        for slug, versions in self._held.items():
            for each in versions:  # a later version takes the place of an earlier one in the period that it begins in
                first = bisect_right(ends, each.since)
                last = len(periods) if each.until is None else bisect_left(starts, each.until)
                for one in found[first:last]:
                    one[slug] = each
        return found

    def items(self) -> Iterable[tuple[str, tuple[Commitment, ...]]]:
        """Each workload with its versions."""
        return self._held.items()


def commitments(tx: Session, start: datetime, end: datetime) -> Commitments:
    """Those that were in force at some time in [start, end)."""
    held: dict[str, tuple[Commitment, ...]] = {}
    retired, since_start = held_charters.retired(tx), microseconds(start)
    for slug, rows in groupby(held_charters.signed(tx, end), itemgetter(0)):
        found, following = [], None
        for _, version, since, content_hash, document in sorted(rows, key=_SINCE_AND_VERSION, reverse=True):
            until = _earlier(following, retired.get((slug, version)))
            following = since
            if until is not None and until <= since_start:
                continue
            stated = _stated(content_hash, document)
            if stated is not None:
                found.append(Commitment(version, from_microseconds(since),
                                        None if until is None else from_microseconds(until), stated))
        if found:
            held[slug] = tuple(reversed(found))
    return Commitments(held)


_SINCE_AND_VERSION = itemgetter(2, 1)


def _earlier(one: int | None, other: int | None) -> int | None:
    """None is never."""
    return one if other is None else other if one is None else min(one, other)


def _stated(content_hash: str, stored: str) -> Stated | None:
    key = content_hash, hash(stored)
    if key not in _remembered:
        remember(content_hash, stored, _genuine(content_hash, stored))
    return _remembered[key]


_remembered: dict[tuple[str, int], Stated | None] = {}
"""By content hash and what is stored under it: understanding a document takes longer than all else that is read."""


def remember(content_hash: str, stored: str, document: Mapping[str, Any] | None) -> None:
    """Who has understood a stored document, or found that it is not what its hash says (None), spares others that."""
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    try:
        _remembered[content_hash, hash(stored)] = None if document is None else _understood(document)
    except (KeyError, TypeError, ValueError, ArithmeticError):  # one spoilt row must not end the reading of the others
        _remembered[content_hash, hash(stored)] = None


def _genuine(content_hash: str, stored: str) -> Mapping[str, Any] | None:
    try:
        document: Mapping[str, Any] | None = signing.genuine(content_hash, stored)
    except ValueError:
        return None
    return document


def _understood(document: Mapping[str, Any]) -> Stated:
    purpose, tram = document["purpose"], document["tram"]
    return Stated(_plan(document), f"{tram['cost_variance']} x {tram['output_variance']}", purpose["half_life"],
                  purpose["half_life_months"], document["runaway"].get("drill_every"))


def _plan(document: Mapping[str, Any]) -> Plan:
    purpose, expected = document["purpose"], document["expected"]
    produced = purpose.get("outcomes_per_month")
    return Plan(
        version=document["charter"]["version"], outcome=purpose["outcome"], expected=expected["monthly"],
        outcome_value=purpose["outcome_value"], baseline_value=purpose.get("baseline_value"),
        outcomes=None if produced is None else Decimal(produced), review=expected.get("review_cost"),
        rework=expected.get("rework_cost"))
