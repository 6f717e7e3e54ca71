"""What a signature holds for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charters.document import CharterDocument, KillCriterion
from console.charters.parsing import parse
from console.charters.signing import content_hash, missing_roles, required_roles, state_of
from tests.support.charters import CLAIMS_TRIAGE, edited

SOUND = parse(CLAIMS_TRIAGE, "x")

Edit = Callable[[CharterDocument], CharterDocument]

texts = st.text(max_size=20)
numbers = st.decimals(min_value=0, max_value=1000, places=3)
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda t: lambda d: replace(d, purpose=replace(d.purpose, purpose=t)), texts),
    st.builds(lambda t: lambda d: replace(d, review=replace(d.review, who=t)), texts),
    st.builds(lambda t: lambda d: replace(d, transparency=replace(d.transparency, audience=t)), texts),
    st.builds(lambda n: lambda d: replace(d, expected=replace(d.expected, monthly=n)), st.integers(1, 10**15)),
    st.builds(lambda n: lambda d: replace(d, stretch=replace(d.stretch, multiple=n)), numbers),
    st.builds(lambda n: lambda d: replace(d, runaway=replace(d.runaway, kill=n)), st.none() | st.integers(1, 10**15)),
    st.builds(lambda f: lambda d: replace(d, runaway=replace(d.runaway, automatic=f)), st.booleans()),
    st.builds(lambda m: lambda d: replace(d, tram=replace(d.tram, models=tuple(m))), st.lists(texts, max_size=3)),
    st.builds(lambda n: lambda d: replace(d, charter=replace(d.charter, version=n)), st.integers(1, 9)),
    st.builds(lambda n: lambda d: replace(d, kill_criteria=(
        KillCriterion("economic", "day_usd", "above", n, "day", "pause", False),)), numbers),
)


@given(st.lists(EDITS, max_size=3), st.lists(EDITS, max_size=3))
def test_the_hash_changes_exactly_when_the_meaning_does(first: list[Edit], second: list[Edit]) -> None:
    one = two = SOUND
    for edit in first:
        one = edit(one)
    for edit in second:
        two = edit(two)
    assert (content_hash(one) == content_hash(two)) is (one == two)


@pytest.mark.parametrize(("old", "new"), [
    ('monthly_usd = "1860"', '  monthly_usd="1860.00"  # agreed in March'),
    ("multiple = 2.5", "multiple = 2.50"),
    ("multiple = 15", "multiple = 15.0"),
    ("[transparency]", "\n\n# what we tell the board\n[transparency]"),
    ('domain = "financial"', ""),
    ("automatic = true\n\n[transparency]", "automatic = true\n[transparency]"),
])
def test_comments_spacing_and_spelling_of_numbers_keep_a_signature(old: str, new: str) -> None:
    written = edited((old, new))
    same = parse(edited(('domain = "financial"', 'domain = "general"')), "x") if "domain" in old else SOUND
    assert content_hash(parse(written, "x")) == content_hash(same)


@pytest.mark.parametrize(("old", "new"), [
    ('monthly_usd = "1860"', 'monthly_usd = "1860.000001"'),
    ("automatic = true", "automatic = false"),
    ("delegated authority B", "delegated authority A"),
    ("models = [", 'models = ["claude-haiku-4-5", '),
    ("[transparency]", "[five_tests]\n[transparency]"),
])
def test_any_change_of_meaning_voids_it(old: str, new: str) -> None:
    assert content_hash(parse(edited((old, new)), "x")) != content_hash(SOUND)


def test_a_charter_that_was_signed_before_later_keys_were_known_keeps_its_hash() -> None:
    assert content_hash(SOUND) == "43b800ff70e3247200b48c01a2f3594f950878130a83f1a4533661a1d25e7338"
    for old, new in (('authority = "override"', 'authority = "override"\naccountable = "A. Owner"'),
                     ('window = "month"', 'window = "month"\nmeasured_by = "the ledger"'),
                     ("half_life_months = 12", "half_life_months = 12\noutcomes_per_month = 150000"),
                     ("half_life_months = 12", 'half_life_months = 12\nbaseline_value_usd = "0"'),
                     ("calls_per_month = 180000", 'calls_per_month = 180000\nreview_usd = "0"'),
                     ("calls_per_month = 180000", 'calls_per_month = 180000\nrework_usd = "60"')):
        assert content_hash(parse(edited((old, new)), "x")) != content_hash(SOUND)


def test_a_frontier_charter_signed_without_the_sentences_of_its_five_tests_keeps_its_hash() -> None:
    answers = "[five_tests]\ntier = true\n"
    signed = content_hash(parse(edited(("[transparency]", f"{answers}\n[transparency]")), "x"))
    assert signed == "f6e45d52fbd1af382ba41592a59a3ab1d33843dcbd691e8661b79728e87ef00c"
    said = f'{answers}tier_because = "The letter is what the client pays for."\n'
    assert content_hash(parse(edited(("[transparency]", f"{said}\n[transparency]")), "x")) != signed


def test_the_hash_is_the_same_however_a_number_is_kept() -> None:
    respelt = replace(SOUND, stretch=replace(SOUND.stretch, multiple=Decimal("2.500")))
    assert content_hash(SOUND) == content_hash(respelt)
    assert len(content_hash(SOUND)) == 64


def test_a_regulated_domain_needs_the_risk_officer_too() -> None:
    assert required_roles("general") == ("business_owner", "platform_lead", "finance_partner")
    assert required_roles("financial")[-1] == required_roles("healthcare")[-1] == "risk_officer"


def test_the_state_follows_from_the_signatures() -> None:
    three = ["business_owner", "platform_lead", "finance_partner"]
    assert state_of("general", []) == "draft"
    assert state_of("general", three[:1]) == "in review"
    assert state_of("general", three) == "signed"
    assert state_of("financial", three) == "in review"
    assert missing_roles("financial", three) == ("risk_officer",)
    assert state_of("general", ["token_architect"]) == "in review"
