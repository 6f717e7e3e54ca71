"""How fast a workload spends, against its plan: pure arithmetic on facts, one place for every screen and rule.

Definitions are those of operations 1.7: `burn(W) = spend(W) / (B x (e(t) - e(t - W)))` with B the expected month and e
the cumulative share that the profile expects. Ratios are plain numbers; money stays in whole micro-dollars.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf

from console.cadences.facts import Facts
from console.money import MicroUsd

MINUTE, HOUR, DAY = 60, 3600, 86_400
RATE_WINDOW = 15 * MINUTE
LEAST_KNOWN = 5 * MINUTE
"""Of less than this after a resume no pace is told."""
WEEK = 7 * DAY
WINDOWS = (10 * MINUTE, RATE_WINDOW, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, WEEK)
"""Every window that the rules look back over, in seconds."""


def expected(facts: Facts, window: int) -> MicroUsd | None:
    """What the expected scenario gives the last `window` seconds; None without a Charter or a profile for it."""
    share = facts.expected_share.get(window)
    return None if facts.terms is None or not share else round(facts.terms.expected * share)


def burn(facts: Facts, window: int) -> float | None:
    """Spend of the window over its expectation: 1 is on plan. None where there is nothing to compare with."""
    spent, share, terms = facts.windows.get(window), facts.expected_share.get(window), facts.terms
    if spent is None or not share or terms is None:
        return None
    plan = round(terms.expected * share)
    return spent / plan if plan else None


def burn_now(facts: Facts) -> float | None:
    """`burn` of the last hour; after a resume of what is known since, None while that is next to nothing."""
    ratio, known = burn(facts, HOUR), known_since_resume(facts)
    if ratio is None or known < LEAST_KNOWN:
        return None
    return ratio * HOUR / min(HOUR, known)


def known_since_resume(facts: Facts) -> float:
    """Seconds that are known since the last resume, before which no window counts; infinite where there was none."""
    if facts.resumed_at is None or facts.data_until is None:
        return inf
    return (facts.data_until - facts.resumed_at).total_seconds()


def rate_per_hour(facts: Facts) -> MicroUsd | None:
    """Dollars an hour over the newest quarter of an hour that is in; after a resume over what is known since. None
    while that is next to nothing: a zero would say that nothing is spent."""
    spent, known = facts.windows.get(RATE_WINDOW), known_since_resume(facts)
    if spent is None or known < LEAST_KNOWN:
        return None
    return spent * HOUR // int(min(RATE_WINDOW, known))


def overshoot(facts: Facts) -> MicroUsd | None:
    """Worst case past a threshold before a kill takes hold: rate x (measured lag + poll + act) (AL-53)."""
    rate = rate_per_hour(facts)
    return None if rate is None else round(rate * (facts.lag_s + facts.poll_s + facts.act_s) / HOUR)


def projected_month(facts: Facts) -> MicroUsd | None:
    """The month at its end: what is spent, and the rest of the profile at the pace of the last week.

    While less than a week is known, at the pace of the last three days. After a resume at the pace of what is known
    since, in whole windows; None until that is a day.
    """
    known = known_since_resume(facts)
    window = next((each for each in (WEEK if knows_a_week(facts) else 3 * DAY, 3 * DAY, DAY) if each <= known), None)
    spent = None if window is None else facts.windows.get(window)
    if window is None or spent is None or facts.data_until is None:
        return None
    share = facts.expected_share.get(window)
    if share:
        return facts.month + round(spent / share * max(0.0, 1 - facts.month_share))
    left = (facts.month_end - facts.data_until).total_seconds()
    return facts.month + round(spent * max(0.0, left) / window)


def knows_a_week(facts: Facts) -> bool:
    """Whether a whole week of this workload is known: work that rests at weekends is not projected from less."""
    return facts.usual is not None or (facts.track is not None and facts.track.known_days * DAY >= WEEK)


def kill_line(facts: Facts, allowance_share: float) -> MicroUsd | None:
    """The month's spend at which the breaker trips, before overshoot is taken off.

    After an authorised resume above the threshold it is the spend at the resume plus `allowance_share` of the
    threshold: the person who resumed knew the figure, and the console must not undo the decision at once.
    """
    if facts.terms is None:
        return None
    return line_after_resume(facts, facts.month, facts.terms.kill_threshold, allowance_share)


def line_after_resume(facts: Facts, spent: MicroUsd, signed: MicroUsd, allowance_share: float) -> MicroUsd:
    """The signed cap on a sum since the month or the day began, or, after a resume above it, what was spent by then
    and `allowance_share` of the cap more."""
    if facts.resumed_at is None:
        return signed
    return max(signed, max(0, spent - facts.since_resume) + round(signed * allowance_share))


def seconds_to_kill(facts: Facts, allowance_share: float) -> float | None:
    """Time until the kill line at the present rate; 0 past it; None without a Charter or while nothing is spent."""
    line, rate = kill_line(facts, allowance_share), rate_per_hour(facts)
    if line is None:
        return None
    if facts.month >= line:
        return 0.0
    return (line - facts.month) / rate * HOUR if rate else None


def crossing(facts: Facts, amount: MicroUsd) -> datetime | None:
    """When the month's spend reaches `amount` at the pace of the last three days; None where not within the month, or
    where a resume lies in those days."""
    spent = facts.windows.get(3 * DAY) if known_since_resume(facts) >= 3 * DAY else None
    if not spent or facts.data_until is None or facts.month >= amount:
        return None
    seconds = (amount - facts.month) / spent * 3 * DAY
    left = (facts.month_end - facts.data_until).total_seconds()
    return facts.data_until + timedelta(seconds=seconds) if seconds < left else None
