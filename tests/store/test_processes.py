"""Several processes on one file: one writer at a time, one holder of the lease, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from store import audit, leases
from store.tables import Setting
from tests.support.database import fresh_database
from tests.support.processes import at_once

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOLDERS = ["one", "two", "three"]


def test_of_several_processes_one_gets_the_lease(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    got = at_once(f"""
        from datetime import UTC, datetime
        from store import leases
        from store.database import Database
        database = Database.open("sqlite:///{database.path}")
        go()
        with database.write() as tx:
            lease = leases.acquire(tx, "engine", sys.argv[1], datetime.fromisoformat("{NOW.isoformat()}"))
        print(lease.fencing if lease else "no")
    """, HOLDERS)
    assert sorted(got) == ["1", "no", "no"]
    with database.read() as tx:
        lease = leases.current(tx, "engine")
        assert lease is not None
        assert got[HOLDERS.index(lease.holder)] == "1"


def test_writers_of_several_processes_lose_nothing_and_keep_the_audit_chain_whole(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.write() as tx:
        tx.add(Setting(name="counter", value="0"))
    at_once(f"""
        from datetime import UTC, datetime
        from store import audit, settings
        from store.database import Database
        database = Database.open("sqlite:///{database.path}")
        go()
        for _ in range(25):
            with database.write() as tx:
                settings.put(tx, "counter", str(int(settings.get(tx, "counter")) + 1))
                audit.append(tx, at=datetime.now(UTC), actor=sys.argv[1], action="counter.raised", object="counter",
                             detail={{}})
    """, HOLDERS)
    with database.read() as tx:
        counter = tx.get(Setting, "counter")
        assert counter is not None
        assert counter.value == "75"
        assert audit.verify(tx) == audit.Verdict(75, None, 75)
