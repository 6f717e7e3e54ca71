"""Which Charter a workload was held to in a period of the past, and what it projects of a month.

Read from the stored documents as they are, without building them: two thousand Charters are asked at once. One whose
content is not what its hash says binds nobody, here as elsewhere.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from console.cadences.alpha import Plan
from store import registry

MOST_REMEMBERED = 20_000
"""Charters; some kilobytes each."""


@dataclass(frozen=True, slots=True)
class _InForce:
    version: int
    since: datetime
    until: datetime | None


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
    held: dict[str, list[_InForce]] = defaultdict(list)
    retired = registry.retirements(tx)
    for slug, version, signed in registry.signed_before(tx, end):
        if held[slug]:
            before = held[slug][-1]
            held[slug][-1] = _InForce(before.version, before.since, min(before.until or signed, signed))
        held[slug].append(_InForce(version, signed, retired.get((slug, version))))
    within = {slug: [each for each in versions if each.until is None or each.until > start]
              for slug, versions in held.items()}
    found = {}
    for slug, version, content_hash, document in registry.charter_texts(tx, end):
        versions = within[slug]
        if versions and versions[-1].version == version:
            plan = _plan(content_hash, document)
            if plan is not None:
                found[slug] = Held(plan, _remarks(versions, start))
    return found


@functools.lru_cache(maxsize=MOST_REMEMBERED)
def _plan(content_hash: str, stored: str) -> Plan | None:
    """What a stored document projects; None where it is not what was signed, or cannot be read. Remembered, since
    nothing else tells."""
    try:
        document = json.loads(stored)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        if hashlib.sha256(text.encode("ascii")).hexdigest() != content_hash:
            return None
        purpose: Mapping[str, Any] = document["purpose"]
        expected: Mapping[str, Any] = document["expected"]
        produced = purpose.get("outcomes_per_month")
        return Plan(
            version=document["charter"]["version"], outcome=purpose["outcome"], expected=expected["monthly"],
            outcome_value=purpose["outcome_value"], baseline_value=purpose.get("baseline_value"),
            outcomes=None if produced is None else Decimal(produced), review=expected.get("review_cost"),
            rework=expected.get("rework_cost"))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # one spoilt row must not end the reading of the others
        return None


def _remarks(versions: list[_InForce], start: datetime) -> tuple[str, ...]:
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
