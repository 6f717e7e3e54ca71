"""The ledger at the door: who may enter, all or nothing, what is written down, and how a row is taken back."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.errors import InputError, NotPermitted, UsageError
from console.operations import outcomes
from console.operations.desk import Desk
from console.settings import OutcomeQuery
from console.watch.ledger_duties import LedgerDuties
from console.watch.outcome_keeping import Pulled
from store import audit
from store.sqlite import sqlite3
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


@pytest.mark.parametrize(("rows", "said"), [
    (("2026-10,a", "2026-10-14,b"), ("2026-10 (reference 'a') and 2026-10-14 (reference 'b')",)),
    (("2026-10-14,a", "2026-10-14,"), ("2026-10-14 (reference 'a') and 2026-10-14 (no reference)",)),
    (("2026-10-13,a", "2026-10-14,b", "2026-10-15,a"), ()),
    (("2026-10-13,a", "2026-10-20,a", "2026-10-20,c"), ("2026-10-20 (reference 'a') and 2026-10-20 (reference 'c')",)),
])
async def test_rows_of_other_references_that_overlap_count_and_are_told(desk: Desk, rows: tuple[str, ...],
                                                                        said: tuple[str, ...]) -> None:
    text = "workload,period,reference,outcomes\n" + "".join(f"claims-triage,{row},1\n" for row in rows)
    done = await outcomes.import_outcomes(desk, FINANCE, name="o.csv", text=text)
    assert done.overlapping == tuple(f"claims-triage: {each}" for each in said)


async def test_rows_that_overlap_what_the_ledger_has_are_told_and_what_overlapped_before_is_not(desk: Desk) -> None:
    head = "workload,period,reference,outcomes\n"
    await outcomes.import_outcomes(desk, FINANCE, name="o.csv", text=head + "claims-triage,2026-10,a,1\n")
    done = await outcomes.import_outcomes(desk, FINANCE, name="p.csv", text=head + "claims-triage,2026-10-31,b,1\n"
                                          "client-letters,2026-10-31,,1\n")
    assert done.overlapping == ("claims-triage: 2026-10 (reference 'a') and 2026-10-31 (reference 'b')",)
    done = await outcomes.import_outcomes(desk, FINANCE, name="q.csv", text=head + "claims-triage,2026-09-30,b,1\n")
    assert done.overlapping == ()


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


async def test_a_row_entered_by_hand_beside_one_of_another_reference_counts_and_is_told(desk: Desk) -> None:
    async def enter(day: int, reference: str) -> tuple[str, ...]:
        start = OCTOBER + timedelta(days=day)
        done = await outcomes.enter_outcome(desk, OWNER, workload="claims-triage", starts_at=start,
                                            ends_at=start + timedelta(days=2), value=1, reference=reference)
        return done.overlapping

    assert await enter(0, "a") == ()
    assert await enter(1, "b") == ("claims-triage: 2026-10-01 to 2026-10-02 (reference 'a') and "
                                   "2026-10-02 to 2026-10-03 (reference 'b')",)
    assert await enter(4, "b") == ()


async def test_a_withdrawn_row_counts_no_more_and_may_be_entered_anew(desk: Desk) -> None:
    async def enter() -> int:
        entered = await outcomes.enter_outcome(
            desk, OWNER, workload="claims-triage", starts_at=OCTOBER, ends_at=NOVEMBER, outcomes=Decimal("12.5"),
            value=20_000_001, review=0, note="by hand")
        return entered.row

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


@pytest.fixture
def books(desk: Desk, tmp_path: Path) -> Path:
    """The organisation's own database, and a query of it in the configuration."""
    path = tmp_path / "books.db"
    write(path, "CREATE TABLE claim (day TEXT, closed INTEGER)",
          "INSERT INTO claim VALUES ('2026-09-30', 5), ('2026-10-01', 10), ('2026-10-02', 20)")
    sql = "SELECT 'claims-triage' AS workload, day AS period, closed AS outcomes FROM claim"
    desk.config = replace(desk.config, outcome_queries=(OutcomeQuery("books", f"sqlite:///{path}", sql, 3600),))
    return path


