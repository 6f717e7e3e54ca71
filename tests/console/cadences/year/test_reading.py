"""A year of the operating model, read from a database in which it was lived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from console.cadences import periods
from console.cadences.annual import Annual, Measure
from console.cadences.year.reading import read_annual
from console.config import Config
from store import exceptions, ledger, registry
from store.tables import (
    Alert,
    CharterException,
    ExceptionDecision,
    Explanation,
    Intent,
    PredictionNote,
    QuarterNote,
    Saving,
    Step,
)
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.database import fresh_database
from tests.support.ledgers import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, a_day, read, register, sign, spend
from tests.support.mbom import CONFIG

W = "claims-triage"
MILLION = 1_000_000
LATER = datetime(2027, 2, 5, tzinfo=UTC)
AUGUST = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Session]:
    """Claims triage since August, 1,860 dollars a month by its Charter, read until the fifth of February."""
    database = fresh_database(tmp_path)
    with database.write() as session:
        register(session, W)
        session.connection().exec_driver_sql("UPDATE workload_change SET at = ?",
                                             (round(AUGUST.timestamp() * 1_000_000),))
        sign(session, CLAIMS_TRIAGE, AUGUST)
        read(session, AUGUST, LATER)
        session.flush()
        yield session
    database.close()


def annual(tx: Session, name: str = "2026", at: datetime = LATER, config: Config = CONFIG) -> Annual:
    tx.flush()
    return read_annual(tx, config, periods.year(name, config.fiscal_year_month), at)


def measure(tx: Session, name: str, year: str = "2026", at: datetime = LATER) -> Measure:
    return next(each for each in annual(tx, year, at).measures if each.name == name)


def told(tx: Session, name: str) -> tuple[float | None, str]:
    found = measure(tx, name)
    return found.figure, found.value


def ended(quarter: str, at: datetime, workload: str = W) -> QuarterNote:
    return QuarterNote(workload=workload, quarter=quarter, kind="reaffirm", text="It stands.", role="business_owner",
                       said_by="anna", said_at=at)


def test_reviews_are_on_time_until_thirty_days_after_their_quarter(tx: Session) -> None:
    assert measure(tx, "reviews held on time").value == "0 of 1 (0%)"  # signed in the third, so only the fourth is owed
    late = ended("2026-Q4", datetime(2027, 2, 1, tzinfo=UTC))
    tx.add(late)
    assert measure(tx, "reviews held on time").value == "0 of 1 (0%)"
    late.said_at = datetime(2027, 1, 30, tzinfo=UTC)
    assert measure(tx, "reviews held on time").value == "1 of 1 (100%)"
    assert measure(tx, "reviews held on time", at=DECEMBER).cases == 0


def test_workloads_that_live_without_a_charter_owe_their_reviews_too(tx: Session) -> None:
    register(tx, "orphan")
    registry.put_workload(tx, {"slug": "planned", "name": "Planned", "status": "planned"}, by="maria", at=AUGUST)
    assert measure(tx, "reviews held on time").cases == 3  # claims-triage in Q4, the orphan in Q3 and Q4


def test_alerts_and_kills_of_the_year_are_timed(tx: Session) -> None:
    for after, severity in ((60, "error"), (300, "critical"), (9, "warning")):
        tx.add(Alert(workload=W, rule="burn", severity=severity, state="resolved", active_since=OCTOBER,
                     fired_at=OCTOBER, last_true=OCTOBER, last_evaluated=OCTOBER, summary="",
                     acknowledged_at=OCTOBER + timedelta(seconds=after)))
    kill(tx, "k1", OCTOBER, confirmed=OCTOBER + timedelta(seconds=20), tail=3 * MILLION)
    tx.add(Intent(id="r1", workload=W, verb="resume", origin="manual", state="done", reason="", requested_by="anna",
                  requested_at=NOVEMBER, valid_until=NOVEMBER, plan_hash="", reverses="k1",
                  finished_at=OCTOBER + timedelta(seconds=3620)))
    assert told(tx, "time to acknowledge") == (180.0, "3.0 min (median of 2)")
    assert told(tx, "time to kill") == (20.0, "20 s (median of 1)")
    assert told(tx, "time to resume") == (3600.0, "60.0 min (median of 1)")
    assert told(tx, "overshoot") == (3.0, "3.00 USD, 3.00 at the median of 1")
    assert told(tx, "false kills") == (None, "not known")
    exception(tx, "trip: signs", "trip", "dismissed", intent="k1")
    assert told(tx, "false kills") == (1.0, "1 of 1 that were judged (100%)")


def kill(tx: Session, number: str, at: datetime, *, confirmed: datetime, tail: int) -> None:
    tx.add(Intent(id=number, workload=W, verb="kill", origin="automatic", state="done", reason="",
                  requested_by="engine", requested_at=at, valid_until=at, plan_hash="", finished_at=confirmed,
                  tail_microusd=tail))
    tx.flush()
    tx.add(Step(intent=number, position=0, switch="webhook", target="t", verb="disable", wanted="off", state="done",
                idempotency_key=number, confirmed_at=confirmed))


def exception(tx: Session, kind: str, origin: str, verdict: str | None = None, at: datetime = OCTOBER,
              decided_after: int = 1, **more: Any) -> CharterException:
    row = exceptions.add(tx, CharterException(workload=W, origin=origin, kind=kind, opened_at=at, last_seen_at=at,
                                              summary="What was seen.", **more))
    if verdict is not None:
        decision = exceptions.add_decision(tx, ExceptionDecision(
            exception=row.id or 0, verdict=verdict, rationale="Why.", role="token_architect", decided_by="maria",
            decided_at=at + timedelta(days=decided_after)))
        row.state, row.decision = "decided", decision.id
        tx.add(row)
    tx.flush()
    return row


def test_exceptions_are_counted_by_pattern_and_month(tx: Session) -> None:
    exception(tx, "drift: model", "drift", "revision", stake_microusd=40 * MILLION)
    exception(tx, "drift: model", "drift", "revision", at=DECEMBER, decided_after=20, subject="b")
    exception(tx, "alert: burn", "alert", state="closed", closed_at=NOVEMBER, closed_why="It ended.")
    found = annual(tx).patterns
    assert [(each.kind, each.opened, each.closed, each.stake) for each in found] == [
        ("drift: model", 2, 0, 40 * MILLION), ("alert: burn", 1, 1, None)]
    assert found[0].months == (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1)
    assert measure(tx, "exceptions opened").value == "3 of 2 patterns"
    assert measure(tx, "exceptions left undecided").value == "2 of 3"  # two waited past a month's end


def test_spend_and_plan_stand_side_by_side_by_month(tx: Session) -> None:
    spend(tx, W, {OCTOBER: 1_900 * MILLION, NOVEMBER: 1_800 * MILLION})
    spend(tx, None, {OCTOBER: 100 * MILLION})
    months = {name: (spent, planned) for name, spent, planned in annual(tx).months}
    assert months["2026-10"] == (2_000 * MILLION, 1_860 * MILLION)
    assert months["2026-08"] == (0, 1_860 * MILLION)
    assert months["2026-07"] == (None, None)
    assert len(months) == 12
    assert {name: planned for name, _, planned in annual(tx, "2027").months} == {
        "2027-01": 1_860 * MILLION, "2027-02": 265_714_286}  # four of 28 days were read
    assert told(tx, "spend under a Charter") == (3_700 / 3_800, "3,700 of 3,800 USD (97%)")


def test_what_nothing_measures_is_not_below_its_plan(tx: Session) -> None:
    spend(tx, W, {OCTOBER: 1_900 * MILLION})
    before = told(tx, "spend against plan")
    registry.put_workload(tx, {"slug": "dark", "name": "dark"}, by="maria", at=AUGUST)
    sign(tx, edited(('workload = "claims-triage"', 'workload = "dark"')), AUGUST)
    assert told(tx, "spend against plan") == before


def test_months_of_which_a_source_was_not_read_are_not_held_against_the_plan(tx: Session) -> None:
    spend(tx, W, {OCTOBER: 1_900 * MILLION})
    read(tx, NOVEMBER, LATER, "another")
    assert measure(tx, "spend against plan").cases == 2


def test_an_explanation_is_overdue_two_weeks_after_its_month(tx: Session) -> None:
    spend(tx, W, {AUGUST: 1_860 * MILLION, SEPTEMBER: 1_860 * MILLION, OCTOBER: 4_000 * MILLION,
                  NOVEMBER: 1_860 * MILLION, DECEMBER: 1_860 * MILLION})
    assert measure(tx, "explanations overdue").value == "1 of 1"
    assert measure(tx, "explanations overdue", at=NOVEMBER + timedelta(days=13)).cases == 0
    for role, after in (("business_owner", 3), ("platform_lead", 13)):
        ledger.add_explanation(tx, Explanation(workload=W, month="2026-10", role=role, text="A launch.",
                                               written_by="anna", written_at=NOVEMBER + timedelta(days=after)))
    assert measure(tx, "explanations overdue").value == "0 of 1"


def test_savings_are_those_that_could_be_measured(tx: Session) -> None:
    spend(tx, W, a_day(SEPTEMBER, 30, 60 * MILLION) | a_day(OCTOBER, 92, 40 * MILLION))
    for what, applied in (("Shorter prompts", OCTOBER), ("Batches", LATER - timedelta(days=2))):
        ledger.add_saving(tx, Saving(workload=W, what=what, promised_microusd=304_375_000, applied_at=applied,
                                     declared_by="maria", declared_at=applied))
    found = measure(tx, "savings realised")
    assert (found.cases, found.value) == (1, "1,820 USD of 910 promised")  # 91 days at 20, against 10 a day


@pytest.mark.parametrize(("after", "shown"), [(60, "0 USD of 910 promised"), (80, "-1,820 USD of 910 promised")])
def test_a_fix_that_saved_nothing_or_cost_more_is_in_the_year_too(tx: Session, after: int, shown: str) -> None:
    spend(tx, W, a_day(SEPTEMBER, 30, 60 * MILLION) | a_day(OCTOBER, 92, after * MILLION))
    ledger.add_saving(tx, Saving(workload=W, what="Shorter prompts", promised_microusd=304_375_000, applied_at=OCTOBER,
                                 declared_by="maria", declared_at=OCTOBER))
    assert measure(tx, "savings realised").value == shown


def test_a_year_before_the_console_is_not_known(tx: Session) -> None:
    assert {each.before for each in annual(tx).measures} == {None}
    assert measure(tx, "exceptions opened", "2027").before == 0.0
    assert {each.figure for each in annual(tx, "2028").measures} == {None}
    assert annual(tx, "2028").months == ()


def test_the_fiscal_year_begins_where_the_configuration_says(tx: Session) -> None:
    found = annual(tx, "2027", config=replace(CONFIG, fiscal_year_month=10))
    assert [name for name, _, _ in found.months] == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]


def cascade(tx: Session, slug: str, **stated: object) -> None:
    register(tx, slug, cascade={"models": ["claude-haiku-4-5", "claude-sonnet-4-6"], **stated})
    sign(tx, edited((W, slug)), AUGUST)


def test_cascades_are_held_against_their_workhorse_at_todays_prices(tx: Session) -> None:
    cascade(tx, "cheap", escalation_share=0.2, misroute_share="0.02")
    cascade(tx, "dear", escalation_share=0.7, misroute_share=0.1)
    cascade(tx, "unknown")
    register(tx, "words", cascade="Haiku first, Sonnet when in doubt")
    computed = annual(tx).predictions[0].computed
    assert computed.startswith("1 of 2 cascades (50%) no longer pay against their workhorse alone at today's prices. "
                               "Of 2 it cannot be told")


def test_agentic_workloads_are_counted_and_their_requests_priced_where_both_years_are_known(tx: Session) -> None:
    assert "No MBOM entry states its architecture" in annual(tx).predictions[1].computed
    register(tx, "agents", architecture="three-tier")
    register(tx, "one-call", architecture="single-call")
    assert "1 of the 2 workloads whose architecture is known (50%) are agentic" in annual(tx).predictions[1].computed
    spend(tx, "agents", {OCTOBER: 10 * MILLION}, requests=100)
    assert "not known for both years" in annual(tx).predictions[1].computed
    spend(tx, "agents", {datetime(2027, 1, 5, tzinfo=UTC): 5 * MILLION}, requests=100)
    assert ("A request of these costs 0.050000 USD on average, 0.100000 the year before (-50%)."
            in annual(tx, "2027").predictions[1].computed)


def test_a_prediction_has_the_newest_verdict_and_all_evidence(tx: Session) -> None:
    assert [each.verdict for each in annual(tx).predictions] == ["open", "open", "open"]
    for verdict, at in (("holding", OCTOBER), ("falsified", NOVEMBER)):
        tx.add(PredictionNote(number=3, verdict=verdict, evidence="A rule.", said_by="maria", said_at=at))
    third = annual(tx).predictions[2]
    assert third.verdict == "falsified"
    assert [each[2] for each in third.evidence] == ["falsified", "holding"]
    assert "entered by people" in third.computed
