"""Nobody is killed on one reading: two whole ones in a row must agree (operations CB-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.clock import Clock
from console.watch.execution import Held
from console.watch.intake import Poll
from console.watch.judgement import Judge, Judged, Trip
from console.watch.polling import Polling


@dataclass(slots=True)
class Confirming:
    """One for each engine: the workloads that the last two readings of their sources would have killed."""

    polling: Polling
    judge: Judge
    clock: Clock
    _suspected: frozenset[str] = frozenset()

    async def trips(self, judged: Judged, polls: Sequence[Poll], held: Held | None) -> tuple[Trip, ...]:
        """Trips that two whole readings in a row agree on; for a first suspicion its sources are read again at once.

        A poll that failed is no reading: what it left in the store was judged before.
        """
        suspects = _read_whole(judged.trips, polls)
        if new := suspects - self._suspected:
            sources = {name for trip in judged.trips if trip.facts.workload in new for name in trip.facts.sources}
            again = await self.polling.again(sources, self.clock.now(), held)
            polls = list(({poll.name: poll for poll in polls} | {poll.name: poll for poll in again}).values())
            judged = await asyncio.to_thread(self.judge.judge, self.clock.now(), held)
        # What only the second reading showed is new in the next turn, and has the last hour read again then.
        self._suspected = confirmed = suspects & _read_whole(judged.trips, polls)
        return tuple(trip for trip in judged.trips if trip.facts.workload in confirmed)

    def forget(self) -> None:
        """Begin anew: another process may have led meanwhile, and what was read before is not in a row with what is."""
        self._suspected = frozenset()


def _read_whole(trips: Iterable[Trip], polls: Iterable[Poll]) -> frozenset[str]:
    """The workloads to be tripped whose every source was just read to its end."""
    failed = {poll.name for poll in polls if not poll.ok}
    return frozenset(trip.facts.workload for trip in trips if not failed.intersection(trip.facts.sources))
