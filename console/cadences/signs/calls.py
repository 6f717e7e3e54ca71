"""What call records show beside usage: a caller that repeats itself, agents too deep, conversations that only grow."""

from __future__ import annotations

from console.cadences.call_track import CallSigns
from console.cadences.signs.sign import Case, Kind, Sign, below
from console.charters.terms import Terms
from console.settings import SignSettings

LOOP, DEEP, GROWING, COLD, DOUBLED = ("tool loop", "agent tree", "growing conversation", "cold calls", "doubled jobs")


def quiet(seen: CallSigns, terms: Terms, settings: SignSettings) -> bool:
    """Certainly none of the signs below is lit."""
    caps = terms.depth_cap, terms.fan_out_cap
    flat = caps[0] is None or caps[1] is None or (
        seen.deepest <= caps[0] and seen.widest <= max(1, caps[1]) * settings.fan_out_room)
    return (flat and seen.most_repeats < settings.repeats and seen.growth < settings.growth
            and seen.most_cold < settings.cold_calls and seen.doubled < settings.doubled)


def tool_loop(case: Case, settings: SignSettings) -> Sign | None:
    """The same tool with the same arguments, again and again in one session."""
    seen = case.calls
    if seen is None:
        return None
    return Sign(
        LOOP,
        Kind.CALLS,
        seen.most_repeats / settings.repeats,
        f"{seen.most_repeats} times the same call of {seen.repeated or 'a tool'} with the same arguments in a "
        f"session, {seen.looping} such sessions",
    )


def too_deep(case: Case, settings: SignSettings) -> Sign | None:
    """Agents nested deeper, or more of them started by one, than the Charter's caps."""
    seen, terms = case.calls, case.terms
    if seen is None or terms.depth_cap is None or terms.fan_out_cap is None:
        return None
    depth = seen.deepest / (terms.depth_cap + 1)
    fan = seen.widest / (max(1, terms.fan_out_cap) * settings.fan_out_room + 1)
    return Sign(
        DEEP,
        Kind.CALLS,
        max(depth, fan),
        f"agents {seen.deepest} deep and {seen.widest} from one; the Charter allows {terms.depth_cap} and "
        f"{terms.fan_out_cap}",
    )


def growing(case: Case, settings: SignSettings) -> Sign | None:
    """Conversations whose every turn carries more uncached input than the one before, to many times the first."""
    seen = case.calls
    if seen is None:
        return None
    return Sign(
        GROWING,
        Kind.CALLS,
        below(seen.growth / settings.growth, seen.growing > 0),
        f"{seen.growing} conversations grow with each turn, uncached, to {seen.growth:.0f}x their first",
    )


def cold_calls(case: Case, settings: SignSettings) -> Sign | None:
    """One caller writes the cache at each call and never reads it: its prefix changes every time."""
    seen = case.calls
    if seen is None:
        return None
    return Sign(
        COLD,
        Kind.CALLS,
        seen.most_cold / settings.cold_calls,
        f"{seen.most_cold} calls in a row by one caller wrote the cache and read nothing of it",
    )


def doubled(case: Case, settings: SignSettings) -> Sign | None:
    """The same work by two sessions at once: told, never killed for."""
    seen = case.calls
    if seen is None:
        return None
    return Sign(
        DOUBLED,
        Kind.CALLS,
        seen.doubled / settings.doubled,
        f"{seen.doubled:.0%} of the calls were made twice, by different sessions within minutes",
    )
