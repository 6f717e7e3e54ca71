"""How much a stream uses in an hour and in each of its minutes: pure functions of the seed, exact to the token.

The hour is drawn first and then dealt out to its minutes by cumulative rounding, so minutes always add up to their
hour and hours to their day, and sixty days by the hour never need a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from struct import unpack
from zoneinfo import ZoneInfo

from console.simulator.prices import ZERO, Amounts
from console.simulator.profiles import MONTH_HOURS, Stream, week

HOUR = 3600
MINUTE = 60
_BURST_SHARE, _BURST = 0.02, 2.5
_BURST_MEAN = 1 + _BURST_SHARE * (_BURST - 1)
_NOISE = 0.35
_TOKEN_NOISE = 0.06


@dataclass(frozen=True, slots=True)
class Law:
    """The draw of one story: its seed, the time zone of the week's shape, and when the story starts."""

    seed: int
    zone: str
    start: int

    def hour(self, stream: Stream, hour: int) -> Amounts:
        """What the stream uses in the hour that starts at `hour` (seconds since 1970) while nothing interferes."""
        words = unpack("8Q", digest(self.seed, stream.profile.slug, hour))
        spread, round_up, *classes = unpack("8Q", digest(self.seed, stream.name, hour))[:7]
        noise = 1 + _NOISE * (sum(_unit(word) for word in words[:4]) - 2)
        burst = (_BURST if _unit(words[4]) < _BURST_SHARE else 1.0) / _BURST_MEAN
        shape = week(stream.profile.shape)[hour_of_week(self.zone, hour)]
        mean = self._plan(stream) * shape * self._surge(stream, hour)
        calls = int(mean * noise * burst * (0.97 + 0.06 * _unit(spread)) + _unit(round_up))
        if calls == 0:
            return ZERO
        call = stream.profile.call
        uncached, write, read, output = (
            round(calls * each * (1 + _TOKEN_NOISE * (2 * _unit(word) - 1)))
            for each, word in zip((call.uncached, call.write, call.read, call.output), classes, strict=False))
        searches = calls * call.searches_per_thousand // 1000
        return (uncached, 0 if call.hour_ttl else write, write if call.hour_ttl else 0, read, output, searches, calls)

    def minutes(self, stream: Stream, hour: int) -> list[Amounts]:
        """The same hour as sixty minutes, which add up to it exactly."""
        whole = self.hour(stream, hour)
        if whole[6] == 0:
            return [ZERO] * 60
        traffic = digest(self.seed, f"{stream.name}/minutes", hour)
        size = digest(self.seed, f"{stream.name}/size", hour)
        dealt = _deal(whole[6], [20 + byte for byte in traffic[:60]], traffic[60] / 256)
        weights = [calls * (200 + byte) for calls, byte in zip(dealt, size, strict=False)]
        columns = [_deal(total, weights, 0.0) for total in whole[:6]]
        return list(zip(*columns, dealt, strict=True))

    def _plan(self, stream: Stream) -> float:
        """Calls in an average hour of the plan."""
        return _calls_per_month(stream, self.start) * stream.share / MONTH_HOURS

    def _surge(self, stream: Stream, hour: int) -> float:
        surge = stream.profile.surge
        if surge is None:
            return 1.0
        return surge.factor if hour >= _surge_from(self.start, surge.days) else 1.0


def digest(seed: int, name: str, at: int) -> bytes:
    """Sixty-four bytes that depend on nothing but the arguments."""
    return blake2b(f"{seed}:{name}:{at}".encode(), digest_size=64).digest()


@lru_cache(maxsize=8192)
def hour_of_week(zone: str, hour: int) -> int:
    """0 for Monday 00:00 local time, to 167."""
    local = datetime.fromtimestamp(hour, ZoneInfo(zone))
    return local.weekday() * 24 + local.hour


@lru_cache(maxsize=256)
def _calls_per_month(stream: Stream, at: int) -> int:
    return stream.profile.calls_per_month(at)


@lru_cache(maxsize=64)
def _surge_from(start: int, days: float | None) -> int:
    if days is not None:
        return int(start - days * 24 * HOUR)
    begin = datetime.fromtimestamp(start, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(begin.timestamp())


def _unit(word: int) -> float:
    return word / 2**64


def _deal(total: int, weights: list[int], phase: float) -> list[int]:
    """`total` split in proportion to `weights`, in whole numbers that add up to it; `phase` (0 to 1) moves rounding."""
    sums = list(accumulate(weights))
    denominator = sums[-1]
    shift = int(phase * denominator)
    reached = [(total * part + shift) // denominator for part in sums]
    return [after - before for before, after in zip([0, *reached], reached, strict=False)]
