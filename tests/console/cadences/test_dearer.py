"""Which models cost more than any that a Charter permits: a kill may follow, so a signed model is never one of them."""

from __future__ import annotations

import pytest

from console.cadences.dearer import dearer_models
from console.pricing import PriceBook

AT = 1_795_442_400
REGIONAL = "eu.anthropic.claude-sonnet-4-6"
"""A tenth dearer than the same model over all regions."""


@pytest.mark.parametrize(("kind", "used", "permitted"), [
    ("bedrock", REGIONAL, "claude-sonnet-4-6"), ("bedrock", REGIONAL, "global.anthropic.claude-sonnet-4-6"),
    ("vertex", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
    ("anthropic", "claude-opus-5-20260701", "claude-opus-5"),
])
def test_a_permitted_model_by_another_of_its_names_is_none_of_them(kind: str, used: str, permitted: str) -> None:
    assert dearer_models([used], [permitted, "claude-haiku-4-5"], PriceBook(), kind, AT) == frozenset()


@pytest.mark.parametrize(("kind", "used"), [
    ("bedrock", "eu.anthropic.claude-opus-5"), ("vertex", "claude-opus-5@default"), ("anthropic", "claude-opus-5")])
def test_a_dearer_model_is_found_on_every_route(kind: str, used: str) -> None:
    assert dearer_models([used, REGIONAL], ["claude-sonnet-4-6"], PriceBook(), kind, AT) == {used}
