"""What the tokens are made of: cache writes without reads, calls dearer than ever, shares out of the own range."""

from __future__ import annotations

from console.cadences.counts import OUTPUT, READ, REQUESTS, UNCACHED, WRITTEN
from console.cadences.own_range import FEWEST_CALLS, FEWEST_TOKENS, QUARTER
from console.cadences.signs.sign import Case, Kind, Sign, below
from console.cadences.track import Track
from console.settings import SignSettings

WRITES, DEARER, MIX = "cache writes", "dearer calls", "token mix"
WRITE_MINUTES = 3
UNKNOWN_MINUTES = 10
"""How many minutes in a row it takes while less than a day of the workload is known: new work fills its cache first."""


def cache_writes(case: Case, settings: SignSettings) -> Sign | None:
    """Minute after minute most cached tokens are written and not read, and more are written than ever.

    A cold cache looks so for a minute or two: then the prefix is there and is read. One that is never read is spoilt.
    """
    track = case.track
    minutes = settings.write_minutes if track.own.days >= 1 else max(UNKNOWN_MINUTES, settings.write_minutes)
    if not track.knows.cache or track.end - track.first < minutes:
        return None
    written = track.last(WRITTEN, WRITE_MINUTES)
    most = max(track.own.best.most_written, FEWEST_TOKENS)
    shares = [_written_share(track, ago) for ago in range(minutes)]
    share = written / (most * settings.write_record)
    return Sign(
        WRITES,
        Kind.MIX,
        below(share, min(shares) >= settings.write_share),
        f"{min(shares):.0%} or more of the cached tokens were written and not read, {minutes} min "
        f"in a row; {_tokens(written)} written in {WRITE_MINUTES} min, against {_tokens(most)} at most before",
    )


def dearer_calls(case: Case, settings: SignSettings) -> Sign | None:
    """The mean call of ten minutes costs several times the dearest quarter of an hour of seven days."""
    track = case.track
    best = track.own.best
    if not track.knows.requests or best.told < settings.seen_minutes or track.own.days < settings.known_days:
        return None
    calls, spent = track.last(REQUESTS, 10), track.spent(10)
    mean = spent / max(1, calls)
    return Sign(
        DEARER,
        Kind.MIX,
        below(mean / (best.dearest_call * settings.dearer), calls >= FEWEST_CALLS),
        f"{mean / 1e6:.3f} dollars a call over 10 min; the dearest quarter of an hour before was "
        f"{best.dearest_call / 1e6:.3f}",
    )


def token_mix(case: Case, settings: SignSettings) -> Sign | None:
    """The share of fresh input, or of output, is far above anything of the last seven days."""
    track = case.track
    best = track.own.best
    if not track.knows.mix or best.seen < settings.seen_minutes or track.own.days < settings.known_days:
        return None
    fresh, read, written = (track.last(column, QUARTER) for column in (UNCACHED, READ, WRITTEN))
    output = track.last(OUTPUT, QUARTER)
    whole = fresh + read + written
    enough = whole + output >= FEWEST_TOKENS
    found = [("output", output / max(1, whole + output), best.most_output)]
    if track.knows.cache:
        found.append(("uncached input", fresh / max(1, whole), best.most_fresh))
    name, now, most = max(found, key=lambda each: each[1] - each[2])
    return Sign(
        MIX,
        Kind.MIX,
        below(max(0.0, now - most) / settings.mix_step, enough),
        f"{now:.0%} {name} over {QUARTER} min; its most in seven days was {most:.0%}",
    )


def _written_share(track: Track, ago: int) -> float:
    written, read = track.last(WRITTEN, 1, ago), track.last(READ, 1, ago)
    return written / (written + read) if written else 0.0


def _tokens(count: int) -> str:
    return f"{count / 1e6:.1f}M tokens" if count >= 1_000_000 else f"{count / 1000:.0f}k tokens"
