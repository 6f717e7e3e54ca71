"""Rows of outcomes from outside: sound ones understood exactly, and every fault named with line, column and remedy."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cadences.month.outcome_csv import rows
from console.cadences.month.outcome_rows import Row, Terms, period, understood
from console.clock import parse_month
from console.errors import InputError
from store.ledger import NewOutcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLUGS = ("claims-triage", "client-letters")


def read(text: str, month: str | None = None) -> tuple[list[Row], list[str]]:
    terms = Terms(SLUGS, NOW, None if month is None else parse_month(month))
    found, problems = understood(rows(text, "o.csv"), terms, origin="file o.csv", by="anna")
    return found, [problem.text("o.csv") for problem in problems]


def outcome(text: str) -> NewOutcome:
    (row,), faults = read(text)
    assert faults == []
    return row.outcome


def faults(row: str, headings: str = "workload,period,outcomes,value_usd,review_usd,currency,reference") -> list[str]:
    return read(f"{headings}\n{row}\n")[1]


def test_a_row_is_understood_to_the_micro_dollar_and_an_empty_cell_is_unknown() -> None:
    row = outcome("workload,period,outcomes,value_usd,baseline_usd,review_usd,rework_usd,currency,reference,note\n"
                  "claims-triage,2026-10,1200.50,15000.000001,,0,,usd,R-7,\"a note, with a comma\"\n")
    assert (row.starts_at, row.ends_at) == parse_month("2026-10")
    assert (row.outcomes, row.value_microusd, row.baseline_microusd) == ("1200.5", 15_000_000_001, None)
    assert (row.review_microusd, row.rework_microusd) == (0, None)
    assert (row.reference, row.note) == ("R-7", "a note, with a comma")
    assert (row.origin, row.entered_by, row.entered_at) == ("file o.csv", "anna", NOW)


@pytest.mark.parametrize("text", [
    "\ufeffworkload;period;outcomes\r\nclaims-triage;2026-10-14;7\r\n",
    "WORKLOAD\tDate\tCount\nclaims-triage\t2026-10-14\t7\n",
    "Outcomes , Day, Slug,,\n 7 ,2026-10-14, claims-triage,,\n\n,,,,\n",
    "workload,from,to,outcomes\nclaims-triage,2026-10-14,2026-10-14,7\n",
    "workload,from,to,outcomes\nclaims-triage,2026-10-14T00:00:00Z,2026-10-15T01:00:00+01:00,7\n",
    "workload,period,from,to,outcomes\nclaims-triage,,2026-10-14,2026-10-14,7\n",
])
def test_a_spreadsheet_may_write_it_in_its_own_way(text: str) -> None:
    row = outcome(text)
    assert (period(row), row.outcomes, row.value_microusd) == ("2026-10-14", "7", None)


def test_the_last_day_is_included_and_the_last_instant_is_not() -> None:
    days = outcome("workload,from,to,outcomes\nclaims-triage,2026-10-30,2026-10-31,7\n")
    assert days.ends_at == datetime(2026, 11, 1, tzinfo=UTC)
    hours = outcome("workload,from,to,outcomes\nclaims-triage,2026-10-30T08:00:00Z,2026-10-31T00:00:00Z,7\n")
    assert (hours.ends_at, period(hours)) == (datetime(2026, 10, 31, tzinfo=UTC),
                                              "2026-10-30T08:00:00Z to 2026-10-31T00:00:00Z")


@pytest.mark.parametrize(("row", "said"), [
    ("claims-triag,2026-10,1,,,,", "column 1 (workload): the MBOM has no workload 'claims-triag'; did you mean "
                                   "claims-triage?"),
    (",2026-10,1,,,,", "column 1 (workload): is empty; write the slug of a workload in the MBOM"),
    ("claims-triage,Oct-26,1,,,,", "column 2 (period): 'Oct-26' is neither a month nor a day; write 2026-10 or "
                                   "2026-10-14"),
    ("claims-triage,2026-02-30,1,,,,", "column 2 (period): '2026-02-30' is neither a month nor a day; write "
                                       "2026-10 or 2026-10-14"),
    ("claims-triage,2026-12,1,,,,", "column 2 (period): 2026-12 lies in the future; enter it when it has been"),
    ("claims-triage,2026-11-24,1,,,,", "column 2 (period): 2026-11-24 lies in the future; enter it when it has "
                                       "been"),
    ("claims-triage,9999-12-31,1,,,,", "column 2 (period): '9999-12-31' is neither a month nor a day; write 2026-10 "
                                       "or 2026-10-14"),
    ("claims-triage,1926-10-14,1,,,,", "column 2 (period): 1926-10-14 lies before 1970; check the year"),
    ("claims-triage,2026-10,-1,,,,", "column 3 (outcomes): '-1' is negative; write what was counted, from 0 "
                                     "on; a correction withdraws the row it corrects"),
    ("claims-triage,2026-10,1,(500),,,", "column 4 (value_usd): '(500)' is negative; write what was counted, "
                                         "from 0 on; a correction withdraws the row it corrects"),
    ("claims-triage,2026-10,1,,-0.01,,", "column 5 (review_usd): '-0.01' is negative; write what was counted, "
                                         "from 0 on; a correction withdraws the row it corrects"),
    ('claims-triage,2026-10,"1,200",,,,', "column 3 (outcomes): '1,200' has a separator of thousands; write "
                                          "1250.50"),
    ('claims-triage,2026-10,1,"1.250,50",,,', "column 4 (value_usd): '1.250,50' has a separator of thousands; "
                                              "write 1250.50"),
    ("claims-triage,2026-10,1,1 250,,,", "column 4 (value_usd): '1 250' has a separator of thousands; write "
                                         "1250.50"),
    ('claims-triage,2026-10,1,"12,5",,,', "column 4 (value_usd): '12,5' has a decimal comma; write 1250.50"),
    ("claims-triage,2026-10,1,$5,,,", "column 4 (value_usd): '$5' has a currency sign; write the number alone, "
                                      "in dollars: 1250.50"),
    ("claims-triage,2026-10,1,=SUM(A1:A9),,,", "column 4 (value_usd): '=SUM(A1:A9)' is a formula or a text; "
                                               "write the number that it comes to: 1250.50"),
    ("claims-triage,2026-10,1,1e9,,,", "column 4 (value_usd): '1e9' is no number; write 1250.50, or leave the "
                                       "cell empty where it is unknown"),
    ("claims-triage,2026-10,nan,,,,", "column 3 (outcomes): 'nan' is no number; write 1250.50, or leave the "
                                      "cell empty where it is unknown"),
    ("claims-triage,2026-10,٣,,,,", "column 3 (outcomes): '٣' is no number; write 1250.50, or leave the cell "
                                    "empty where it is unknown"),
    ("claims-triage,2026-10,1,1000000000001,,,", "column 4 (value_usd): 1000000000001 is more than "
                                                 "1,000,000,000,000; check the unit"),
    ("claims-triage,2026-10,1,0.1234567,,,", "column 4 (value_usd): '0.1234567' has more than six decimals; "
                                             "round it to 1250.500000"),
    ("claims-triage,2026-10,1,5,,EUR,", "column 6 (currency): 'EUR' is not USD; convert the amounts at the "
                                        "rate of your books, and write USD"),
    ("claims-triage,2026-10,,,,,R", "column 3 (outcomes): the row says nothing; give outcomes, value_usd or a "
                                    "cost"),
    (f"claims-triage,2026-10,1,,,,{'x' * 201}", "column 7 (reference): has 201 characters; shorten it to 200"),
])
def test_each_fault_is_named_with_its_place_and_its_remedy(row: str, said: str) -> None:
    assert faults(row) == [f"o.csv:2: {said}"]


@pytest.mark.parametrize(("row", "said"), [
    ("claims-triage,2026-10-14,2026-10-13,1", "column 3 (to): 2026-10-13 lies before 2026-10-14; write the later one"),
    ("claims-triage,2026-10-14T08:00:00Z,2026-10-14T08:00:00Z,1", "column 3 (to): 2026-10-14T08:00:00Z lies before"),
    ("claims-triage,2026-10-30,2026-11-02,1", "column 3 (to): the row spans two months; write a row for each month"),
    ("claims-triage,14/10/2026,2026-10-14,1", "column 2 (from): '14/10/2026' is no day and no instant; write 2026"),
    ("claims-triage,2026-10-14T08:00:00,2026-10-15,1", "column 2 (from): '2026-10-14T08:00:00' is no day and no"),
    ("claims-triage,2026-10-14,9999-12-31,1", "column 3 (to): '9999-12-31' is no day and no instant"),
    ("claims-triage,0001-01-01T00:00:00+14:00,2026-10-14,1", "column 2 (from): '0001-01-01T00:00:00+14:00' is no day"),
    ("claims-triage,1926-10-14,1926-10-14,1", "column 2 (from): 1926-10-14 lies before 1970; check the year"),
    ("claims-triage,2026-10-14,,1", "column 3 (to): is empty; write period as 2026-10 or 2026-10-14, or from and to"),
    ("claims-triage,2026-11-20,2026-11-24,1", "column 3 (to): 2026-11-24 lies in the future; write 2026-11-23 at"),
])
def test_each_fault_of_a_span_is_named(row: str, said: str) -> None:
    (fault,) = faults(row, "workload,from,to,outcomes")
    assert said in fault


def test_all_faults_of_a_row_are_told_at_once() -> None:
    assert len(faults("nobody,2027-01,-1,x,1e1,EUR,")) == 6


def test_a_month_that_runs_may_be_entered_as_far_as_it_is_known() -> None:
    assert faults("claims-triage,2026-11,1,,,,") == []


def test_rows_outside_the_month_asked_for_are_refused() -> None:
    _, said = read("workload,period,outcomes\nclaims-triage,2026-09-30,1\nclaims-triage,2026-10-01,1\n", "2026-10")
    assert said == ["o.csv:2: column 2 (period): 2026-09-30 lies outside 2026-10, the month asked for; take the row "
                    "out, or import that month by itself"]


def test_nothing_is_counted_twice_within_a_file() -> None:
    _, said = read("workload,period,outcomes,reference\nclaims-triage,2026-10-01,1,\nclaims-triage,2026-10-01,1,A\n"
                   "claims-triage,2026-10-01,2,\nclaims-triage,2026-10,3,A\nclient-letters,2026-10-01,1,A\n")
    assert said == [
        "o.csv:4: claims-triage, 2026-10-01, no reference: the same as line 2; take one of them out, or give each a "
        "reference of its own",
        "o.csv:5: claims-triage, 2026-10, reference 'A': overlaps 2026-10-01 of line 3; count no time twice: take one "
        "of them out, or give each a reference of its own"]


def test_text_that_a_spreadsheet_would_run_is_kept_as_text() -> None:
    row = outcome("workload,period,outcomes,reference,note\nclaims-triage,2026-10,1,'=R1,=cmd|'/c calc'!A1\n")
    assert (row.reference, row.note) == ("=R1", "=cmd|'/c calc'!A1")


@pytest.mark.parametrize(("text", "said"), [
    ("", "o.csv:1: there is no column workload"),
    ("workload,period,outcomes\n", "o.csv: there is no row under the headings"),
    ("workload,period,outcomes,value_eur\nclaims-triage,2026-10,1,2\n",
     "o.csv:1: column 4: there is no column 'value_eur'; did you mean value_usd? known are workload, period"),
    ("workload,month,period,outcomes\n", "o.csv:1: column 3: period is there twice; keep one"),
    ("period,outcomes\n2026-10,1\n", "o.csv:1: there is no column workload"),
    ("workload,from,outcomes\nclaims-triage,2026-10-01,1\n", "o.csv:1: there is no column period, and not both"),
    ("workload,period,outcomes\nclaims-triage,2026-10,1,2\n", "o.csv:2: there are 4 cells for 3 columns"),
    ("workload,period,outcomes\nclaims-triage,2026-10\n", "o.csv:2: there are 2 cells for 3 columns"),
    ('workload,period,outcomes\nclaims-triage,"2026-10,1\n', "o.csv:2: this is not CSV: unexpected end of data"),
    ("workload,period,outcomes\nclaims\0,2026-10,1\n", "o.csv:2: there is a NUL byte"),
])
def test_a_file_that_is_no_table_of_outcomes_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    assert said in str(refused.value)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_reading(one: str, two: str, three: str) -> None:
    with contextlib.suppress(InputError):
        read(f"workload,period,outcomes,note\n{one},{two},{three},\n")
