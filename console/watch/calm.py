"""Workloads that no rule needs to look at for some minutes, whatever else of a certain kind comes true.

Most are calm at most times, and all have new usage every minute. So where no rule is near, the rules are asked once
more of what may be soon: some dollars more in every window and sum, and the least of its month that is to be expected
at any time until then. If none is near there either, nothing has to be asked again while these hold. Nothing is passed
over that has an alert, a breaker off its usual state, a planned change or data that may not be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from console.cadences import pace
from console.cadences.facts import Facts
from console.cadences.gathering import Gathered, Supply
from console.cadences.profile import Profile
from console.cadences.signs.verdict import writes_usually
from console.cadences.track import Track
from console.charters.terms import Terms
from console.config import RuleSettings
from console.money import MICRO, MicroUsd
from console.watch import rules
from store.windows import Spend

SOONEST, LATEST = 1, 30
"""Minutes for which one is passed over at most. They differ, so that not all are looked at in the same turn."""
AT_ONCE = 1500
"""So many are asked about what may be soon in one judgement. That takes longer than to judge them, and once an hour,
when the working weeks are learned anew, nothing holds of anybody that was assumed."""
LEAST_EXPECTED = MICRO
"""Below a dollar a month, a plan of few micro-dollars is rounded to nothing, and what is near hangs on that."""

NOTHING = Spend(0, 0)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was assumed. The same objects: another profile, Charter or track is judged anew."""

    terms: Terms
    profile: Profile
    track: Track
    until: int
    """End of the data in seconds, at most."""
    lag_s: float
    risen: MicroUsd
    month: MicroUsd
    today: MicroUsd

    def covers(self, track: Track) -> bool:
        """Whether no window of the workload's minutes can hold more than was assumed."""
        return track is self.track and track.risen <= self.risen and writes_usually(track)

    def fits(self, supply: Supply) -> bool:
        """Whether the data are such as they were assumed to be, and reach no further."""
        return (supply.until == self.track.end * pace.MINUTE and supply.until <= self.until and supply.fresh
                and supply.lag_s + supply.poll_s <= self.lag_s)


class Calm:
    """Held from one judgement to the next."""

    def __init__(self, settings: RuleSettings) -> None:
        self._settings = settings
        self._held: dict[str, _Held] = {}
        self._number = 0
        self._left = AT_ONCE

    def forget(self) -> None:
        """Look at every workload the next time."""
        self._held.clear()

    def look_at(self, slug: str) -> None:
        """Look at this one the next time."""
        self._held.pop(slug, None)

    def of(self, gathered: Gathered) -> set[str]:
        """The workloads of which no rule can be near. Quick: each is asked about at every judgement."""
        standing, tracks, unusual = gathered.standing, gathered.standing.tracks, gathered.unusual
        self._left = AT_ONCE
        self._held = {
            slug: held for slug, held in self._held.items()
            if (kept := tracks.get(slug)) is not None and held.covers(kept.track)
            and slug in standing.sources and held.fits(gathered.supply(slug))
            and gathered.months.get(slug, NOTHING).cost <= held.month
            and gathered.todays.get(slug, NOTHING).cost <= held.today
            and kept.whole and not kept.dearer and slug not in unusual
            and standing.terms.get(slug) is held.terms and gathered.profiles.of(slug) is held.profile}
        return set(self._held)

    def found(self, slug: str, gathered: Gathered) -> bool:
        """Whether no rule is near this workload, and none will be for some minutes; that is remembered. False in doubt.
        """
        facts, kept = gathered[slug], gathered.standing.tracks.get(slug)
        if (facts.terms is None or facts.terms.expected < LEAST_EXPECTED or kept is None or not kept.whole
                or slug in gathered.unusual or not self._left):
            return False
        self._left -= 1
        self._number = (self._number + 1) % (LATEST - SOONEST + 1)
        profile, now = gathered.profiles.of(slug), gathered.supply(slug).until
        until = min(now + (SOONEST + self._number) * pace.MINUTE, (now // pace.DAY + 1) * pace.DAY - pace.MINUTE)
        for more in _amounts(facts, facts.terms):
            soon = _soon(facts, more, gathered.shares.least(profile, now, until))
            if not rules.near(soon, self._settings):
                self._held[slug] = _Held(facts.terms, profile, kept.track, until, soon.lag_s + soon.poll_s,
                                         kept.track.risen + more, soon.month, soon.today)
                return True
        return False


def _soon(facts: Facts, more: MicroUsd, shares: Mapping[int, float]) -> Facts:
    """What nothing can be nearer than until so much more is spent, where windows are at least such shares of the month.

    The data may come in twice as late as now, and a week may be known by then.
    """
    return replace(
        facts, more=more, month=facts.month + more, today=facts.today + more, lag_s=2 * facts.lag_s,
        windows={length: spent + more for length, spent in facts.windows.items()}, expected_share=shares,
        usual=facts.usual or 0)


def _amounts(facts: Facts, terms: Terms) -> Iterable[MicroUsd]:
    """How much more may be spent: as in half an hour of its plan or its pace, or, closer to its lines, a part of it."""
    quarter = pace.RATE_WINDOW
    plan = round(terms.expected * facts.expected_share.get(quarter, 0.0))
    usual = 2 * max(plan, facts.windows.get(quarter, 0))
    return usual, usual // 4
