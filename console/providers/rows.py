"""Many rows of usage at once, as plain numbers.

A minute of a thousand keys on five sources is tens of thousands of rows. As objects they would take ten times the room,
and leave holes all over the memory when they are given back.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from console.providers.source import Dimensions, Tokens, UsageRow

_WIDTH = 9
_BUCKET, _SERIES, _TOKENS, _REQUESTS = 0, 1, slice(2, 8), 8
"""Where in a row each number stands."""
_UNKNOWN = -1
"""Requests that nobody told."""


class Rows:
    """Rows in the order in which they were put in; each series' dimensions are held once."""

    __slots__ = ("_numbers", "_places", "_series")

    def __init__(self, rows: Iterable[UsageRow] = ()) -> None:
        self._numbers = array("q")
        self._series: list[Dimensions] = []
        self._places: dict[Dimensions, int] = {}
        for row in rows:
            self.append(*row)

    def append(self, bucket: int, dimensions: Dimensions, tokens: Tokens, requests: int | None = None) -> None:
        """One row more."""
        self._numbers.extend((bucket, self._place_of(dimensions), *tokens, _UNKNOWN if requests is None else requests))

    def extend(self, others: Rows) -> None:
        """All rows of another after these."""
        begin, numbers = len(self._numbers), others._numbers
        self._numbers.extend(numbers)
        places = [self._place_of(dimensions) for dimensions in others._series]
        self._numbers[begin + _SERIES::_WIDTH] = array("q", [places[each] for each in numbers[_SERIES::_WIDTH]])

    def add(self, place: int, tokens: Tokens, requests: int | None) -> None:
        """Let the row at `place`, counted from 0, be so much more. Requests are known where both parts are."""
        before = self[place]
        known = before.requests is not None and requests is not None
        whole = (before.requests or 0) + (requests or 0) if known else _UNKNOWN
        begin = place * _WIDTH + _TOKENS.start
        self._numbers[begin:begin + len(tokens) + 1] = array(
            "q", (*(one + other for one, other in zip(before.tokens, tokens, strict=True)), whole))

    def join(self, others: Rows) -> None:
        """All rows of another; those of a series and a bucket that stand here already are added to them."""
        if not others._numbers:
            return
        own = {(row.bucket, row.dimensions): place for place, row in enumerate(self)}
        for row in others:
            place = own.get((row.bucket, row.dimensions))
            if place is None:
                self.append(*row)
            else:
                self.add(place, row.tokens, row.requests)

    def before(self, end: int) -> Rows:
        """Those whose bucket starts before `end`; these themselves where all of them do."""
        numbers = self._numbers
        if all(bucket < end for bucket in numbers[_BUCKET::_WIDTH]):
            return self
        return Rows(row for row in self if row.bucket < end)

    def series(self) -> list[Dimensions]:
        """The dimensions of the rows, each once."""
        return list(self._series)

    def newest(self) -> int | None:
        """The start of the newest bucket in which anything was used; None where nothing was."""
        return max((bucket for bucket, _, *tokens, _ in self.plain() if any(tokens)), default=None)

    def plain(self) -> Iterator[tuple[int, ...]]:
        """Each row as its nine numbers: the bucket, the place of its dimensions in `series`, tokens by class in the
        order of `Tokens`, and requests, -1 where nobody told them."""
        numbers = iter(self._numbers)
        return zip(*[numbers] * _WIDTH, strict=True)

    def __len__(self) -> int:
        return len(self._numbers) // _WIDTH

    def __getitem__(self, place: int) -> UsageRow:
        return self._at(range(0, len(self._numbers), _WIDTH)[place])

    def __iter__(self) -> Iterator[UsageRow]:
        return map(self._at, range(0, len(self._numbers), _WIDTH))

    def _at(self, begin: int) -> UsageRow:
        found = self._numbers[begin:begin + _WIDTH]
        requests = found[_REQUESTS]
        return UsageRow(found[_BUCKET], self._series[found[_SERIES]], Tokens(*found[_TOKENS]),
                        None if requests == _UNKNOWN else requests)

    def _place_of(self, dimensions: Dimensions) -> int:
        place = self._places.setdefault(dimensions, len(self._series))
        if place == len(self._series):
            self._series.append(dimensions)
        return place
