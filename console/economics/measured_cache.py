"""What a prompt cache was worth by its measured writes and reads (playbook section 7); `cache.py` has the formulas."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from console.economics.cache import hit_rate, hit_rate_needed, net_saving

TTL_S, LONG_TTL_S = Fraction(300), Fraction(3600)
"""How long an entry lives after its last use, by the two kinds of writes."""


@dataclass(frozen=True, slots=True)
class CachePrices:
    """What a token costs, in any one unit of money: only their proportions and products matter."""

    uncached: Fraction
    written_5m: Fraction
    written_1h: Fraction
    read: Fraction


@dataclass(frozen=True, slots=True)
class CacheUse:
    """Tokens that went through a prompt cache."""

    written_5m: int
    written_1h: int
    read: int

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h

    @property
    def tokens(self) -> int:
        return self.written + self.read

    @property
    def hits(self) -> Fraction | None:
        """Share of the tokens that were read; None where there are none."""
        return Fraction(self.read, self.tokens) if self.tokens else None

    def paid(self, prices: CachePrices) -> Fraction:
        """What its writes and reads cost."""
        return (self.written_5m * prices.written_5m + self.written_1h * prices.written_1h + self.read * prices.read)

    def without(self, prices: CachePrices) -> Fraction:
        """What the same tokens cost without a cache."""
        return self.tokens * prices.uncached

    def at(self, hits: Fraction, prices: CachePrices) -> Fraction:
        """What the same tokens cost where that share of them is read, and the rest written as it is here."""
        write, read = self.multiples(prices)
        return self.without(prices) * (1 - net_saving(write, read, hits))

    def needed(self, prices: CachePrices) -> Fraction | None:
        """The share that must be read so that caching costs no more than none; None: no share is enough."""
        return hit_rate_needed(*self.multiples(prices))

    def expected(self, calls_per_minute: Fraction) -> Fraction:
        """The share that is read where calls of one prefix arrive at random at this rate."""
        long = Fraction(self.written_1h, self.written) if self.written else Fraction(0)
        return (1 - long) * hit_rate(calls_per_minute, TTL_S) + (long and long * hit_rate(calls_per_minute, LONG_TTL_S))

    def multiples(self, prices: CachePrices) -> tuple[Fraction, Fraction]:
        """Prices of a written and of a read token, in prices of one not cached; writes as they are mixed here.

        Raises ZeroDivisionError where uncached tokens are free.
        """
        long = Fraction(self.written_1h, self.written) if self.written else Fraction(0)
        write = (1 - long) * prices.written_5m + long * prices.written_1h
        return write / prices.uncached, prices.read / prices.uncached
