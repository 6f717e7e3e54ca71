"""Acknowledge and silence: who may, and where nobody may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.errors import NotPermitted
from console.operations import incidents
from store import audit
from store import incidents as stored
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
            incidents.acknowledge(reading, ARCHITECT, alert=1),
        ):
            with pytest.raises(NotPermitted, match="read-only"):
                await refused
        with desk.database.read() as tx:
            assert len(stored.silences(tx, NOON)) == 1
            assert [entry.action for entry in audit.entries(tx)] == ["silence.created"]
