"""A quarter of every workload: what was planned, spent and earned in it, and what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from console.cadences import periods
from console.cadences.quarter.reading import read_quarterly
from console.cadences.quarterly import QuarterLine, Quarterly
from console.config import Config
from store import drills, exceptions, ledger, registry
from store.database import Database
from store.tables import CharterException, Drill, ExceptionDecision, Explanation, Intent, Outcome, QuarterNote
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.database import fresh_database
from tests.support.ledgers import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, a_day, read, register, sign, spend
from tests.support.mbom import CONFIG

W = "claims-triage"
MILLION = 1_000_000
JANUARY = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 2, 5, tzinfo=UTC)
DUE = JANUARY + timedelta(days=30)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Session]:
    """Claims triage, 1,860 dollars a month by its Charter, read from September to the fifth of February."""
    database = fresh_database(tmp_path)
    with database.write() as session:
        register(session, W)
        sign(session, CLAIMS_TRIAGE)
        read(session, SEPTEMBER, LATER)
        session.flush()
        yield session
    database.close()


def quarterly(tx: Session, name: str = "2026-Q4", at: datetime = LATER, config: Config = CONFIG) -> Quarterly:
    return read_quarterly(tx, config, periods.quarter(name, config.fiscal_year_month), at)


def line(tx: Session, name: str = "2026-Q4", at: datetime = LATER, slug: str = W) -> QuarterLine:
    return next(each for each in quarterly(tx, name, at).lines if each.slug == slug)


def earned(tx: Session, start: datetime, end: datetime, value: int | None = 9_000 * MILLION) -> None:
    ledger.add_outcomes(tx, [Outcome(
        workload=W, starts_at=start, ends_at=end, outcomes="150000", value_microusd=value,
        baseline_microusd=1_000 * MILLION, review_microusd=500 * MILLION, rework_microusd=100 * MILLION,
        origin="entered", entered_by="anna", entered_at=end)])


def three_months(tx: Session) -> None:
    """1,900, 1,800 and 1,860 dollars spent, and 9,000 earned in each month."""
    spend(tx, W, {OCTOBER: 1_900 * MILLION, NOVEMBER: 1_800 * MILLION, DECEMBER: 1_860 * MILLION})
    for start, end in ((OCTOBER, NOVEMBER), (NOVEMBER, DECEMBER), (DECEMBER, JANUARY)):
        earned(tx, start, end)


def test_what_was_earned_counts_from_when_it_was_entered(tx: Session) -> None:
    three_months(tx)
    assert line(tx, at=NOVEMBER - timedelta(1)).value is None
    assert line(tx, at=NOVEMBER).value == 9_000 * MILLION


def test_a_quarter_is_the_sum_of_its_three_months(tx: Session) -> None:
    three_months(tx)
    found = line(tx)
    assert found.months == (1_900 * MILLION, 1_800 * MILLION, 1_860 * MILLION)
    assert (found.spent, found.planned) == (5_560 * MILLION, 5_580 * MILLION)
    assert (found.value, found.outcomes) == (27_000 * MILLION, Decimal(450_000))
    assert found.alpha_net == (27_000 - 3 * 1_600 - 5_560) * MILLION
    assert found.per_dollar == Decimal(16_640) / Decimal(5_560)
    assert (found.charter_version, found.charter_state, found.cell) == (1, "signed", "low x medium")
    assert found.questions == ()
    totals = quarterly(tx).totals
    assert (totals.spent, totals.alpha_net, totals.known_workloads) == (5_560 * MILLION, 16_640 * MILLION, 1)


def test_an_unknown_month_makes_the_quarters_alpha_net_unknown_and_never_zero(tx: Session) -> None:
    three_months(tx)
    spend(tx, "other", {OCTOBER: 10 * MILLION})
    register(tx, "other")
    ledger.outcomes(tx, NOVEMBER, DECEMBER)[0].value_microusd = None
    ledger.outcomes(tx, NOVEMBER, DECEMBER)[0].outcomes = None
    tx.flush()
    found = line(tx)
    assert (found.value, found.alpha_net, found.per_dollar) == (None, None, None)
    assert found.spent == 5_560 * MILLION
    assert quarterly(tx).totals.alpha_net is None
    assert quarterly(tx).totals.known_workloads == 0


def test_what_a_row_leaves_out_of_value_the_charter_says(tx: Session) -> None:
    spend(tx, W, {OCTOBER: 1_900 * MILLION})
    earned(tx, OCTOBER, NOVEMBER, value=None)
    assert line(tx).value == 150_000 * 1_200_000


def test_a_quarter_that_runs_is_planned_as_far_as_the_data_reach(tx: Session) -> None:
    spend(tx, W, a_day(OCTOBER, 46, 60 * MILLION))
    at = OCTOBER + timedelta(days=46)  # the middle of November
    tx.connection().exec_driver_sql("UPDATE stream SET watermark = ?", (int(at.timestamp()),))
    found = quarterly(tx, at=at)
    assert found.partial
    assert found.lines[0].planned == 1_860 * MILLION * 3 // 2
    assert found.lines[0].months == (31 * 60 * MILLION, 15 * 60 * MILLION, None)


def test_a_quarter_that_has_not_begun_invents_nothing(tx: Session) -> None:
    three_months(tx)
    found = quarterly(tx, "2027-Q2")
    assert [(each.slug, each.planned, each.spent, each.alpha_net, each.months, each.overdue, each.questions)
            for each in found.lines] == [(W, None, None, None, (None, None, None), False, ())]
    assert (found.totals.spent, found.totals.planned, found.totals.unattributed) == (None, None, None)


def test_what_was_never_read_is_unknown(tx: Session) -> None:
    assert line(tx, "2026-Q3").months == (None, None, 0)
    assert line(tx, "2026-Q3").spent is None
    register(tx, "no-rule", usage=[])
    assert line(tx, slug="no-rule").spent is None


def test_the_fiscal_year_decides_which_months_a_quarter_has(tx: Session) -> None:
    config = replace(CONFIG, fiscal_year_month=4)
    assert quarterly(tx, "2027-Q3", config=config).month_names == ("2026-10", "2026-11", "2026-12")


def test_a_workload_that_was_registered_after_the_quarter_is_not_in_it(tx: Session) -> None:
    registry.put_workload(tx, {"slug": "later", "name": "Later", "usage": [{"source": "anthropic"}]}, by="maria",
                          at=JANUARY)
    registry.put_workload(tx, {"slug": "within", "name": "Within", "usage": [{"source": "anthropic"}]}, by="maria",
                          at=DECEMBER)
    assert [each.slug for each in quarterly(tx).lines] == [W, "within"]
    assert [each.slug for each in quarterly(tx, "2027-Q1").lines] == [W, "later", "within"]


def test_a_retired_workload_stays_in_the_quarters_in_which_it_spent(tx: Session) -> None:
    three_months(tx)
    register(tx, "old")
    spend(tx, "old", {OCTOBER: MILLION})
    registry.put_workload(tx, {"slug": "old", "name": "old", "status": "retired"}, by="maria", at=DECEMBER)
    assert {each.slug: each.status for each in quarterly(tx).lines} == {W: "live", "old": "retired"}
    assert [each.slug for each in quarterly(tx, "2027-Q1").lines] == [W]
    assert line(tx, slug="old").overdue is False


def test_spend_without_a_charter_is_asked_about_and_not_planned(tx: Session) -> None:
    register(tx, "orphan", business_owner=None)
    spend(tx, "orphan", {OCTOBER: 40 * MILLION})
    found = line(tx, slug="orphan")
    assert (found.planned, found.charter_version, found.charter_state) == (None, None, "none")
    assert found.questions == ("2026-10: 40.00 USD were spent without a Charter in force",)
    assert found.attention == ("no Charter in force", "no business owner", "review overdue")


def test_a_month_far_from_its_plan_is_asked_about_with_who_owes_an_explanation(tx: Session) -> None:
    spend(tx, W, {OCTOBER: 3_720 * MILLION, NOVEMBER: 1_860 * MILLION, DECEMBER: 1_860 * MILLION})
    assert line(tx).questions == (
        "2026-10: 3,720.00 USD spent of 1,860.00 planned (+100%); not explained by business_owner and platform_lead",)
    for role, at in (("business_owner", NOVEMBER), ("platform_lead", LATER)):
        ledger.add_explanation(tx, Explanation(workload=W, month="2026-10", role=role, text="A launch.",
                                               written_by="anna", written_at=at))
    assert line(tx).questions[0].endswith("(+100%); explained by both")
    assert line(tx, at=LATER - timedelta(1)).questions[0].endswith("not explained by platform_lead")


def test_exceptions_keep_their_numbers(tx: Session) -> None:
    def opened(kind: str, origin: str, **more: Any) -> CharterException:
        return exceptions.add(tx, CharterException(workload=W, origin=origin, kind=kind, opened_at=OCTOBER,
                                                   last_seen_at=OCTOBER, summary="What was seen.", **more))

    def decided(row: CharterException, verdict: str) -> None:
        decision = exceptions.add_decision(tx, ExceptionDecision(
            exception=row.id or 0, verdict=verdict, rationale="The plan is too small.", role="token_architect",
            decided_by="maria", decided_at=NOVEMBER))
        row.state, row.decision = "decided", decision.id
        tx.add(row)
        tx.flush()

    three_months(tx)
    decided(opened("trip: signs", "trip"), "revision")
    decided(opened("alert: burn", "alert"), "escalated")
    decided(opened("alert: forecast", "alert"), "dismissed")
    opened("drift: model", "drift", subject="claude-opus-4-6")
    opened("alert: cap", "alert")
    opened("drift: depth", "drift", state="closed", closed_at=NOVEMBER, closed_why="It was mended.")
    found = line(tx)
    assert found.questions == (
        "exception 1: trip: signs: Charter revision required: The plan is too small.",
        "exception 2: alert: burn: escalated as a pattern: The plan is too small.",
        "exception 4: drift: model claude-opus-4-6, open since 2026-10-01: What was seen.")
    assert found.exceptions_open == 2
    assert found.attention == ("review overdue", "2 exceptions open", "a Charter revision required")


def test_a_half_life_that_has_run_out_is_asked_about(tx: Session) -> None:
    three_months(tx)
    sign(tx, edited(("version = 1", "version = 2"), ("half_life_months = 12", "half_life_months = 3")), SEPTEMBER)
    found = line(tx)
    assert (found.half_life, found.half_life_ends, found.half_life_over) == ("operational", DECEMBER, True)
    assert found.questions == ("The half-life of version 2 (operational) ran out on 2026-12-01: does the outcome still "
                               "have the advantage it was signed for?",)
    assert line(tx, at=DECEMBER - timedelta(seconds=1)).half_life_over is False


def test_a_breaker_that_was_not_drilled_in_time_is_asked_about(tx: Session) -> None:
    three_months(tx)
    demanded = ("automatic = true\nesc", 'automatic = true\ndrill_every = "90d"\nesc')
    sign(tx, edited(("version = 1", "version = 2"), demanded), SEPTEMBER)
    (asked,) = line(tx).questions
    assert asked == ("Its breaker is unproven: version 2 demands a drill every 90d, and there never was one. "
                     "Who drills it, and when?")
    drills.add(tx, Drill(workload=W, at=DECEMBER, drilled_by="otto", sort="dry run", outcome="passed"))
    assert line(tx).questions == ()
    assert len(line(tx, at=DECEMBER - timedelta(days=1)).questions) == 1


def test_a_review_is_overdue_thirty_days_after_the_quarter_until_it_is_ended(tx: Session) -> None:
    assert (line(tx, at=DUE - timedelta(seconds=1)).overdue, line(tx, at=DUE).overdue) == (False, True)
    assert line(tx).review_due == DUE
    assert line(tx).owed == ("business_owner", "platform_lead")
    tx.add(QuarterNote(workload=W, quarter="2026-Q4", kind="recommended", text="Keep it.", role="platform_lead",
                       said_by="paul", said_at=JANUARY))
    tx.flush()
    assert line(tx).owed == ("business_owner",)
    tx.add(QuarterNote(workload=W, quarter="2026-Q4", kind="reaffirm", text="It stands.", role="business_owner",
                       said_by="anna", said_at=LATER))
    tx.flush()
    found = line(tx)
    assert (found.overdue, found.owed) == (False, ())
    assert found.decision is not None
    assert (found.decision.kind, found.decision.text) == ("reaffirm", "It stands.")
    assert line(tx, at=LATER - timedelta(seconds=1)).decision is None, "what was said after it is none of an instant's"
    assert (line(tx, "2027-Q1").last_review, found.last_review) == (SEPTEMBER, SEPTEMBER)
    assert line(tx, "2027-Q1", at=LATER + timedelta(days=1)).last_review == LATER


def test_a_charter_that_was_signed_within_the_quarter_was_reviewed_in_it(tx: Session) -> None:
    sign(tx, edited(("version = 1", "version = 2")), DECEMBER)
    found = line(tx)
    assert (found.review_due, found.overdue, found.last_review) == (None, False, DECEMBER)


def test_kills_of_the_quarter_are_counted(tx: Session) -> None:
    for number, (at, state) in enumerate(((OCTOBER, "done"), (NOVEMBER, "observed"), (JANUARY, "done"))):
        tx.add(Intent(id=f"kill-{number}", workload=W, verb="kill", origin="automatic", state=state, reason="",
                      requested_by="engine", requested_at=at, valid_until=at, plan_hash=""))
    tx.flush()
    assert line(tx).trips == 1
    assert "killed once" in line(tx).attention


def test_an_empty_console_has_an_empty_quarter(tmp_path: Path) -> None:
    database: Database = fresh_database(tmp_path)
    with database.read() as tx:
        found = quarterly(tx)
    assert (found.lines, found.totals.spent, found.totals.reviewed) == ((), None, 0)
