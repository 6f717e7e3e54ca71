"""Which signs kill together. Every line names what must be lit at once; a person can check each figure by hand.

Two signs of different kinds, or one that healthy traffic never shows. The cap of the Charter itself is a rule of its
own (`watch/rules/cap.py`). What each sign is for, and what was measured, is in `docs/detection.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from console.cadences.counts import SPENT, WRITTEN
from console.cadences.facts import Facts
from console.cadences.own_range import FEWEST_TOKENS
from console.cadences.signs import allowance, calls, growth, models, rate, token_mix
from console.cadences.signs.sign import Case, Sign
from console.cadences.track import Track
from console.settings import SignSettings

Judge = Callable[[Case, SignSettings], Sign | None]
SIGNS: tuple[Judge, ...] = (
    rate.pace,
    token_mix.cache_writes,
    token_mix.dearer_calls,
    token_mix.token_mix,
    rate.record,
    rate.above_plan,
    rate.surge,
    rate.quarter,
    models.other_model,
    models.strange_calls,
    growth.steady_growth,
    growth.spent_early,
    calls.tool_loop,
    calls.too_deep,
    calls.growing,
    calls.cold_calls,
    calls.doubled,
)
KILLS: dict[tuple[str, ...], str] = {
    (rate.PACE, token_mix.WRITES): "a timestamp in the cached prefix: every call writes, none reads",
    (rate.PACE, calls.DEEP): "agents that start agents",
    (rate.PACE, calls.COLD): "a cached prefix that changes at every call, seen in the calls themselves",
    (rate.PACE, calls.GROWING): "a context that is never cut",
    (rate.PACE, rate.RECORD, token_mix.DEARER): "each call costs several times what it ever did",
    (rate.PACE, rate.RECORD, token_mix.MIX): "calls are made of other tokens than ever, and cost more",
    (rate.ABOVE_PLAN, calls.LOOP): "a caller that is stuck",
    (rate.ABOVE_PLAN, models.MODEL, models.STRANGE): "somebody else has the key",
    (growth.SPENT_EARLY, growth.GROWTH): "a slow leak",
    (rate.SURGE,): "far beyond anything this workload did, and still going on",
    (rate.QUARTER,): "a quarter of the month in six hours, whatever is known of the workload",
}
"""What kills together, and what it is in plain words. The earliest of these that is lit is the reason that is given."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The signs that kill together. `enforced`: the Charter lets all of them kill, none is only observed."""

    signs: tuple[Sign, ...]
    enforced: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sign.name for sign in self.signs)

    @property
    def means(self) -> str:
        """What these signs together are, in plain words."""
        return KILLS[self.names]

    @property
    def says(self) -> str:
        return "; ".join(sign.says for sign in self.signs)


def look(facts: Facts, settings: SignSettings, tightness: float = 1.0) -> tuple[Sign, ...]:
    """Every sign that can be judged on what is known, lit or not. Empty without a track or a Charter.

    `tightness`: the share of their usual width that the lines of dollars keep (probation).
    """
    if facts.track is None or facts.terms is None or facts.terms.expected <= 0:
        return ()
    case = Case(facts.track, facts.terms, facts.dearer, facts.calls, facts.change, tightness)
    found = (judge(case, settings) for judge in SIGNS)
    return tuple(sign for sign in found if sign is not None)


def calm(facts: Facts, settings: SignSettings, tightness: float = 1.0) -> bool:
    """Certainly no combination of `KILLS` is lit, and no sign that is told of by itself. Quick; never true in doubt.

    Every line that kills asks for one of: the runaway pace, calls, a model that is not meant, a month spent early, or
    a share of the month within six hours.
    """
    track, terms = facts.track, facts.terms
    if track is None or terms is None or terms.expected <= 0:
        return True
    if facts.dearer or (facts.calls is not None and not calls.quiet(facts.calls, terms, settings)):
        return False
    pace = round(allowance.plan(terms, rate.PACE_MINUTES) * terms.runaway_multiple * tightness)
    least = round(terms.expected * min(settings.surge_share, settings.quarter_share) * tightness)
    called = facts.calls.spent_3m if facts.calls is not None else 0
    return (max(called, track.last(SPENT, rate.PACE_MINUTES)) + facts.more < max(pace, settings.least_usd_micro)
            and track.spent(rate.QUARTER_MINUTES) + facts.more < least
            and writes_usually(track) and growth.flat(track, settings, facts.more))


def writes_usually(track: Track) -> bool:
    """Certainly no sign of cache writes: as many were written of late at some time in seven days, or few."""
    return track.last(WRITTEN, token_mix.WRITE_MINUTES) < max(track.own.best.most_written, FEWEST_TOKENS)


def verdict(signs: Iterable[Sign], observed: Sequence[str]) -> Verdict | None:
    """The first combination that is lit whole; one that may be enforced goes before one that is only observed."""
    lit = {sign.name: sign for sign in signs if sign.lit}
    whole = [names for names in KILLS if all(name in lit for name in names)]
    whole.sort(key=lambda names: any(name in observed for name in names))
    if not whole:
        return None
    return Verdict(tuple(lit[name] for name in whole[0]), not any(name in observed for name in whole[0]))
