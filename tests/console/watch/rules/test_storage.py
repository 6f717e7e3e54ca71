"""The rule about the database's own file."""

from __future__ import annotations

from datetime import timedelta

from console.cadences.storage import Storage
from console.watch.rules import storage
from tests.support.facts import AT

MIB = 2**20


def active(free: int = 10_000, log: int = 1, backup_age: timedelta | None = timedelta(hours=20)) -> dict[str, str]:
    """Window to severity of what is said of a file with so many MiB free and so long a log."""
    seen = Storage(free * MIB, log * MIB, None if backup_age is None else AT - backup_age)
    return {signal.window: signal.severity for signal in storage.judge(seen, AT) if signal.active}


def test_a_file_that_stands_well_is_silent() -> None:
    assert active() == {}
    assert active(backup_age=None) == {}


def test_a_disk_that_fills_is_a_warning_and_then_critical() -> None:
    assert active(free=199) == {"room": "warning"}
    assert active(free=50) == {"room": "warning"}
    assert active(free=49) == {"room": "critical"}


def test_at_the_line_it_neither_fires_nor_clears() -> None:
    (room, *_) = storage.judge(Storage(205 * MIB, 0, None), AT)
    assert (room.active, room.clears) == (False, False)


def test_a_log_that_is_not_emptied_and_backups_that_are_late_are_said() -> None:
    assert active(log=65) == {"log": "warning"}
    assert active(backup_age=timedelta(hours=49)) == {"backup": "warning"}
