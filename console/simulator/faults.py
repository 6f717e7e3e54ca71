"""Faults on order: what a provider does on a bad day, so that clients can be watched coping with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

KINDS = ("401", "403", "429", "429_no_retry", "500", "529", "slow", "truncated_pages", "duplicate_buckets", "malformed",
         "huge", "drop", "negative")
"""truncated_pages: half the buckets are missing and no page follows. huge: a body of 64 MiB. drop: no answer at all.
negative: counts below zero, where a simulator has that fault."""


@dataclass(slots=True)
class Fault:
    kind: str
    count: int = 1
    """How many requests it hits."""
    path: str = "/"
    """Prefix of the paths it hits."""
    seconds: float = 30.0
    """slow: real seconds until the answer."""
    method: str | None = None
    """Only this method."""


class Faults:
    """What is still to go wrong, oldest order first. Safe to use from several threads."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._faults = list(faults)
        self._lock = threading.Lock()

    def order(self, fault: Fault) -> None:
        """Let something go wrong. Raises ValueError for an unknown kind."""
        if fault.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted down; None where all goes well."""
        with self._lock:
            for fault in self._faults:
                if fault.count > 0 and path.startswith(fault.path) and fault.method in (None, method):
                    fault.count -= 1
                    return fault
            return None

    def clear(self) -> None:
        """Nothing more goes wrong."""
        with self._lock:
            self._faults.clear()
