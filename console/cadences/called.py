"""What the calls of every workload come to, as they are pushed: between two readings of usage, and known at once.

Calls come in from the thread that stores them, and are judged in another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.cadences.call_track import KEPT_S, Call, CallSigns, CallTrack
from console.money import MicroUsd


@dataclass(slots=True)
class Called:
    """Held from one judgement to the next."""

    _tracks: dict[str, CallTrack] = field(default_factory=dict)
    _more: dict[str, MicroUsd] = field(default_factory=dict)
    """What was stored of each workload since usage was last gathered, where it counts."""
    _unproven: dict[str, datetime] = field(default_factory=dict)
    """When a call was last told by a sender that did not prove who it is, by workload."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, workload: str, calls: Iterable[Call], at: datetime, *, proven: bool = True) -> None:
        """Take in calls that are stored. `proven`: their senders proved who they are."""
        with self._lock:
            if not proven:
                self._unproven[workload] = at
            self._tracks.setdefault(workload, CallTrack()).take(calls, at)

    def amend(self, workload: str, told: Iterable[tuple[Call, Call]], at: datetime, *, proven: bool = True) -> None:
        """Calls that were taken in are told anew: (before, after). `proven`: as in `take`."""
        with self._lock:
            if not proven:
                self._unproven[workload] = at
            track = self._tracks.setdefault(workload, CallTrack())
            for before, after in told:
                track.amend(before, after)

    def withdraw(self, workload: str, calls: Iterable[Call]) -> None:
        """Calls that were taken in are none of this workload."""
        with self._lock:
            track = self._tracks.get(workload) or CallTrack()
            for call in calls:
                track.withdraw(call)

    def spent(self, workload: str, more: MicroUsd) -> None:
        """So much more of it counts since usage was last gathered; less, where a figure was corrected."""
        with self._lock:
            self._more[workload] = self._more.get(workload, 0) + more

    def gathered(self) -> None:
        """All that is stored is in what was just gathered: to be said in a transaction that writes."""
        with self._lock:
            self._more.clear()

    def more(self, workload: str) -> MicroUsd:
        """What came in since."""
        with self._lock:
            return self._more.get(workload, 0)

    def worst(self, workload: str, at: datetime) -> CallSigns | None:
        """What its calls show, quickly: without how many sessions are concerned. None where it has no calls."""
        with self._lock:
            track = self._tracks.get(workload)
            return None if track is None else track.worst(at)

    def signs(self, workload: str, at: datetime) -> CallSigns | None:
        """All that its calls show; None where it has none."""
        with self._lock:
            track = self._tracks.get(workload)
            return None if track is None else track.signs(at)

    def is_proven(self, workload: str, at: datetime) -> bool:
        """Whether no call of the last hour was told by a sender that did not prove who it is."""
        with self._lock:
            last = self._unproven.get(workload)
            return last is None or at - last > timedelta(seconds=KEPT_S)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._tracks.clear()
            self._unproven.clear()
            self._more.clear()
