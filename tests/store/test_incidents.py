"""Alerts, claims and messages as rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from store import incidents
from store.database import Database
from store.tables import Alert, Breaker, Disarm, Intent, OutboxMessage, Silence, Step
from tests.support.database import fresh_database

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def alert(**changes: Any) -> Alert:
    return Alert(**{"workload": "claims", "rule": "burn", "window": "1h", "severity": "critical", "state": "firing",
                    "active_since": NOW, "fired_at": NOW, "last_true": NOW, "last_evaluated": NOW, "summary": "s",
                    **changes})


def test_open_alerts_come_worst_first_and_resolved_ones_stay_a_quarter_of_an_hour(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.save(tx, alert(severity="info"))
        incidents.save(tx, alert(severity="critical", window="6h"))
        incidents.save(tx, alert(state="resolved", resolved_at=NOW, window="x"))
    with database.read() as tx:
        assert [row.severity for row in incidents.open_alerts(tx)] == ["critical", "info"]
        assert len(incidents.open_alerts(tx, NOW + timedelta(minutes=14))) == 3
        assert len(incidents.open_alerts(tx, NOW + timedelta(minutes=16))) == 2


def test_a_step_is_claimed_by_exactly_one_of_many(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.add_intent(
            tx, Intent(id="kill-1", workload="claims", verb="kill", origin="manual", state="approved", reason="r",
                       requested_by="maria", requested_at=NOW, valid_until=NOW, plan_hash="h"),
            [Step(intent="kill-1", position=0, switch="anthropic-api-key", target="apikey_1", verb="disable",
                  wanted="inactive", idempotency_key="k")])
        (step,) = incidents.steps(tx, "kill-1")
    assert step.id is not None
    several = [Database.open(f"sqlite:///{tmp_path / 'console.db'}") for _ in range(6)]

    def claim(one: Database) -> bool:
        with one.write() as tx:
            return incidents.claim_step(tx, step.id or 0, by=str(id(one)), at=NOW, fencing=1)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(claim, several)) == 1
    with database.read() as tx:
        (after,) = incidents.steps(tx, "kill-1")
        assert (after.state, after.attempt) == ("executing", 1)


def test_the_same_message_is_queued_once(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)

    def message() -> OutboxMessage:
        return OutboxMessage(subject="alert:1", transition=1, channel="pager", severity="critical", title="t", body="b",
                             created_at=NOW, next_attempt_at=NOW)

    with database.write() as tx:
        assert incidents.enqueue(tx, message())
        assert not incidents.enqueue(tx, message())
        assert len(incidents.outbox_due(tx, NOW, 10)) == 1
        assert incidents.outbox_due(tx, NOW - timedelta(seconds=1), 10) == []


def test_a_silence_is_in_force_between_its_ends(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.add_silence(tx, Silence(workload="claims", starts_at=NOW, ends_at=NOW + timedelta(hours=4),
                                          created_by="maria", reason="launch"))
        assert len(incidents.silences(tx, NOW)) == 1
        assert incidents.silences(tx, NOW + timedelta(hours=4)) == []


def intent(number: str, **changes: Any) -> Intent:
    return Intent(**{"id": number, "workload": "claims", "verb": "kill", "origin": "manual", "state": "executing",
                     "reason": "r", "requested_by": "maria", "requested_at": NOW, "plan_hash": "h",
                     "valid_until": NOW + timedelta(hours=9), **changes})


def step(number: str, position: int) -> Step:
    return Step(intent=number, position=position, switch="anthropic-api-key", target=f"apikey_{position}",
                verb="disable", wanted="inactive", idempotency_key=f"{number}:{position}")


def test_intents_are_found_by_where_they_stand(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.add_intent(tx, intent("open"), [step("open", 1), step("open", 0)])
        incidents.add_intent(tx, intent("older", state="awaiting_approval", requested_at=NOW - timedelta(hours=1)), [])
        incidents.add_intent(tx, intent("done", state="done", requested_at=NOW + timedelta(hours=1)), [])
        incidents.add_intent(tx, intent("settled", state="done", settled_at=NOW, workload="search"), [])
        incidents.add_intent(tx, intent("resumed", verb="resume", state="done", finished_at=NOW), [])
    with database.read() as tx:
        assert [row.id for row in incidents.open_intents(tx)] == ["older", "open"]
        assert [row.id for row in incidents.unsettled_kills(tx)] == ["done"]
        assert [row.id for row in incidents.resumes_since(tx, NOW)] == ["resumed"]
        assert [row.id for row in incidents.intents(tx, "claims", 2)] == ["done", "open"]
        assert [row.position for row in incidents.steps(tx, "open")] == [0, 1]
        assert incidents.intent(tx, "missing") is None


def test_an_intent_is_written_with_all_its_steps_or_not_at_all(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with pytest.raises(IntegrityError), database.write() as tx:
        incidents.add_intent(tx, intent("kill-1"), [step("kill-1", 0), step("kill-1", 0)])
    with database.read() as tx:
        assert incidents.intent(tx, "kill-1") is None


def test_a_claim_of_a_step_that_is_under_way_or_over_is_refused(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.add_intent(tx, intent("kill-1"), [step("kill-1", 0)])
        (planned,) = incidents.steps(tx, "kill-1")
        assert planned.id is not None
        assert incidents.claim_step(tx, planned.id, by="one", at=NOW, fencing=7)
        assert (planned.state, planned.claimed_by, planned.fencing, planned.claimed_at) == ("executing", "one", 7, NOW)
        assert not incidents.claim_step(tx, planned.id, by="two", at=NOW, fencing=8)
        assert planned.claimed_by == "one"
        assert not incidents.claim_step(tx, 999, by="two", at=NOW, fencing=8)


def test_a_breaker_without_a_row_is_armed(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        assert incidents.breaker(tx, "claims") is None
        incidents.set_breaker(tx, Breaker(workload="claims", state="tripped", since=NOW, intent="kill-1"))
    with database.write() as tx:
        incidents.set_breaker(tx, Breaker(workload="claims", state="held", since=NOW, intent="kill-1"))
    with database.read() as tx:
        assert {slug: row.state for slug, row in incidents.breakers(tx).items()} == {"claims": "held"}


def test_a_disarm_holds_until_its_end_or_until_it_is_ended(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        incidents.add_disarm(tx, Disarm(starts_at=NOW, ends_at=NOW + timedelta(hours=1), created_by="maria",
                                        reason="launch"))
        ended = incidents.add_disarm(tx, Disarm(workload="claims", starts_at=NOW, ends_at=NOW + timedelta(hours=1),
                                                created_by="maria", reason="launch"))
        assert len(incidents.disarms(tx, NOW)) == 2
        ended.ended_at = NOW
        assert [row.workload for row in incidents.disarms(tx, NOW)] == [None]
        assert incidents.disarms(tx, NOW + timedelta(hours=1)) == []


def test_times_are_kept_to_the_microsecond_and_never_without_a_zone(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    precise = datetime(2026, 11, 18, 12, 0, 0, 1, tzinfo=UTC)
    with database.write() as tx:
        incidents.save(tx, alert(last_true=precise.astimezone(timezone(timedelta(hours=5, minutes=45)))))
    with database.read() as tx:
        assert incidents.open_alerts(tx)[0].last_true == precise
    with pytest.raises(StatementError, match="without a zone"), database.write() as tx:
        incidents.save(tx, alert(last_true=NOW.replace(tzinfo=None)))
