"""Prompt caching: when it pays (playbook section 7). Costs are multiples of the price of an input token not cached.

    cost of the prefix = hit rate x read multiple + (1 - hit rate) x write multiple, against 1 without a cache

Calls come at random (a Poisson stream) and every use renews the entry, so a call hits when the one before it is no
older than the TTL: hit rate = 1 - e^(-calls a second x TTL).
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from console.economics.curve import Curve, Line
from console.economics.topic import Input, Result, Topic, Values, Worked
from console.economics.wording import percent, plain
from console.errors import UsageError

_MINUTE = 60
_DIGITS = 40
"""Of a logarithm or a power; a result is good to more than thirty."""
_DEAD = 4_000
"""Calls in one TTL from which a miss has no probability that matters (e^-4000)."""


def hit_rate_needed(write: Fraction, read: Fraction) -> Fraction | None:
    """The share of calls that must hit so that caching costs no more than none. None: no share is enough.

    From h r + (1 - h) w = 1: h = (w - 1) / (w - r). Zero where a write costs no more than no cache (w <= 1).
    """
    if write <= 1:
        return Fraction(0)
    return (write - 1) / (write - read) if read <= 1 else None


def hit_rate(calls_per_minute: Fraction, ttl_seconds: Fraction) -> Fraction:
    """1 - e^(-rate x TTL), to more than thirty digits."""
    expected = calls_per_minute * ttl_seconds / _MINUTE
    if expected > _DEAD:
        return Fraction(1)
    with localcontext() as context:
        context.prec = _DIGITS
        return 1 - Fraction((-_decimal(expected)).exp())


def break_even_calls_per_minute(needed: Fraction | None, ttl_seconds: Fraction) -> Fraction | None:
    """Calls a minute at which that share of them hits: -ln(1 - h) x 60 / TTL. None: no rate is enough."""
    if needed is None or needed >= 1:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(-_decimal(1 - needed).ln()) * _MINUTE / ttl_seconds


def net_saving(write: Fraction, read: Fraction, hits: Fraction) -> Fraction:
    """Share of what the prefix costs without a cache; below zero, caching costs more."""
    return 1 - (hits * read + (1 - hits) * write)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


INPUTS = (
    Input("write_multiple", "number", "1.25", "price of a token written to the cache, in prices of one not cached",
          most="100", measure="cache_write_multiple"),
    Input("read_multiple", "number", "0.1", "price of a token read from the cache, in prices of one not cached",
          most="100", measure="cache_read_multiple"),
    Input("ttl_seconds", "number", "300", "seconds that an entry lives after its last use", least="1", most="31622400",
          measure="cache_ttl_seconds"),
    Input("calls_per_minute", "number", "2", "calls a minute that share the prefix, arriving at random",
          measure="calls_per_minute"),
)


def _work(given: Values) -> Worked:
    write, read, ttl, rate = (given[each.name] for each in INPUTS)
    if read > write:
        raise UsageError(f"--read-multiple {plain(read)} is above --write-multiple {plain(write)}: a cache that is "
                         "dearer to read than to write is none. Write the smaller one as --read-multiple.")
    needed, hits = hit_rate_needed(write, read), hit_rate(rate, ttl)
    even = break_even_calls_per_minute(needed, ttl)
    saving = net_saving(write, read, hits) if rate else None
    return Worked(
        results=(Result("hit_rate_needed", "share", needed),
                 Result("break_even_calls_per_minute", "number", even, "calls a minute"),
                 Result("net_saving_share", "share", saving)),
        working=(*_needed_lines(write, read, ttl, needed, even), *_saving_lines(write, read, hits, saving)),
        notes=(*_verdict(write, rate, needed, even), *_small_print(), *source_checked()),
    )


def _needed_lines(write: Fraction, read: Fraction, ttl: Fraction, needed: Fraction | None,
                  even: Fraction | None) -> tuple[str, ...]:
    if write <= 1 or needed is None:
        return ()
    share = f"({plain(write)} - 1) / ({plain(write)} - {plain(read)}) = {percent(needed)} of calls must hit"
    if even is None:
        return (share,)
    return (share, f"-ln(1 - {percent(needed)}) x 60 / {plain(ttl)} s = {plain(even)} calls a minute")


def _saving_lines(write: Fraction, read: Fraction, hits: Fraction, saving: Fraction | None) -> tuple[str, ...]:
    if saving is None:
        return ()
    return (f"at this rate a share of {plain(hits)} hits: 1 - ({plain(hits)} x {plain(read)} + {plain(1 - hits)} x "
            f"{plain(write)}) = {percent(saving)} saved",)


def _verdict(write: Fraction, rate: Fraction, needed: Fraction | None, even: Fraction | None) -> tuple[str, ...]:
    silent = () if rate else ("Without calls there is nothing to save, so no share is given.",)
    if write <= 1:
        return (*silent, "A write costs no more than no cache: caching loses nothing at any arrival rate.")
    if needed is None:
        return (*silent, "A read costs more than no cache: caching never breaks even.")
    if even is None:
        return (*silent, "A read costs as much as no cache: every call would have to hit, which no rate of arrivals "
                         "brings about, so it never breaks even.")
    return (*silent, f"Caching loses below {plain(even)} calls a minute, one call in {plain(round(1 / even, 1))} "
                     "minutes.")


def _small_print() -> tuple[str, ...]:
    return ("Every use renews the entry and calls arrive at random, on and on; bursts hit more often at the same "
            "average. Shares are of the cost of the cached prefix alone. Judge a workload by its measured writes and "
            "reads.",)


def source_checked() -> tuple[str, ...]:
    """What the source says of the Cache Cliff, and what follows from list prices."""
    needed = hit_rate_needed(Fraction("1.25"), Fraction("0.1"))
    even = break_even_calls_per_minute(needed, Fraction(300))
    assert needed is not None
    assert even is not None
    return (
        f"Source checked: it claims that caching breaks even at 3 to 5 calls a second with a five-minute TTL. With "
        f"writes at 1.25 and reads at 0.1, {percent(needed)} of calls must hit, which {plain(even)} calls a minute "
        f"bring about: one call in {plain(round(1 / even, 1))} minutes, some "
        f"{plain(Fraction(round(180 / even, -2)))} times fewer.",
    )


def _saving(given: Values) -> Fraction | None:
    hits = hit_rate(given["calls_per_minute"], given["ttl_seconds"])
    return net_saving(given["write_multiple"], given["read_multiple"], hits) if given["calls_per_minute"] else None


def _even(given: Values) -> Fraction | None:
    return break_even_calls_per_minute(hit_rate_needed(given["write_multiple"], given["read_multiple"]),
                                       given["ttl_seconds"])


CURVE = Curve("calls_per_minute", (Line("saved of the prefix", "net_saving_share", _saving),), even=_even,
              logarithmic=True)
TOPIC = Topic("cache", "from which arrival rate prompt caching pays", INPUTS, _work, curve=CURVE)
