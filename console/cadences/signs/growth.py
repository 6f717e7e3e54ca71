"""The slow leak: each day dearer than the same day a week before, until the expected month is spent early."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from console.cadences.own_range import SETTLED
from console.cadences.signs import allowance
from console.cadences.signs.sign import Case, Kind, Sign, below, dollars
from console.cadences.track import DAY, Track
from console.money import MicroUsd, display
from console.settings import SignSettings

GROWTH, SPENT_EARLY = "steady growth", "month spent early"
_WEEK = 7
LEAST_DAYS = 2 * _WEEK
EARLY_DAYS = 28


def steady_growth(case: Case, settings: SignSettings) -> Sign | None:
    """Each of the last seven whole days against the same day of the week before; after two whole weeks of history."""
    days = _whole_days(case.track)
    if len(days) < LEAST_DAYS:
        return None
    before, after = days[-LEAST_DAYS:-_WEEK], days[-_WEEK:]
    grown = sum(new > old * settings.grown for old, new in zip(before, after, strict=True))
    factor = sum(after) / max(1, sum(before))
    return Sign(
        GROWTH,
        Kind.MIX,
        below((factor - 1) / (settings.grown_week - 1), grown >= _WEEK - 1),
        f"{grown} of the last 7 days cost more than the same day a week before, {factor:.2f}x in all",
    )


def flat(track: Track, settings: SignSettings, more: MicroUsd = 0) -> bool:
    """Certainly no steady growth: the last whole week did not cost enough more than the one before, nor would it if it
    came to cost `more`. In doubt on the last day before two weeks are known."""
    if track.known_days < LEAST_DAYS - 1:
        return True
    end = track.end // DAY * DAY
    if end <= track.end - SETTLED:
        more = 0  # that day is over, and is restated no more
    late, middle, early = (track.total_at(end), track.total_at(end - _WEEK * DAY),
                           track.total_at(end - LEAST_DAYS * DAY))
    return late - middle + more < settings.grown_week * (middle - early)


def spent_early(case: Case, settings: SignSettings) -> Sign | None:
    """The expected month spent within four weeks, and the last three days still far above the plan.

    As near as the farther of the two: a month that is spent on its last days is not nearly a leak.
    """
    track, terms = case.track, case.terms
    if track.known_days < LEAST_DAYS:
        return None
    minutes = min(EARLY_DAYS * DAY, track.end - track.first)
    spent, days = track.spent(minutes), minutes / DAY
    pace = track.spent(3 * DAY) / max(1.0, allowance.plan(terms, 3 * DAY))
    line = allowance.line(case, settings.spent_early, allowance.MONTH_MINUTES)
    sign = dollars(SPENT_EARLY, spent, line, minutes,
                   f"${display(spent)} in {days:.0f} days of an expected month of ${display(terms.expected)}, and "
                   f"{pace:.1f}x the plan in the last three")
    return replace(sign, share=min(sign.share, pace / settings.leak_pace))


def _whole_days(track: Track) -> list[int]:
    """What each of the last fourteen whole UTC days cost, oldest first."""
    end = track.end // DAY
    first = max(-(-track.first // DAY), end - LEAST_DAYS)
    marks = [track.total_at(day * DAY) for day in range(first, end + 1)]
    return [after - before for before, after in pairwise(marks)]
