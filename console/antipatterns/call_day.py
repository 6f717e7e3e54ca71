"""What a workload's calls of one day come to, for the detectors that read call records. Days add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CallDay:
    """Counts of one day, or of several that were added up. Lossless as a document of plain values."""

    calls: int = 0
    cost: int = 0
    """Micro-dollars."""

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> CallDay:
        """What was stored."""
        return cls(**document)


def added(days: Iterable[CallDay]) -> CallDay:
    """The sum of days."""
    calls = cost = 0
    for day in days:
        calls, cost = calls + day.calls, cost + day.cost
    return CallDay(calls, cost)
