"""Acknowledge and silence: who may, and where nobody may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.errors import NotPermitted, UsageError
from console.operations import incidents
from console.operations.desk import Desk
from store import audit
from store import incidents as stored
from store.tables import Alert
from tests.support.desks import ARCHITECT, FINANCE, NOON, open_desk


async def test_a_silence_needs_a_role(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk, pytest.raises(NotPermitted, match="fay may not silence"):
        await incidents.silence(desk, FINANCE, workload="chat", reason="moving", until=NOON + timedelta(hours=1))


async def test_a_read_only_console_neither_acknowledges_nor_silences(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        number = await incidents.silence(desk, ARCHITECT, workload="chat", reason="moving",
                                         until=NOON + timedelta(hours=1))
        reading = replace(desk, read_only=True)
        for refused in (
            incidents.silence(reading, ARCHITECT, workload="chat", reason="x", until=NOON + timedelta(hours=1)),
            incidents.expire_silence(reading, ARCHITECT, number=number),
            incidents.acknowledge(reading, ARCHITECT, alert=1, until=NOON + timedelta(hours=1)),
        ):
            with pytest.raises(NotPermitted, match="read-only"):
                await refused
        with desk.database.read() as tx:
            assert len(stored.silences(tx, NOON)) == 1
            assert [entry.action for entry in audit.entries(tx)] == ["silence.created"]


def alert(desk: Desk) -> Alert:
    with desk.database.read() as tx:
        row = tx.get(Alert, 1)
        assert row is not None
        return row


def firing(desk: Desk) -> None:
    with desk.database.write() as tx:
        tx.add(Alert(id=1, workload="chat", rule="burn", severity="error", state="firing", active_since=NOON,
                     last_true=NOON, last_evaluated=NOON, summary="burns"))


async def test_an_acknowledgement_taken_back_leaves_what_stood_there_before(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        firing(desk)
        jo = replace(ARCHITECT, user="jo")
        await incidents.acknowledge(desk, jo, alert=1, until=NOON + timedelta(hours=1))
        done = await incidents.acknowledge(desk, ARCHITECT, alert=1, until=NOON + timedelta(hours=4))
        assert alert(desk).acknowledged_by == ARCHITECT.user
        await incidents.unacknowledge(desk, ARCHITECT, done=done)
        row = alert(desk)
        assert (row.acknowledged_by, row.acknowledged_until) == ("jo", NOON + timedelta(hours=1))
        with desk.database.read() as tx:
            assert audit.entries(tx)[0].action == "alert.unacknowledged"
        with pytest.raises(UsageError, match="changed meanwhile"):
            await incidents.unacknowledge(desk, ARCHITECT, done=done)


async def test_nobody_takes_back_what_another_acknowledged(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        firing(desk)
        done = await incidents.acknowledge(desk, ARCHITECT, alert=1, until=NOON + timedelta(hours=1))
        with pytest.raises(UsageError, match="changed meanwhile"):
            await incidents.unacknowledge(desk, replace(ARCHITECT, user="jo"), done=done)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=8)])
async def test_an_acknowledgement_ends_in_the_future_within_a_week(tmp_path: Path, length: timedelta) -> None:
    with open_desk(tmp_path) as desk, pytest.raises(UsageError, match="within 7 days"):
        await incidents.acknowledge(desk, ARCHITECT, alert=1, until=NOON + length)
