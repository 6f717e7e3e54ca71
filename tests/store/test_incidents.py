"""Alerts, claims and messages as rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from store import incidents
from store.database import Database
from store.tables import Alert, Intent, OutboxMessage, Silence, Step
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
