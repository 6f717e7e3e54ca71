"""The answers of GetMetricData, read strictly and put together as rows: what is not as documented is an error."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.clock import from_epoch, rfc3339
from console.memory import uncollected
from console.providers.bedrock.metrics import Measure, Series, dimensions_of, tokens_of
from console.providers.rows import Rows
from console.providers.shared.fields import UnusableError, objects
from console.providers.shared.points import repeated, told
from console.providers.source import Dimensions
from console.text import clean

_MOST = 10**13
"""Tokens of one class, one series and one bucket: a thousand times what any organisation has used in a day."""
_UNKNOWN = -1


@dataclass(slots=True)
class Reading:
    """What one account and region tells of [start, end) in buckets of `width` seconds."""

    start: int
    end: int
    width: int
    counts: dict[Series, dict[Measure, array[int]]] = field(default_factory=dict)

    @uncollected()
    def page(self, said: Mapping[str, Any], asked: Sequence[tuple[Series, Measure]], states: dict[str, str]) -> None:
        """Take in one page. `states` keeps how complete each query is by now. Raises UnusableError."""
        if messages := said.get("Messages"):
            raise UnusableError(f"it is not whole: {clean(str(messages)[:400], 160)}")
        for result in objects(said, "MetricDataResults"):
            identifier = str(result.get("Id"))
            place = int(identifier[1:]) if identifier[1:].isdigit() else -1
            if not identifier.startswith("q") or not 0 <= place < len(asked):
                raise UnusableError(f"a result answers {clean(identifier, 40)}, which was not asked")
            states[identifier] = str(result.get("StatusCode"))
            try:
                self._points(*asked[place], result.get("Timestamps") or (), result.get("Values") or ())
            except (TypeError, OverflowError, ValueError) as error:
                if isinstance(error, UnusableError):
                    raise
                raise UnusableError(f"{asked[place][0].model_id} has times or values that are no numbers") from error

    def _points(self, series: Series, measure: Measure, stamps: Sequence[Any], values: Sequence[Any]) -> None:
        if len(stamps) != len(values):
            raise UnusableError(f"{series.model_id} has {len(stamps)} times and {len(values)} values")
        start, end, width, points = self.start, self.end, self.width, array("q")
        for stamp, value in zip(stamps, values, strict=True):
            at = stamp.timestamp() if isinstance(stamp, datetime) else stamp
            bucket = int(at)
            if bucket != at or bucket % width or not start <= bucket < end:
                raise UnusableError(f"{series.model_id} has a value at {_shown(at)}, which is no bucket that was asked")
            count = int(value) if 0 <= value <= _MOST else None  # NaN is neither
            if count is None or count != value:
                raise UnusableError(f"{measure.name.lower()} of {series.model_id} at {_shown(at)} is "
                                    f"{clean(str(value), 40)} instead of a count")
            points.extend((bucket, count))
        known = self.counts.setdefault(series, {}).setdefault(measure, array("q"))
        if (twice := repeated(known, points)) is not None:
            raise UnusableError(f"{series.model_id} has two values of {measure.name.lower()} at {_shown(twice)}")
        known.extend(points)

    def rows(self, account: str, region: str, models: Mapping[str, str]) -> Rows:
        """A row for each series and bucket with anything in it. Series with the same dimensions are one.

        The points are given back while they are turned into rows.
        """
        alike: dict[Dimensions, list[Series]] = {}
        for series in sorted(self.counts):
            alike.setdefault(dimensions_of(account, region, series, models), []).append(series)
        rows = Rows()
        for dimensions, parts in alike.items():
            for bucket, counts in self._buckets(parts).items():
                used = [max(0, count) for count in counts]
                if any(used):
                    calls = counts[Measure.CALLS]
                    rows.append(bucket, dimensions, tokens_of(parts[0].namespace, used),
                                None if calls == _UNKNOWN else calls)
        return rows

    def _buckets(self, parts: Iterable[Series]) -> dict[int, list[int]]:
        """By bucket the sum of each measure over these series, `_UNKNOWN` where none of them tells it."""
        buckets: dict[int, list[int]] = {}
        for series in parts:
            for measure, points in self.counts.pop(series).items():
                for bucket, count in told(points):
                    sums = buckets.get(bucket)
                    if sums is None:
                        sums = buckets[bucket] = [_UNKNOWN] * len(Measure)
                    sums[measure] = max(0, sums[measure]) + count
        return buckets


def complete(states: Mapping[str, str], asked: int) -> None:
    """Whether every query was answered whole. Raises UnusableError."""
    if len(states) < asked:
        raise UnusableError(f"{asked - len(states)} of {asked} metrics were not answered")
    left = {state for state in states.values() if state != "Complete"}
    if left:
        raise UnusableError(f"some metrics ended as {clean(', '.join(sorted(left)), 80)} instead of Complete")


def _shown(at: float) -> str:
    try:
        return rfc3339(from_epoch(at))
    except (ValueError, OverflowError, OSError):
        return clean(str(at), 40)
