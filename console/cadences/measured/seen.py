"""What is looked at of a workload, and what is then known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from console.cadences.orchestration import Multiplier
from console.charters.document import CharterDocument
from console.economics.filling import Known
from console.money import MicroUsd

DAYS = 30
MEASURED = f"measured, last {DAYS} days"


@dataclass(frozen=True, slots=True)
class Use:
    """What one model did for the workload in the measured days."""

    provider: str
    """As the price library names it."""
    model: str
    requests: int | None
    """None where its source does not count them."""
    tokens: tuple[int, ...]
    """Uncached input, cache writes for five minutes and for an hour, cache reads, output."""
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class Traces:
    """Calls of the last day that name the user's action, or the conversation, that they belong to."""

    actions: int
    action_tokens: int | None
    """None where a call's tokens were not told."""
    sessions: int
    session_calls: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is looked at."""

    at: datetime
    days: Fraction
    """For how long it was used, of the measured days at most; zero where it was not."""
    uses: Sequence[Use]
    """The dearest first."""
    traces: Traces
    multiplier: Multiplier | None
    """Of its call records in the measured days; None where there are none."""
    entry: Mapping[str, Any]
    charter: tuple[int, CharterDocument] | None
    """The version in force."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is known of one workload."""

    workload: str
    at: datetime
    known: Mapping[str, Known]


def requests_of(uses: Sequence[Use]) -> int | None:
    """All calls; None where one of the sources does not count them, or there are none."""
    counts = [each.requests for each in uses if each.requests is not None]
    return sum(counts) if len(counts) == len(uses) and any(counts) else None


def of_charter(version: int) -> str:
    """Where a figure of that version is from."""
    return f"Charter v{version}"


def at_path(entry: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What the MBOM entry says there; None where it says nothing."""
    found: Any = entry
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
