"""A cadence as JSON: money as text, unknown as null, shares as numbers, times in UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from console.cadences.documents import document
from console.money import MicroUsd


class Inner(NamedTuple):
    stake: MicroUsd | None
    share: Decimal | None


@dataclass(frozen=True)
class Outer:
    at: datetime
    name: str
    spent: MicroUsd
    months: tuple[MicroUsd | None, ...]
    rows: tuple[tuple[str, MicroUsd | None], ...]
    inner: tuple[Inner, ...]


def test_every_field_is_written_as_it_is_declared() -> None:
    value = Outer(datetime(2026, 10, 1, tzinfo=UTC), "claims", 1_500_000, (1, None), (("2026-10", 2_000_000),),
                  (Inner(None, Decimal("0.25")), Inner(0, None)))
    assert json.loads(json.dumps(document(value))) == {
        "at": "2026-10-01T00:00:00Z", "name": "claims", "spent_usd": "1.500000", "months": ["0.000001", None],
        "rows": [["2026-10", "2.000000"]],
        "inner": [{"stake_usd": None, "share": 0.25}, {"stake_usd": "0.000000", "share": None}],
    }


def test_a_share_of_less_than_nothing_that_rounds_to_nothing_has_no_sign() -> None:
    assert json.dumps(document(Decimal("-0.0000000015"))) == "0.0"
