"""The ledger at the door: who may enter, all or nothing, what is written down, and how a row is taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from console.errors import InputError, NotPermitted, UsageError
from console.operations import outcomes
from console.operations.desk import Desk
from store import audit
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import FINANCE, OWNER, VIEWER, open_desk
from tests.support.ledgers import NOVEMBER, OCTOBER, register, sign

HEADINGS = "workload,period,outcomes,value_usd,review_usd\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as desk:
        with desk.database.write() as tx:
            register(tx, "claims-triage")
            register(tx, "client-letters")
            sign(tx, CLAIMS_TRIAGE)
        yield desk


def entries(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    with desk.database.read() as tx:
        return [(row.action, row.object, json.loads(row.body)["detail"]) for row in audit.entries(tx, limit=20)]


async def test_a_file_goes_in_whole_and_the_log_says_what_it_was(desk: Desk) -> None:
    done = await outcomes.import_outcomes(desk, FINANCE, name="october.csv", month="2026-10", text=HEADINGS +
                                          "claims-triage,2026-10-01,100,,5\nclient-letters,2026-10,7,,\n")
    assert done == outcomes.OutcomesImported(2, ("claims-triage", "client-letters"), ("2026-10",), 1)
    (action, about, detail), *_ = entries(desk)
    assert (action, about, detail["rows"], detail["origin"]) == ("outcomes.imported", "ledger", 2, "file october.csv")
    claims, letters = await outcomes.outcomes(desk, VIEWER, month="2026-10")
    assert (claims.value, claims.by_charter, claims.period) == (120_000_000, ("value",), "2026-10-01")
    assert (letters.value, letters.outcomes, letters.entered_by, letters.origin) == (
        None, Decimal(7), "fay", "file october.csv")


async def test_one_bad_row_and_nothing_is_stored(desk: Desk) -> None:
    with pytest.raises(InputError, match=r"bad\.csv:3: column 3 \(outcomes\): '-1' is negative"):
        await outcomes.import_outcomes(desk, OWNER, name="bad.csv",
                                       text=HEADINGS + "claims-triage,2026-10,1,,\nclient-letters,2026-10,-1,,\n")
    assert await outcomes.outcomes(desk, OWNER, month="2026-10") == ()
    assert entries(desk) == []


async def test_the_same_file_twice_is_refused_row_by_row_with_what_is_there(desk: Desk) -> None:
    text = HEADINGS + "claims-triage,2026-10-01,1,,\nclaims-triage,2026-10-02,1,,\n"
    await outcomes.import_outcomes(desk, OWNER, name="o.csv", text=text)
    with pytest.raises(InputError) as refused:
        await outcomes.import_outcomes(desk, FINANCE, name="o.csv", text=text)
    first, second = str(refused.value).splitlines()
    assert first.startswith("o.csv:2: claims-triage, 2026-10-01, no reference: the same as row 1 of the ledger (file "
                            "o.csv, by anna; token-console outcomes withdraw 1 --why TEXT)")
    assert "row 2 of the ledger" in second
    with pytest.raises(InputError, match="overlaps 2026-10-01 of row 1 of the ledger"):
        await outcomes.import_outcomes(desk, OWNER, name="m.csv", text=HEADINGS + "claims-triage,2026-10,1,,\n")


async def test_a_withdrawn_row_counts_no_more_and_may_be_entered_anew(desk: Desk) -> None:
    async def enter() -> int:
        return await outcomes.enter_outcome(
            desk, OWNER, workload="claims-triage", starts_at=OCTOBER, ends_at=NOVEMBER, outcomes=Decimal("12.5"),
            value=20_000_001, review=0, note="by hand")

    first = await enter()
    with pytest.raises(InputError, match="the outcome: claims-triage, 2026-10, no reference: the same as row 1"):
        await enter()
    with pytest.raises(UsageError, match="with the reason"):
        await outcomes.withdraw_outcome(desk, OWNER, outcome=first, why=" ")
    await outcomes.withdraw_outcome(desk, OWNER, outcome=first, why="counted twice")
    with pytest.raises(UsageError, match="No row 1 of the ledger holds"):
        await outcomes.withdraw_outcome(desk, OWNER, outcome=first, why="again")
    await enter()
    (line,) = await outcomes.outcomes(desk, OWNER, month="2026-10", workload="claims-triage")
    assert (line.id, line.value, line.review, line.rework, line.origin) == (2, 20_000_001, 0, None, "entered")
    assert [action for action, *_ in entries(desk)] == ["outcome.entered", "outcome.withdrawn", "outcome.entered"]
    assert entries(desk)[1][2]["why"] == "counted twice"


async def test_what_is_entered_by_hand_is_held_to_the_same_rules(desk: Desk) -> None:
    async def enter(start: datetime, end: datetime, **given: object) -> None:
        await outcomes.enter_outcome(desk, OWNER, workload="claims-triage", starts_at=start, ends_at=end,
                                     **given)  # type: ignore[arg-type]

    with pytest.raises(InputError, match=r"the outcome: value_usd: '-1' is negative"):
        await enter(OCTOBER, NOVEMBER, value=-1_000_000)
    with pytest.raises(InputError, match="the row says nothing"):
        await enter(OCTOBER, NOVEMBER)
    with pytest.raises(InputError, match="lies in the future"):
        await enter(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), value=1)
    with pytest.raises(InputError, match="the row spans two months"):
        await enter(OCTOBER, datetime(2026, 11, 2, tzinfo=UTC), value=1)


async def test_a_viewer_enters_nothing_and_a_read_only_console_neither(desk: Desk) -> None:
    text = HEADINGS + "claims-triage,2026-10,1,,\n"
    with pytest.raises(NotPermitted, match="victor may not enter outcomes"):
        await outcomes.import_outcomes(desk, VIEWER, name="o.csv", text=text)
    assert entries(desk)[0][:2] == ("attempt.refused", "ledger")
    desk.read_only = True
    with pytest.raises(NotPermitted, match="the ledger stays as it is"):
        await outcomes.import_outcomes(desk, OWNER, name="o.csv", text=text)


async def test_a_month_that_is_none_and_a_file_that_is_too_large_are_refused(desk: Desk) -> None:
    for month in ("2026-13", "2027-01"):
        with pytest.raises(UsageError, match=r"is no month|has not begun"):
            await outcomes.import_outcomes(desk, OWNER, name="o.csv", text=HEADINGS, month=month)
    with pytest.raises(InputError, match="larger than 10 MiB"):
        await outcomes.import_outcomes(desk, OWNER, name="o.csv", text="x" * (outcomes.FILE_LIMIT + 1))
