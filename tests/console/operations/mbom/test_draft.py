"""A new entry for usage that nobody claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charters.elements import SLUG
from console.operations.mbom.draft import draft, slug_of
from console.operations.mbom.file import read
from tests.support.mbom import CONFIG

KEY = {"source": "anthropic", "api_key_id": "apikey_01", "workspace_id": None}


def test_it_claims_the_usage_and_names_the_switch() -> None:
    entry = read(draft(KEY, "Claims triage (prod)"), "draft.toml", CONFIG).entries[0].data
    assert entry["slug"] == "claims-triage-prod"
    assert entry["name"] == "Claims triage (prod)"
    assert entry["usage"] == [{"source": "anthropic", "api_key_id": "apikey_01"}]
    assert entry["switches"] == [{"kind": "anthropic-api-key", "source": "anthropic", "target": "apikey_01"}]


def test_what_only_people_know_is_asked_for() -> None:
    warnings = [problem.message for problem in read(draft(KEY, "x"), "draft.toml", CONFIG).problems]
    assert len(warnings) == 1
    assert "no business_owner" in warnings[0]


def test_the_default_workspace_is_claimed_by_its_word() -> None:
    identity = {"source": "anthropic", "api_key_id": None, "workspace_id": None}
    entry = read(draft(identity, "Console"), "draft.toml", CONFIG).entries[0].data
    assert entry["usage"] == [{"source": "anthropic", "workspace_id": "default"}]


@pytest.mark.parametrize(("name", "slug"), [
    ("Équipe Données", "equipe-donnees"), ("…", "workload"), ("-- a --", "a"), ("x" * 300, "x" * 56),
    ("日本", "workload"),
])
def test_a_slug_resembles_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_taken_slug_is_numbered() -> None:
    assert slug_of("Claims", {"claims", "claims-2"}) == "claims-3"


IDENTIFIERS = st.text(min_size=1, max_size=100).filter(lambda text: text.strip() == text)


@given(st.text(max_size=300), IDENTIFIERS)
def test_any_name_and_identifier_make_a_sound_file(name: str, key: str) -> None:
    found = read(draft({"source": "anthropic", "api_key_id": key}, name), "draft.toml", CONFIG)
    assert [problem for problem in found.problems if problem.is_error] == []
    assert SLUG.fullmatch(found.entries[0].slug)
    assert found.entries[0].data["usage"][0]["api_key_id"] == key
