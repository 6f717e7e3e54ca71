"""Tool calls of an hour, and how many of them another session had just made: the same job done twice."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

TWICE_WITHIN_S = 600

Job = tuple[str, str]
"""A tool, and the hash of its arguments."""


@dataclass(slots=True)
class Jobs:
    """Of each job its calls in the order of time, whatever the order they come in or are taken back in.

    One is done twice where the call of that job before it was another session's, and minutes ago.
    """

    called: int = 0
    twice: int = 0
    """Of these."""
    _calls: dict[Job, list[tuple[int, str]]] = field(default_factory=dict)
    """(second, session)."""

    def put(self, job: Job, at: int, session: str) -> None:
        calls = self._calls.setdefault(job, [])
        place = bisect_left(calls, (at, session))
        self.twice -= _is_twice(calls, place)
        calls.insert(place, (at, session))
        self.twice += _is_twice(calls, place) + _is_twice(calls, place + 1)
        self.called += 1

    def take_back(self, job: Job, at: int, session: str) -> None:
        """One that was put."""
        calls = self._calls[job]
        place = bisect_left(calls, (at, session))
        self.twice -= _is_twice(calls, place) + _is_twice(calls, place + 1)
        del calls[place]
        self.twice += _is_twice(calls, place)
        self.called -= 1
        if not calls:
            del self._calls[job]


def _is_twice(calls: list[tuple[int, str]], place: int) -> bool:
    if not 0 < place < len(calls):
        return False
    (before, other), (at, session) = calls[place - 1], calls[place]
    return other != session and at - before <= TWICE_WITHIN_S
