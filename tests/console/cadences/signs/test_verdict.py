"""Which signs kill together: only what is lit, and never what the Charter only observes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.call_track import CallSigns
from console.cadences.signs.sign import Kind, Sign
from console.cadences.signs.verdict import KILLS, look, verdict
from console.cadences.track import DAY
from console.charters.document import SIGNS
from console.settings import SignSettings
from tests.support.facts import facts, terms
from tests.support.tracks import STEADY, counts, track, week_then

shares = st.dictionaries(st.sampled_from(SIGNS), st.floats(0, 3))
observed_names = st.lists(st.sampled_from(SIGNS), max_size=4).map(tuple)


def signs(shares: dict[str, float]) -> list[Sign]:
    return [Sign(name, Kind.DOLLARS, share, f"{name} at {share}") for name, share in shares.items()]


@given(shares, observed_names)
def test_it_names_only_signs_that_are_lit_and_a_combination_that_kills(
    given_shares: dict[str, float], observed: tuple[str, ...]
) -> None:
    found = verdict(signs(given_shares), observed)
    lit = {name for name, share in given_shares.items() if share >= 1}
    if found is None:
        assert not any(lit.issuperset(names) for names in KILLS)
    else:
        assert found.names in KILLS
        assert lit.issuperset(found.names)


@given(shares, observed_names)
def test_an_observed_sign_never_enforces_and_hides_no_other_that_does(
    given_shares: dict[str, float], observed: tuple[str, ...]
) -> None:
    found = verdict(signs(given_shares), observed)
    lit = {name for name, share in given_shares.items() if share >= 1}
    enforceable = [names for names in KILLS if lit.issuperset(names) and not set(names) & set(observed)]
    assert (found is not None and found.enforced) is bool(enforceable)
    if found is not None and found.enforced:
        assert not set(found.names) & set(observed)


def test_signs_that_kill_together_are_not_all_of_one_kind() -> None:
    """Signs of one kind are not independent of each other: the same thing would be said twice."""
    known = facts(
        track=week_then((8 * DAY, STEADY)),
        terms=terms(depth_cap=2, fan_out_cap=4),
        calls=CallSigns(),
        dearer={"claude-opus-4-5": track((200, counts(1, fresh=60_000)))},
    )
    kinds = {sign.name: sign.kind for sign in look(known, SignSettings())}
    for names in KILLS:
        assert len(names) == 1 or len({kinds[name] for name in names}) > 1, names


@pytest.mark.parametrize("missing", [{"track": None}, {"terms": None}, {"terms": terms(expected=0)}])
def test_without_minutes_or_a_plan_nothing_is_judged(missing: dict[str, Any]) -> None:
    assert look(replace(facts(track=week_then()), **missing), SignSettings()) == ()
