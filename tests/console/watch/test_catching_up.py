"""Very many days of calls are made by two processes, and come to what one makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cadences.findings.call_days import sums
from console.watch import catching_up
from console.watch.call_days import refresh
from store import call_days as stored
from tests.support import many_calls


def test_two_processes_make_what_one_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "MANY", 1)
    database = many_calls.build(tmp_path / "console.db", 6, 600)
    catching_up.catch_up(database)
    with database.read() as tx:
        assert stored.stale(tx) == []
        together = sums(tx, 0, 1 << 40)
    with database.write() as tx:
        stored.again(tx.connection(), together)
    refresh(database)
    with database.read() as tx:
        assert sums(tx, 0, 1 << 40) == together
    assert sum(each.calls for each in together.values()) == 600
    database.close()
