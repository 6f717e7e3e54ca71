"""A Charter's `[signs]`: what it may say, what that means, and that Charters signed before it existed stay signed."""

from __future__ import annotations

import pytest

from console.charters import document as form
from console.charters.document import SignTerms, canonical, from_canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from console.charters.terms import terms_of
from console.errors import InputError
from console.money import MICRO
from tests.support.charters import CLAIMS_TRIAGE

SIGNED_BEFORE = "43b800ff70e3247200b48c01a2f3594f950878130a83f1a4533661a1d25e7338"
"""The hash of the sound Charter, as the console took it before there was a `[signs]`."""


def with_signs(table: str) -> form.CharterDocument:
    return parse(f"{CLAIMS_TRIAGE}\n[signs]\n{table}\n", "claims-triage.toml")


def test_a_charter_without_it_keeps_the_hash_that_was_signed() -> None:
    sound = parse(CLAIMS_TRIAGE, "x")
    assert content_hash(sound) == SIGNED_BEFORE
    assert "signs" not in canonical(sound)


def test_to_say_something_there_is_to_change_what_is_signed() -> None:
    hashes = {content_hash(with_signs(table)) for table in (
        "", 'observe = ["surge"]', 'veto = "5m"', 'burst_usd = "400"', 'burst_usd = "400"\nburst_window = "2h"')}
    assert len(hashes | {SIGNED_BEFORE}) == 6


def test_it_comes_back_from_the_database_as_it_was_signed() -> None:
    signed = with_signs('observe = ["surge", "own record"]\nveto = "5m"\nburst_usd = "400"\nburst_window = "2h"')
    assert from_canonical(canonical(signed)) == signed
    assert signed.signs == SignTerms(("surge", "own record"), 300, 400 * MICRO, 7200)


def test_the_rules_are_told_what_it_says() -> None:
    told = terms_of(with_signs('observe = ["surge"]\nveto = "5m"\nburst_usd = "400"\nburst_window = "2h"'))
    assert (told.observed, told.veto_s, told.burst, told.burst_s) == (("surge",), 300, 400 * MICRO, 7200)
    silent = terms_of(parse(CLAIMS_TRIAGE, "x"))
    assert (silent.observed, silent.veto_s, silent.burst) == ((), 0, 0)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('observe = ["surges"]', "surges is not a sign"),
        ('observe = "surge"', "observe"),
        ('veto = "2d"', "veto is 2d; write a duration of a day at most"),
        ('veto = "soon"', "veto is soon"),
        ('veto = "month"', "veto is month"),
        ('burst_usd = "-1"', "burst_usd"),
        ("burst_usd = 400", "burst_usd"),
        ('burst_window = "25h"', "burst_window is 25h"),
        ("enforce = true", "'enforce' is not known"),
    ],
)
def test_a_mistake_in_it_is_answered_with_its_line(table: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        with_signs(table)
    assert says in str(refused.value)
    assert "claims-triage.toml:61" in str(refused.value)
