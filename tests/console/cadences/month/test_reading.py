"""A month that was worked out by hand: two workloads, every figure written down here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

from console.cadences.month.reading import monthly
from console.cadences.monthly import MonthLine, Monthly
from console.clock import epoch, parse_month
from console.money import from_usd
from console.providers.source import BilledRow
from store import ledger, registry, streams
from store.database import Database
from store.ledger import NewOutcome
from store.tables import Explanation
from tests.support.charters import edited
from tests.support.database import fresh_database
from tests.support.ledgers import (
    NOVEMBER,
    OCTOBER,
    PROJECTION,
    SEPTEMBER,
    a_day,
    read,
    register,
    sign,
    spend,
)
from tests.support.mbom import CONFIG
from tests.support.sound_charters import GENERAL

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = fresh_database(tmp_path)
    yield made
    made.close()


def earned(tx: Session, slug: str, start: datetime, end: datetime, *, outcomes: str | None = None,
           value: str | None = None, baseline: str | None = None, review: str | None = None,
           rework: str | None = None) -> None:
    """One row of the ledger; amounts are dollars."""
    value_, baseline_, review_, rework_ = (None if usd is None else from_usd(usd)
                                           for usd in (value, baseline, review, rework))
    ledger.add_outcomes(tx, [NewOutcome(
        workload=slug, starts_at=start, ends_at=end, outcomes=outcomes, origin="entered", entered_by="anna",
        entered_at=AT, value_microusd=value_, baseline_microusd=baseline_, review_microusd=review_,
        rework_microusd=rework_)])


def october(tx: Session) -> None:
    """Claims triage, projected and a fifth over its plan; client letters, of which the review cost is not known."""
    register(tx, "claims-triage")
    register(tx, "client-letters")
    sign(tx, edited(*PROJECTION))
    sign(tx, GENERAL)
    read(tx, SEPTEMBER, AT)
    spend(tx, "claims-triage", a_day(OCTOBER, 31, 71_500_000))       # 31 x 71.50 = 2,216.50
    spend(tx, "client-letters", a_day(OCTOBER, 31, 10_000_000))      # 310.00
    spend(tx, None, a_day(OCTOBER, 31, 1_000_000))                   # 31.00 of nobody
    spend(tx, "claims-triage", a_day(NOVEMBER, 22, 60_000_000))
    middle = datetime(2026, 10, 16, tzinfo=UTC)
    earned(tx, "claims-triage", OCTOBER, middle, outcomes="70000", review="4100.25", rework="500")
    earned(tx, "claims-triage", middle, NOVEMBER, outcomes="61000", value="75000.10", baseline="20000", review="4000",
           rework="700.40")
    earned(tx, "client-letters", OCTOBER, NOVEMBER, outcomes="1200", value="17400", baseline="9000", rework="0")


def drawn(database: Database, month: str | None = "2026-10", at: datetime = AT) -> Monthly:
    with database.read() as tx:
        return monthly(tx, CONFIG, at, month)


def line(month: Monthly, slug: str) -> MonthLine:
    return next(each for each in month.lines if each.slug == slug)


def test_every_figure_of_a_closed_month_is_the_one_worked_out_by_hand(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    claims = line(drawn(database), "claims-triage")
    assert claims.outcomes == Decimal(131_000)
    assert claims.value == from_usd("159000.10")       # 70,000 x 1.20 of the Charter + 75,000.10 as stated
    assert claims.baseline == from_usd("44500")        # 70,000 x 0.35 of the Charter + 20,000 as stated
    assert claims.inference == from_usd("2216.50")
    assert claims.review == from_usd("8100.25")
    assert claims.rework == from_usd("1200.40")
    assert claims.alpha_net == from_usd("102982.95")   # 159,000.10 - 44,500 - 2,216.50 - 8,100.25 - 1,200.40
    assert round(claims.per_dollar or 0, 6) == Decimal("46.461967")
    assert claims.planned == from_usd("1860")
    assert claims.planned_alpha_net == from_usd("115440")   # 180,000 - 52,500 - 1,860 - 9,000 - 1,200
    assert round(claims.planned_per_dollar or 0, 6) == Decimal("62.064516")
    assert round(claims.spend_variance or 0, 6) == Decimal("0.191667")     # 356.50 / 1,860
    assert round(claims.return_variance or 0, 6) == Decimal("-0.251392")
    assert (claims.over, claims.state, claims.owed) == (True, "open", ("business_owner", "platform_lead"))
    assert claims.over_of == ("spend", "return")
    assert (claims.missing, claims.charter_version, claims.outcome) == ((), 1, "claim triaged")


def test_one_unknown_part_makes_alpha_net_unknown_and_is_named(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    letters = line(drawn(database), "client-letters")
    assert (letters.value, letters.review, letters.rework) == (from_usd("17400"), None, 0)
    assert (letters.alpha_net, letters.per_dollar, letters.missing) == (None, None, ("review cost",))
    assert letters.planned_alpha_net is None
    assert "does not state outcomes_per_month, baseline_value_usd, review_usd, rework_usd" in letters.remarks[-1]
    assert (letters.state, letters.over) == ("on plan", False)   # 310 of 340: 8.8 % under, and 30 dollars


def test_totals_are_unknown_where_a_part_is_and_say_what_is_known(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    totals = drawn(database).totals
    assert (totals.inference, totals.planned) == (from_usd("2526.50"), from_usd("2200"))
    assert (totals.alpha_net, totals.value) == (None, from_usd("176400.10"))
    assert totals.per_dollar == Decimal("102982.95") / Decimal("2216.50")  # what that one workload spent
    assert (totals.known_alpha_net, totals.known_workloads) == (from_usd("102982.95"), 1)
    assert (totals.open, totals.unattributed, totals.realised) == (1, from_usd("31"), 0)


def test_of_a_portfolio_of_which_nothing_is_known_no_sum_is_zero(database: Database) -> None:
    with database.write() as tx:
        register(tx, "claims-triage")
        read(tx, SEPTEMBER, AT)
        spend(tx, "claims-triage", a_day(OCTOBER, 31, 71_500_000))
    totals = drawn(database).totals
    assert (totals.known_alpha_net, totals.per_dollar, totals.known_workloads) == (None, None, 0)


def test_the_running_month_is_planned_as_far_as_its_data_reach(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    now = drawn(database, None)
    assert (now.month, now.partial, now.data_until) == ("2026-11", True, AT)
    claims = line(now, "claims-triage")
    assert claims.inference == from_usd("1320")
    assert claims.planned == from_usd("1395")          # 1,860 x 22.5 / 30 days
    assert claims.planned_alpha_net == from_usd("86580")
    assert (claims.value, claims.alpha_net, claims.state) == (None, None, "unknown")


def test_a_month_that_still_runs_says_that_it_is_off_plan_and_asks_nobody_to_explain_it(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    running = drawn(database, "2026-10", datetime(2026, 10, 20, tzinfo=UTC))
    claims = line(running, "claims-triage")
    assert (running.partial, claims.over, claims.state, claims.owed) == (True, True, "off plan", ())
    assert running.totals.open == 0


def test_a_month_before_the_first_reading_is_unknown_and_not_nothing(database: Database) -> None:
    with database.write() as tx:
        october(tx)
    august = drawn(database, "2026-08")
    claims = line(august, "claims-triage")
    assert (claims.inference, claims.state, august.totals.inference, august.totals.unattributed) == (
        None, "no Charter", None, None)
    assert claims.remarks == ("What it spent is unknown: anthropic is known from 2026-09-01 00:00Z only.",)


def test_a_closed_month_that_was_not_read_to_its_end_is_unknown(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        read(tx, SEPTEMBER, datetime(2026, 10, 20, 6, tzinfo=UTC))
    claims = line(drawn(database), "claims-triage")
    assert (claims.inference, claims.alpha_net, claims.state) == (None, None, "unknown")
    assert claims.missing == ("inference",)
    assert "anthropic was read only up to 2026-10-20 06:00Z" in claims.remarks[0]


def test_what_no_rule_claims_is_nobodys_and_a_workload_without_a_rule_is_unknown(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        register(tx, "ruleless", usage=[])
    assert "no rule of its MBOM entry" in line(drawn(database), "ruleless").remarks[0]


def test_the_month_is_held_to_the_charter_in_force_at_its_end(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        sign(tx, edited(("version = 1", "version = 2"), ('monthly_usd = "1860"', 'monthly_usd = "2200"')),
             datetime(2026, 10, 14, tzinfo=UTC))
        sign(tx, edited(("version = 1", "version = 3"), ('monthly_usd = "1860"', 'monthly_usd = "9000"')),
             datetime(2026, 11, 2, tzinfo=UTC))
    claims = line(drawn(database), "claims-triage")
    assert (claims.charter_version, claims.planned) == (2, from_usd("2200"))
    assert claims.remarks[0] == ("Version 1 of the Charter held until 2026-10-14; the month is held to version 2.")
    assert line(drawn(database, "2026-09"), "claims-triage").charter_version == 1
    assert line(drawn(database, "2026-11"), "claims-triage").charter_version == 3


def test_a_charter_whose_content_was_altered_in_the_database_binds_nobody(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        tx.connection().exec_driver_sql("UPDATE charter SET document = json_set(document, '$.expected.monthly', 1)")
    assert line(drawn(database), "claims-triage").state == "no Charter"


def test_a_trifle_needs_no_essay(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        spend(tx, "client-letters", a_day(OCTOBER, 31, 2_500_000))   # 387.50 of 340: 14 % over
    letters = line(drawn(database), "client-letters")
    assert (round(letters.spend_variance or 0, 3), letters.over) == (Decimal("0.140"), False)
    with database.write() as tx:
        spend(tx, "client-letters", {OCTOBER: 4_000_000})            # 391.50: 15.1 % and 51.50 dollars over
    assert line(drawn(database), "client-letters").over
    with database.write() as tx:
        spend(tx, "client-letters", {OCTOBER: -2_000_000})           # 389.50: 49.50 dollars over
    assert not line(drawn(database), "client-letters").over


def test_a_variance_is_open_until_both_have_explained_it(database: Database) -> None:
    def said(tx: Session, role: str, text: str) -> None:
        ledger.add_explanation(tx, Explanation(workload="claims-triage", month="2026-10", role=role, text=text,
                                               written_by="anna", written_at=AT))

    with database.write() as tx:
        october(tx)
        said(tx, "business_owner", "First try.")
        said(tx, "business_owner", "A storm brought 9,000 claims.")
    claims = line(drawn(database), "claims-triage")
    assert (claims.state, claims.owed) == ("open", ("platform_lead",))
    assert [each.text for each in claims.explanations] == ["A storm brought 9,000 claims."]
    with database.write() as tx:
        said(tx, "platform_lead", "The cache was cold for a week.")
    month = drawn(database)
    assert (line(month, "claims-triage").state, month.totals.open) == ("explained", 0)


def test_what_was_entered_withdrawn_or_explained_later_is_not_in_the_month_as_it_was_known_before(
        database: Database) -> None:
    hour = timedelta(hours=1)
    with database.write() as tx:
        october(tx)
        ledger.add_explanation(tx, Explanation(workload="claims-triage", month="2026-10", role="business_owner",
                                               text="A storm.", written_by="anna", written_at=AT + hour))
        ledger.withdraw(tx, [1], "anna", "counted twice", AT + hour)

    def known(at: datetime) -> tuple[Decimal | None, int]:
        claims = line(drawn(database, at=at), "claims-triage")
        return claims.outcomes, len(claims.explanations)

    assert known(AT - hour) == (None, 0)
    assert known(AT) == (Decimal(131_000), 0)
    assert known(AT + hour) == (Decimal(61_000), 1)


def test_retired_and_planned_workloads_are_left_out_where_nothing_happened(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        register(tx, "to-come", status="planned")
        register(tx, "over", status="retired")
        register(tx, "claims-triage", status="retired")
    assert [each.slug for each in drawn(database).lines] == ["claims-triage", "client-letters"]
    with database.read() as tx:
        assert len(registry.workloads(tx)) == 4


def billed(tx: Session, amount: str, *, first: date = date(2026, 10, 1), count: int = 31, kind: str = "tokens") -> None:
    """The same dollars in the cost report of each day."""
    streams.put_billed(tx, "anthropic", first, first + timedelta(days=count), [
        BilledRow(first + timedelta(days=day), (("cost_type", kind),), from_usd(amount), "USD", kind)
        for day in range(count)])


def test_what_was_billed_stands_beside_what_was_metered_of_the_same_days(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        billed(tx, "82.50")                       # 71.50 + 10 + 1, nobody's dollar too
    (gap,) = drawn(database).gaps
    assert (gap.source, gap.days, gap.kind, gap.gap) == ("anthropic", 31, "none", 0)
    assert (gap.billed, gap.metered) == (from_usd("2557.50"), from_usd("2557.50"))
    with database.write() as tx:
        billed(tx, "90", first=date(2026, 10, 5), count=5)
    (gap,) = drawn(database).gaps
    assert (gap.kind, gap.gap) == ("unmetered", from_usd("37.50"))


def test_what_was_billed_before_the_source_was_first_read_is_no_gap(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        billed(tx, "82.50")
        begun = (epoch(datetime(2026, 10, 20, 5, tzinfo=UTC)),)
        tx.connection().exec_driver_sql("UPDATE fetch SET window_start = ?", begun)
        tx.connection().exec_driver_sql("UPDATE series SET first_bucket = ?", begun)
    (gap,) = drawn(database).gaps
    assert (gap.days, gap.billed, gap.gap) == (11, from_usd("907.50"), 0)


def test_the_days_that_may_still_change_are_told_from_a_gap(database: Database) -> None:
    with database.write() as tx:
        october(tx)
        billed(tx, "60", first=date(2026, 11, 1), count=22)      # as metered
        billed(tx, "20", first=date(2026, 11, 21), count=2)      # the newest two are not all there
    (gap,) = drawn(database, "2026-11").gaps
    assert (gap.days, gap.kind, gap.gap) == (22, "late", from_usd("-80"))
    assert drawn(database).gaps[0].kind == "unknown"


@pytest.mark.parametrize("wrong", ["2026-13", "26-10-1", "October", "2026-1", "2026/10", "", "2026-1٣"])
def test_a_month_is_written_with_four_figures_and_two(wrong: str) -> None:
    with pytest.raises(ValueError, match="write it like 2026-10"):
        parse_month(wrong)


def test_as_of_an_instant_nothing_counts_that_came_later(database: Database) -> None:
    """To the minute in the ledger of usage, and no source was read further than that."""
    with database.write() as tx:
        october(tx)
        tx.connection().exec_driver_sql("UPDATE series SET last_bucket = ?", (epoch(AT),))
    seen = drawn(database, None, datetime(2026, 11, 11, tzinfo=UTC))
    assert line(seen, "claims-triage").inference == from_usd("600")  # ten days of sixty
    assert (seen.data_until, seen.partial) == (datetime(2026, 11, 11, tzinfo=UTC), True)
    assert line(seen, "claims-triage").planned == from_usd("620")    # 1,860 x 10 / 30
