"""The residue of a month, from a real store: exact, broken down four ways, and what nobody claims by dollars."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from console.cadences.documents import document
from console.cadences.residue.value import WAYS, Residue
from console.clock import epoch
from console.errors import UsageError
from console.operations.desk import Desk
from console.operations.residue import residue
from console.pricing import PriceBook
from console.providers.source import BilledRow
from store import streams
from store.windows import period_spend
from tests.support.desks import NOON, VIEWER, open_desk
from tests.support.ledgers import read
from tests.support.used import START, fill


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("residue")) as desk:
        with desk.database.write() as tx:
            fill(tx, PriceBook())
            rows = [BilledRow(date(2026, 11, 20), (("api_key_id", key), ("model", "claude-sonnet-4-6")), amount, "USD",
                              "tokens") for key, amount in (("apikey_claims", 1_000_000), ("apikey_gone", 50_000))]
            before = BilledRow(date(2026, 11, 19), (("api_key_id", "apikey_claims"),), 7_000_000, "USD", "tokens")
            streams.put_billed(tx, "anthropic", date(2026, 11, 19), date(2026, 11, 21), [before, *rows])
            read(tx, START, START + timedelta(days=2))
        yield desk


@pytest.fixture
async def found(filled: Desk) -> Residue:
    return await residue(filled, VIEWER)


async def test_every_way_adds_up_to_what_the_console_shows(filled: Desk, found: Residue) -> None:
    with filled.database.read() as tx:
        spent = {slug: each.cost for slug, each in
                 period_spend(tx, epoch(START), epoch(START + timedelta(days=2))).items()}
    assert found.metered == sum(spent.values())
    assert found.unclaimed == spent[None] == sum(line.spent for line in found.unclaimed_lines)
    for way in WAYS:
        assert sum(line.metered or 0 for line in found.by(way)) == found.metered
        billed = sum(line.billed or 0 for line in found.by(way) if line.gap is not None)
        assert billed == found.billed == 1_050_000


async def test_a_key_is_held_against_its_own_bill_and_one_that_only_the_bill_knows_is_shown(found: Residue) -> None:
    by_key = {line.what: line for line in found.by("key")}
    assert (by_key["apikey_gone"].metered, by_key["apikey_gone"].gap) == (0, 50_000)
    claims = by_key["apikey_claims"]
    assert (claims.name, claims.claimed_by) == ("Claims key", "claims-triage")
    assert claims.gap == 1_000_000 - (claims.compared or 0)


async def test_what_nobody_claims_says_how_to_claim_it(found: Residue) -> None:
    [line] = found.unclaimed_lines
    assert (line.key, line.models) == ("apikey_lost", ("claude-opus-4-7",))
    assert line.rule == '{ source = "anthropic", api_key_id = "apikey_lost" }'


async def test_what_was_billed_for_days_that_were_never_read_is_no_gap(found: Residue) -> None:
    day = next(line for line in found.by("day") if line.what == "2026-11-19")
    assert (day.metered, day.billed, day.gap) == (None, 7_000_000, None)
    [whole] = found.by("source")
    assert whole.billed == 1_050_000
    assert found.unknown == (f"anthropic is known from {START:%Y-%m-%d %H:%MZ} only",)


async def test_what_was_never_read_is_said_and_not_shown_as_nothing(filled: Desk, tmp_path: Path) -> None:
    with open_desk(tmp_path) as new:
        assert (await residue(new, VIEWER)).unknown == ("anthropic was never read",)
    empty = await residue(filled, VIEWER, month="2026-09")
    assert (empty.metered, empty.billed, empty.unclaimed_lines) == (0, None, ())


async def test_it_is_one_json_document_and_no_month_is_refused(found: Residue, filled: Desk) -> None:
    said = json.loads(json.dumps(document(found)))
    assert said["metered_usd"] == f"{found.metered / 1_000_000:.6f}"
    assert {line["by"] for line in said["lines"]} == set(WAYS)
    with pytest.raises(UsageError, match="no month"):
        await residue(filled, VIEWER, month="2026-13")
    assert NOON.month == 11
