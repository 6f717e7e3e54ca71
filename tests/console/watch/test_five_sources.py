"""Of five providers one is dead, one talks garbage, one was asked too often, one hangs; and the fifth is judged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from console.cadences.daily import Daily
from console.operations import checkup_providers
from console.operations.checkup import Health
from console.simulator.faults import Fault
from console.watch.engine import Engine
from store.database import Database
from tests.support.database import fresh_database
from tests.support.five_sources import KINDS, FiveSources, five_sources


class Five:
    """An engine that leads and has read all five once."""

    def __init__(self, sources: FiveSources, database: Database) -> None:
        self.sources, self.database, self.seen = sources, database, list[Daily]()
        self.engine = Engine(sources.config, database, sources.clock, publish=self.seen.append)

    def facts(self) -> dict[str, list[Any]]:
        """All that is stored of usage, by source."""
        with self.database.read() as tx:
            found = tx.connection().exec_driver_sql(
                "SELECT s.source, f.* FROM usage_fact f JOIN series s ON s.id = f.series ORDER BY 1, 2, 3, 4").all()
        return {kind: [tuple(row) for row in found if row[0] == kind] for kind in KINDS}

    def spoil(self, turn: int) -> tuple[str, str, str]:
        """Another three are hit at each turn; gives who is dead, who garbles, who was asked too often."""
        dead, garbled, limited = (KINDS[(turn + place) % 5] for place in range(3))
        for kind, fault in ((dead, "drop"), (garbled, "malformed"), (limited, "429")):
            self.sources.faults[kind].order(Fault(fault, 9))
        return dead, garbled, limited

    async def mend(self) -> None:
        """All is well again, and every back-off is over."""
        for faults in self.sources.faults.values():
            faults.clear()
        await self.engine._polling.stop()
        self.sources.clock.advance(1200)


@pytest.fixture
async def five(tmp_path: Path) -> AsyncIterator[Five]:
    with five_sources(tmp_path) as sources:
        found = Five(sources, fresh_database(tmp_path))
        try:
            assert await found.engine.leadership.take()
            cycle = await found.engine.once()
            assert [(poll.name, poll.error) for poll in cycle.polls if not poll.ok] == []
            yield found
        finally:
            await found.engine.close()
            found.database.close()


async def test_what_is_whole_is_stored_and_judged_and_of_the_rest_nothing(five: Five) -> None:
    for turn in range(5):
        five.sources.clock.advance(120)
        before, hit = five.facts(), five.spoil(turn)
        polls = {poll.name: poll for poll in (await five.engine.cycle()).polls}
        after = five.facts()
        assert {kind for kind, poll in polls.items() if not poll.ok} == set(hit)
        assert [kind for kind in hit if after[kind] != before[kind]] == []
        assert [kind for kind in hit if not str(polls[kind].error).startswith(f"{kind}: ")] == []
        assert "broke off" in str(polls[hit[0]].error)
        states = {source.name: source.state for source in five.seen[-1].sources}
        assert states == {kind: "backed off" if kind in hit else "ok" for kind in KINDS}
        await five.mend()
        again = await five.engine.cycle()
        assert [(poll.name, poll.error) for poll in again.polls if not poll.ok] == []


async def test_one_that_hangs_keeps_nobody_waiting_and_is_told(five: Five) -> None:
    five.sources.clock.advance(120)
    five.engine._polling.patience_s = 2.0
    five.sources.faults["vertex"].order(Fault("slow", 9, seconds=60.0))
    polls = {poll.name: poll for poll in (await five.engine.cycle()).polls}
    assert [kind for kind, poll in polls.items() if not poll.ok] == ["vertex"]
    assert "vertex has not answered whole within 2 s" in str(polls["vertex"].error)
    assert five.seen[-1].at == five.sources.clock.now()


async def test_doctor_says_which_of_five_cannot_be_read_and_that_the_others_can(tmp_path: Path) -> None:
    with five_sources(tmp_path) as sources:
        for kind, fault in (("anthropic", "drop"), ("bedrock", "401"), ("litellm", "403")):
            sources.faults[kind].order(Fault(fault, 99))
        found = await checkup_providers.of_sources(sources.config, sources.clock, "token-console", None)
    failed = {check.name.split()[1].rstrip(":"): check.said for check in found
              if check.health is Health.FAILED and check.name.endswith("connection")}
    assert set(failed) == {"anthropic", "bedrock", "litellm"}
    assert [said for said in failed.values() if ".." in said] == []
