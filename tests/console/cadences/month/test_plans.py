"""Which Charter a month of the past was held to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

from console.cadences.month.plans import Held, plans
from store import charter_notes
from store.database import Database
from store.tables import CharterNote
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.database import fresh_database
from tests.support.ledgers import DECEMBER, NOVEMBER, OCTOBER, PROJECTION, SEPTEMBER, sign

MIDDLE = datetime(2026, 10, 14, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = fresh_database(tmp_path)
    yield made
    made.close()


def retire(tx: Session, at: datetime) -> None:
    charter_notes.add(tx, CharterNote(workload="claims-triage", version=1, content_hash="x", kind="retirement",
                                      role="business_owner", said_by="anna", said_at=at, text="No alpha is left."))


def held(database: Database, start: datetime, end: datetime) -> Held | None:
    with database.read() as tx:
        return plans(tx, start, end).get("claims-triage")


def test_it_is_read_with_everything_that_projects_an_alpha_net(database: Database) -> None:
    with database.write() as tx:
        sign(tx, edited(*PROJECTION))
    found = held(database, OCTOBER, NOVEMBER)
    assert found is not None
    plan = found.plan
    assert (plan.version, plan.outcome) == (1, "claim triaged")
    assert (plan.expected, plan.outcome_value) == (1_860_000_000, 1_200_000)
    assert (plan.outcomes, plan.baseline_value, plan.review, plan.rework) == (
        Decimal(150_000), 350_000, 9_000_000_000, 1_200_000_000)
    assert (plan.unstated, found.remarks) == ((), ())


def test_before_it_was_signed_there_is_none_and_from_its_first_month_on_it_says_since_when(database: Database) -> None:
    with database.write() as tx:
        sign(tx, CLAIMS_TRIAGE, MIDDLE)
    assert held(database, SEPTEMBER, OCTOBER) is None
    found = held(database, OCTOBER, NOVEMBER)
    assert found is not None
    assert found.remarks == ("The Charter is in force since 2026-10-14; the whole month is held to it.",)


def test_a_retired_one_holds_for_the_month_in_which_it_ended_and_not_after_it(database: Database) -> None:
    with database.write() as tx:
        sign(tx, CLAIMS_TRIAGE)
        retire(tx, MIDDLE)
    found = held(database, OCTOBER, NOVEMBER)
    assert found is not None
    assert found.remarks == ("The Charter was retired on 2026-10-14.",)
    assert held(database, NOVEMBER, DECEMBER) is None


@pytest.mark.parametrize("spoilt", ["'{}'", "'no json'", "json_set(document, '$.expected.monthly', 1)"])
def test_a_charter_that_is_not_what_was_signed_plans_nothing_and_ends_no_reading(database: Database,
                                                                                 spoilt: str) -> None:
    with database.write() as tx:
        sign(tx, CLAIMS_TRIAGE)
        tx.connection().exec_driver_sql(f"UPDATE charter SET document = {spoilt}")
    assert held(database, OCTOBER, NOVEMBER) is None