def write(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def counts(desk: Desk, month: str = "2026-10") -> list[tuple[str, int]]:
    return [(line.period, int(line.outcomes or 0)) for line in await outcomes.outcomes(desk, OWNER, month=month)]


async def test_asking_twice_changes_nothing(desk: Desk, books: Path) -> None:
    assert await outcomes.pull_outcomes(desk, OWNER) == (Pulled("books", 3, 0, 0, 0, 0),)
    assert await outcomes.pull_outcomes(desk, OWNER, name="books") == (Pulled("books", 0, 0, 0, 3, 0),)
    assert await counts(desk) == [("2026-10-01", 10), ("2026-10-02", 20)]
    assert [action for action, *_ in entries(desk)] == ["outcomes.pulled"]
    assert (await outcomes.outcomes(desk, OWNER, month="2026-10"))[0].origin == "query books"


async def test_what_is_stated_otherwise_is_replaced_and_what_is_gone_is_withdrawn(desk: Desk, books: Path) -> None:
    await outcomes.pull_outcomes(desk, OWNER)
    write(books, "UPDATE claim SET closed = 11 WHERE day = '2026-10-01'", "DELETE FROM claim WHERE day <> '2026-10-01'",
          "INSERT INTO claim VALUES ('2026-10-03', 30)")
    assert await outcomes.pull_outcomes(desk, OWNER) == (Pulled("books", 1, 1, 1, 0, 0),)
    assert await counts(desk) == [("2026-10-01", 11), ("2026-10-03", 30)]
    assert await counts(desk, "2026-09") == [("2026-09-30", 5)]   # before the months of the answer: it stays


async def test_only_the_month_that_is_asked_for_is_touched(desk: Desk, books: Path) -> None:
    assert await outcomes.pull_outcomes(desk, OWNER, month="2026-09") == (Pulled("books", 1, 0, 0, 0, 0),)
    assert await counts(desk) == []
    with pytest.raises(InputError, match="gives no row of 2026-08; nothing was changed"):
        await outcomes.pull_outcomes(desk, OWNER, month="2026-08")


async def test_a_row_that_a_person_withdrew_stays_withdrawn(desk: Desk, books: Path) -> None:
    await outcomes.pull_outcomes(desk, OWNER)
    await outcomes.withdraw_outcome(desk, OWNER, outcome=2, why="a test run of theirs")
    assert await outcomes.pull_outcomes(desk, OWNER) == (Pulled("books", 0, 0, 0, 2, 1),)
    assert await counts(desk) == [("2026-10-02", 20)]


async def test_a_query_never_counts_what_is_entered_by_hand_a_second_time(desk: Desk, books: Path) -> None:
    await outcomes.import_outcomes(desk, OWNER, name="o.csv", text=HEADINGS + "claims-triage,2026-10-02,1,,\n")
    with pytest.raises(InputError, match=r"query books:3: claims-triage, 2026-10-02, no reference: the same as row 1"):
        await outcomes.pull_outcomes(desk, OWNER)
    assert await counts(desk) == [("2026-10-02", 1)]


async def test_a_query_that_is_not_there_and_a_person_who_may_not_are_refused(desk: Desk, books: Path) -> None:
    with pytest.raises(UsageError, match="no query 'claims'; it has books"):
        await outcomes.pull_outcomes(desk, OWNER, name="claims")
    with pytest.raises(NotPermitted):
        await outcomes.pull_outcomes(desk, VIEWER)


async def test_the_leader_asks_when_it_is_time_and_says_what_failed_until_it_works(desk: Desk, books: Path) -> None:
    assert isinstance(desk.clock, ManualClock)
    duties = LedgerDuties(desk.config, desk.database, desk.clock)
    assert await duties.look(None) is None
    assert await counts(desk) == [("2026-10-01", 10), ("2026-10-02", 20)]
    write(books, "ALTER TABLE claim RENAME TO gone")
    assert await duties.look(None) is None   # asked a moment ago
    desk.clock.advance(3600)
    assert "query books: SQLite says: no such table: claim" in (await duties.look(None) or "")
    assert "no such table" in (await duties.look(None) or "")
    write(books, "ALTER TABLE gone RENAME TO claim")
    desk.clock.advance(3600)
    assert await duties.look(None) is None
