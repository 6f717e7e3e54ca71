"""What is read from the store at the edges of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cadences.reading import Reader
from console.charters import signing
from console.charters.document import canonical
from console.clock import epoch
from console.operations.desk import Desk
from console.pricing import PriceBook
from store import incidents, registry, streams
from store.tables import Charter, Intent
from tests.support import charters, kills
from tests.support.kills import SLUG

RESUMED = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    made = kills.kill_desk(kills.config("http://127.0.0.1:1", tmp_path), at=RESUMED)
    with made.database.write() as tx:
        incidents.add_intent(tx, Intent(
            id="resume-1", workload=SLUG, verb="resume", origin="manual", state="done", reason="checked",
            requested_by="maria", requested_at=RESUMED, valid_until=RESUMED + timedelta(hours=1), plan_hash="",
            finished_at=RESUMED), [])
    return made


@pytest.mark.parametrize(("minutes", "remembered"), [(2, True), (8, False)])
async def test_a_resume_counts_for_as_long_as_its_month_is_judged(desk: Desk, minutes: int, remembered: bool) -> None:
    """Two minutes after midnight the newest data are of the old month, and so is the spend that was resumed from."""
    at = MIDNIGHT + timedelta(minutes=minutes)
    with desk.database.write() as tx:
        stream = streams.get(tx, "anthropic", "usage")
        stream.watermark = epoch(at - timedelta(minutes=5))
        stream.last_success_at = at
        tx.add(stream)
    with desk.database.read() as tx:
        _, facts = Reader(desk.config, PriceBook()).facts(tx, at)
    assert (facts[SLUG].month_start == MIDNIGHT) is not remembered
    assert facts[SLUG].resumed_at == (RESUMED if remembered else None)
    await kills.close_desks()


@pytest.mark.parametrize(("kill", "binds"), [(9_300_000_000, True), (93_000_000_000, False), ("lots", False)])
async def test_a_charter_binds_only_while_it_says_what_was_signed(desk: Desk, kill: object, binds: bool) -> None:
    document = charters.reading().document
    assert document is not None
    stored = canonical(document)
    stored["runaway"]["kill"] = kill
    with desk.database.write() as tx:
        registry.put_charter(tx, Charter(
            workload=SLUG, version=1, state=signing.SIGNED, content_hash=signing.content_hash(document), text="",
            document=stored, imported_at=RESUMED, imported_by="maria", signed_at=RESUMED))
    with desk.database.read() as tx:
        _, facts = Reader(desk.config, PriceBook()).facts(tx, RESUMED)
    assert (facts[SLUG].terms is not None) is binds
    await kills.close_desks()


@pytest.mark.parametrize(("hours_old", "known"), [(1, True), (10, False)])
async def test_of_a_day_that_no_data_reach_nothing_is_known(desk: Desk, hours_old: int, known: bool) -> None:
    """At nine in the morning with data of yesterday, nothing spent today and nothing read look the same."""
    with desk.database.write() as tx:
        stream = streams.get(tx, "anthropic", "usage")
        stream.watermark = epoch(RESUMED - timedelta(hours=hours_old))
        stream.last_success_at = RESUMED
        tx.add(stream)
    with desk.database.read() as tx:
        drawn = Reader(desk.config, PriceBook()).daily(tx, RESUMED)
    (line,) = [line for line in drawn.workloads if line.slug == SLUG]
    assert line.today == (0 if known else None)
    assert line.month == 0
    await kills.close_desks()
