"""How fresh what is on screen is, and why it is not: one place for header, notices and views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.cadences.daily import Daily

SNAPSHOT_OLD_S = 300
"""A snapshot that nobody renewed for so long says that no console is polling."""

_ASK = "press r, or run token-console doctor · no automatic kills"
_REMEDIES = {"backed off": "wait, it is asked again by itself"}
"""What to do by the source's state; on data that are not fresh nothing is killed automatically."""


@dataclass(frozen=True, slots=True)
class Feed:
    until: datetime | None
    """End of the newest complete data of the source that is furthest behind."""
    age_s: float | None
    stale: bool
    causes: tuple[str, ...]
    """Each begins with what to do, because the end may be cut; outside text, not cleaned."""


def feed_of(daily: Daily | None, now: datetime) -> Feed:
    """The freshness of a snapshot at `now`."""
    if daily is None:
        return Feed(None, None, False, ())
    known = [source.data_until for source in daily.sources if source.data_until is not None]
    until = min(known) if known else None
    causes = [
        f"{source.name}: {_REMEDIES.get(source.state, _ASK)} · {source.message or source.state}"
        for source in daily.sources
        if source.state not in ("ok", "never")
    ]
    if (now - daily.at).total_seconds() > SNAPSHOT_OLD_S:
        causes.append("run token-console poll, which keeps the data fresh · no console is polling")
    age_s = (now - until).total_seconds() if until is not None else None
    return Feed(until, age_s, bool(causes), tuple(causes))
