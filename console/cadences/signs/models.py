"""A dearer model than the Charter permits, and calls on it that are not this workload's own."""

from __future__ import annotations

from console.cadences.counts import READ, UNCACHED, WRITTEN
from console.cadences.signs.sign import Case, Kind, Sign
from console.cadences.track import Track
from console.charters.production import is_permitted
from console.money import display
from console.settings import SignSettings

MODEL, STRANGE = "other model", "strange calls"
_HOUR = 60


def other_model(case: Case, settings: SignSettings) -> Sign | None:
    """Dollars of the last hour on models that are dearer than any the Charter or a planned change permits."""
    others = _not_meant(case)
    if not others:
        return None
    spent = {model: track.spent(_HOUR) for model, track in others.items()}
    model = max(spent, key=lambda each: spent[each])
    return Sign(
        MODEL,
        Kind.MODEL,
        sum(spent.values()) / settings.model_usd_micro,
        f"${display(sum(spent.values()))} in 1 h on {model}, which the Charter does not permit",
        settings.model_usd_micro,
        _HOUR,
        {"models": ", ".join(sorted(others))},
    )


def strange_calls(case: Case, settings: SignSettings) -> Sign | None:
    """Calls on such a model read nothing of the prompt that this workload keeps cached: somebody else makes them."""
    own = _cached(case.track.own.best.read, case.track.own.best.written)
    others = _not_meant(case)
    if not others or not case.track.knows.cache or own < settings.own_cached:
        return None
    read = sum(track.last(READ, _HOUR) for track in others.values())
    whole = read + sum(track.last(column, _HOUR) for track in others.values() for column in (UNCACHED, WRITTEN))
    if whole < settings.strange_tokens:
        return None
    share = read / whole
    return Sign(
        STRANGE,
        Kind.MIX,
        (1 - share / own) / settings.strange,
        f"{share:.0%} of their input came from the cache, where this workload's own calls have {own:.0%}",
    )


def _not_meant(case: Case) -> dict[str, Track]:
    meant = case.change.models if case.change is not None else ()
    return {model: track for model, track in case.dearer.items()
            if track.spent(_HOUR) and not is_permitted(model, meant)}


def _cached(read: int, written: int) -> float:
    return read / (read + written) if read + written else 0.0
