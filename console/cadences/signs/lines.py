"""The signs of a workload as a person reads them: how near each is, what is not judged, and what kills, in dollars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from console.cadences import pace
from console.cadences.facts import Facts
from console.cadences.sign_lines import SignLine, SignsLine
from console.cadences.signs import allowance, calls, growth, rate, token_mix, verdict
from console.cadences.signs.sign import Sign
from console.cadences.track import Track
from console.charters import durations
from console.charters.terms import Terms
from console.clock import epoch
from console.config import RuleSettings
from console.money import MICRO, MicroUsd, display

STEP = 0.05
NEAR = 0.5
"""From this share on a sign says its figures."""
HIGHEST = 99.0
_CALLS = (calls.LOOP, calls.DEEP, calls.GROWING, calls.COLD, calls.DOUBLED)
_OF_THE_SOURCE = {token_mix.WRITES: "cache", token_mix.DEARER: "requests", token_mix.MIX: "mix"}
"""Signs that need something a source may not tell, by its name in `Knows`."""


def signs_line(facts: Facts, settings: RuleSettings) -> SignsLine | None:
    """How near the workload is to a kill by signs; None without a Charter. Pure."""
    terms = facts.terms
    if terms is None or terms.expected <= 0:
        return None
    tightness = settings.probation_share if facts.probation else 1.0
    told = facts if facts.track is not None else replace(facts, track=Track(epoch(facts.at) // pace.MINUTE))
    signs = {sign.name: sign for sign in verdict.look(told, settings.signs, tightness)}
    surge = signs.get(rate.SURGE)
    said = SignsLine(
        lines=tuple(_lines(facts, terms, signs, settings)), brief=_brief(facts, terms, signs),
        alert=round(min(settings.burn_fast, settings.burn_slow) * allowance.plan(terms, rate.PACE_MINUTES)),
        pace=signs[rate.PACE].line or 0,
        surge=surge.line if surge is not None else None)
    if facts.track is None:
        return said
    return replace(
        said, signs=_nearest_first(signs.values()), nearest=nearest(signs), unjudged=tuple(_unjudged(facts, signs)),
        most=facts.track.own.most_spent(rate.PACE_MINUTES) or None)


def nearest(signs: Mapping[str, Sign]) -> float:
    """The share of the least lit sign of that combination of `KILLS` which is nearest to killing."""
    return stepped(max(min(signs[name].share if name in signs else 0.0 for name in names) for names in verdict.KILLS))


def stepped(share: float) -> float:
    """Rounded down: to a twentieth below the line, to whole lines above."""
    if share >= 1:
        return float(int(min(share, HIGHEST)))
    return max(0, int(share / STEP + 1e-9)) * 5 / 100


def _nearest_first(signs: Iterable[Sign]) -> tuple[SignLine, ...]:
    lines = [SignLine(sign.name, stepped(sign.share), sign.says if sign.share >= NEAR else "") for sign in signs]
    return tuple(sorted(lines, key=lambda line: -line.share))


def _unjudged(facts: Facts, signs: Mapping[str, Sign]) -> Iterator[str]:
    """`not enough history: own record, surge`; nothing is said of models where no other one is used."""
    track = facts.track
    assert track is not None
    if facts.calls is None:
        yield f"no call records: {', '.join(_CALLS)}"
    missing = [name for name in (*_OF_THE_SOURCE, rate.RECORD, rate.SURGE, growth.GROWTH, growth.SPENT_EARLY)
               if name not in signs]
    untold = [name for name in missing if name in _OF_THE_SOURCE and not getattr(track.knows, _OF_THE_SOURCE[name])]
    if untold:
        yield f"not told by the source: {', '.join(untold)}"
    young = [name for name in missing if name not in untold]
    if young:
        yield f"not enough history ({track.known_days:.0f} days): {', '.join(young)}"


def _lines(facts: Facts, terms: Terms, signs: Mapping[str, Sign], settings: RuleSettings) -> Iterator[str]:
    kills = _kills(terms, terms.automatic)
    yield f"{kills} above {_over(signs[rate.PACE], terms)} together with a sign of another kind"
    beside = [calls.LOOP] if facts.calls is not None else []
    if facts.dearer:
        beside.append("strange calls on another model")
    if beside:
        yield f"{kills} above {_over(signs[rate.ABOVE_PLAN], terms)} together with {' or '.join(beside)}"
    alone = [f"${display(sign.line)} in {_length(sign.minutes)}" for sign in _alone(signs, terms)]
    if alone:
        yield f"{kills} alone above {' or '.join(alone)}"
    yield from _caps(facts, terms, settings, kills)
    yield from _raised(facts, terms, settings)


def _brief(facts: Facts, terms: Terms, signs: Mapping[str, Sign]) -> str:
    pace_line = signs[rate.PACE].line or 0
    alone = " or ".join(f"${_short(sign.line or 0)}/{_length(sign.minutes)}" for sign in _alone(signs, terms))
    change = facts.change if facts.change is not None and facts.change.multiple > 1 else None
    raised = f"; raised until {change.ends:%d %b %H:%M}Z" if change else "; in probation" if facts.probation else ""
    return (f"{_kills(terms, terms.automatic)} above ${_short(pace_line)} in {rate.PACE_MINUTES} min with another sign"
            f"{f'; alone {alone}' if alone else ''}{raised}")


def _short(amount: MicroUsd) -> str:
    return display(amount, 0 if amount >= 100 * MICRO else 2)


def _kills(terms: Terms, automatic: bool) -> str:
    if not automatic:
        return "asks a person to kill"
    return "would kill" if terms.mode == "observe" else "kills"


def _over(sign: Sign, terms: Terms) -> str:
    """`$4.17 in 3 min (15x plan)`, from the line that is in force."""
    assert sign.line is not None
    assert sign.minutes is not None
    times = sign.line / max(1.0, allowance.plan(terms, sign.minutes))
    return f"${display(sign.line)} in {_length(sign.minutes)} ({times:.3g}x plan)"


def _alone(signs: Mapping[str, Sign], terms: Terms) -> Iterator[Sign]:
    for name in (rate.SURGE, rate.QUARTER):
        if name in signs and name not in terms.observed:
            yield signs[name]


def _caps(facts: Facts, terms: Terms, settings: RuleSettings, kills: str) -> Iterator[str]:
    """The month's cap, less what a kill may come late by, and the caps of the Charter's criteria that come before."""
    line, late = pace.kill_line(facts, settings.probation_share), pace.overshoot(facts)
    assert line is not None
    less = f", less up to ${display(late + 999_999, 0)} spent before a kill takes hold" if late else ""
    yield f"{kills} above ${display(line)} this month{less}"
    for criterion in terms.criteria:
        if criterion.window == "month" and criterion.above >= line:
            continue
        seconds = durations.seconds(criterion.window)
        period = f"in {_length(seconds // 60)}" if seconds else {"day": "today"}.get(criterion.window, "this month")
        yield f"{_kills(terms, criterion.automatic)} above ${display(criterion.above)} {period}"


def _raised(facts: Facts, terms: Terms, settings: RuleSettings) -> Iterator[str]:
    change = facts.change
    if change is not None and change.multiple > 1:
        yield (f"these lines are raised {change.multiple:g}x by the planned {change.kind.replace('_', ' ')} until "
               f"{change.ends:%d %b %H:%M}Z")
    if change is not None and change.models:
        yield f"{', '.join(change.models)} permitted until {change.ends:%d %b %H:%M}Z"
    if terms.burst:
        yield f"a burst of ${display(terms.burst)} in {_length(round(terms.burst_s / 60))} is allowed for in them"
    if facts.probation:
        yield f"lines of dollars are drawn at {settings.probation_share:g}x while it is in probation"
    if terms.observed:
        yield f"only told of, never killed for: {', '.join(terms.observed)}"


def _length(minutes: int | None) -> str:
    whole = minutes or 0
    return f"{whole // 60} h" if whole >= 60 and whole % 60 == 0 else f"{whole} min"

