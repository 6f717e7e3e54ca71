"""The points of a series as plain numbers: a bucket and what was counted in it, in turn, as they came."""

from __future__ import annotations

from array import array
from collections.abc import Iterator


def told(points: array[int]) -> Iterator[tuple[int, int]]:
    """Each point as (bucket, count)."""
    numbers = iter(points)
    return zip(numbers, numbers, strict=True)


def repeated(known: array[int], new: array[int]) -> int | None:
    """A bucket that `new` has twice, or that is in `known` already; None where there is none."""
    buckets = new[::2]
    once = set(buckets)
    if len(once) < len(buckets):
        return next(bucket for bucket in once if buckets.count(bucket) > 1)
    return next(iter(once.intersection(known[::2])), None) if known else None
