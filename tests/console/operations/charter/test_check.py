"""A Charter file at today's prices."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from console.charters.document import TokensPerCall
from console.config import PriceOverride
from console.operations.charter.check import judge, price_on
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import NOON
from tests.support.mbom import CONFIG

CALL = TokensPerCall(Decimal(900), Decimal(6000), Decimal(150), Decimal(350))


def test_the_designs_charter_costs_what_the_design_says() -> None:
    _, verdict = judge(CLAIMS_TRIAGE, "claims-triage.toml", CONFIG, NOON)
    assert verdict.derived_monthly == 1_856_250_000
    assert verdict.signable


def test_a_negotiated_price_wins() -> None:
    half = replace(CONFIG, prices=(PriceOverride("claude-sonnet-4-6", multiplier=Decimal("0.5")),))
    assert price_on(half, NOON)("claude-sonnet-4-6", CALL, Decimal(180_000)) == 928_125_000


def test_nobodys_model_has_no_price() -> None:
    assert price_on(CONFIG, NOON)("house-model-7", CALL, Decimal(1)) is None


def test_another_providers_model_is_found() -> None:
    assert price_on(CONFIG, NOON)("gpt-4o", CALL, Decimal(1000)) is not None
