"""One judgement of everything, over a real database: what becomes of alerts that nothing is said of any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.config import Config, SourceSettings
from console.pricing import PriceBook
from console.watch.alerts import Change
from console.watch.execution import Overtaken
from console.watch.judgement import STORAGE, Judge
from store import audit, incidents, leases, registry
from store.database import Database
from store.tables import Alert
from tests.support.database import fresh_database
from tests.support.facts import AT
from tests.support.mbom import CONFIG
from tests.support.small_disk import fill, small_disk


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = fresh_database(tmp_path)
    yield opened
    opened.close()


def judged(database: Database, config: Config = CONFIG, after: timedelta = timedelta(0)) -> list[Change]:
    return list(Judge(config, database, Reader(config, PriceBook())).judge(AT + after).changes)


def firing(database: Database, workload: str) -> None:
    with database.write() as tx:
        incidents.save(tx, Alert(workload=workload, rule="burn", window="1h", severity="critical", state="firing",
                                 active_since=AT, fired_at=AT, last_true=AT, last_evaluated=AT, summary="burning"))


def entry(database: Database, status: str) -> None:
    with database.write() as tx:
        registry.put_workload(tx, {"slug": "claims", "name": "Claims", "status": status}, by="maria", at=AT)


@pytest.mark.parametrize(("status", "reason"), [
    ("retired", "the workload was retired"), (None, "the workload is no longer in the MBOM"),
])
def test_the_alerts_of_a_workload_that_is_not_watched_any_more_resolve_and_say_why(database: Database,
                                                                                   status: str | None,
                                                                                   reason: str) -> None:
    if status is not None:
        entry(database, status)
    firing(database, "claims")
    (change,) = [change for change in judged(database) if change.alert.workload == "claims"]
    assert (change.kind, change.reason) == ("resolved", reason)
    with database.read() as tx:
        (alert,) = incidents.alerts(tx, "claims", 10)
        (written,) = [one for one in audit.entries(tx) if one.action == "alert.resolved"]
    assert (alert.state, reason in alert.advice) == ("resolved", True)
    assert reason in written.body


def test_so_do_those_of_a_source_that_was_removed(database: Database) -> None:
    firing(database, "source:old")
    assert [change.reason for change in judged(database)] == ["the source is no longer configured"]


def test_a_paused_workload_keeps_its_alerts_while_nothing_is_known_of_it(database: Database) -> None:
    source = SourceSettings(name="anthropic", kind="anthropic", secret="env:X")
    entry(database, "paused")
    firing(database, "claims")
    changes = judged(database, replace(CONFIG, sources=(source,)))
    assert [change.kind for change in changes if change.alert.workload == "claims"] != ["resolved"]


def test_a_disk_that_fills_is_an_alert_and_resolves_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path, 300) as disk:
        database = fresh_database(disk)
        assert judged(database) == []
        filling = fill(disk, leave=150 * 2**20)
        (change,) = judged(database)
        assert (change.alert.workload, change.alert.severity, change.kind) == (STORAGE, "warning", "fired")
        more = disk / "more"
        more.write_bytes(bytes(110 * 2**20))
        (worse,) = judged(database)
        assert (worse.alert.severity, worse.kind) == ("critical", "worse")
        filling.unlink()
        more.unlink()
        assert [change.kind for change in judged(database)] == ["resolved"]
        database.close()


def test_a_process_that_leads_no_more_changes_no_alert(database: Database) -> None:
    firing(database, "claims")
    judge = Judge(CONFIG, database, Reader(CONFIG, PriceBook()))
    with database.write() as tx:
        leases.acquire(tx, "engine", "first", AT, 30.0)
        leases.acquire(tx, "engine", "second", AT + timedelta(minutes=1), 30.0)
    with pytest.raises(Overtaken):
        judge.judge(AT, ("engine", 1))
    assert state_of(database) == "firing"
    judge.judge(AT, ("engine", 2))
    assert state_of(database) == "resolved"


def state_of(database: Database) -> str:
    with database.read() as tx:
        (alert,) = incidents.alerts(tx, "claims", 10)
    return alert.state
