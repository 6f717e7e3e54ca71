"""What a track says of the last so many seconds, worked out when somebody asks: most windows of calm work never are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from console.cadences.track import Track
from console.money import MicroUsd

_MINUTE = 60


class Lookback(Mapping[int, MicroUsd]):
    """Micro-dollars by window length in seconds. What was asked for stays as it was, whatever the track takes in."""

    __slots__ = ("_known", "_lengths", "_track")

    def __init__(self, track: Track, lengths: Sequence[int]) -> None:
        self._track, self._lengths = track, lengths
        self._known: dict[int, MicroUsd] = {}

    def __getitem__(self, length: int) -> MicroUsd:
        known = self._known.get(length)
        if known is None:
            if length not in self._lengths:
                raise KeyError(length)
            known = self._known[length] = self._track.spent(length // _MINUTE)
        return known

    def __iter__(self) -> Iterator[int]:
        return iter(self._lengths)

    def __len__(self) -> int:
        return len(self._lengths)
