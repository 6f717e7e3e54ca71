"""A workload behind a LiteLLM gateway, end to end: read, attributed, priced, drafted, killed and resumed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import Approvals, BreakerSettings, Config, Operator, Organisation, SourceSettings
from console.operations import breakers, checkup_providers, registry
from console.operations.checkup import Health
from console.operations.desk import Desk
from console.operations.mbom.file import read
from console.pricing import PriceBook
from console.simulator.litellm.server import RunningGateway
from console.watch import wiring
from console.watch.attribution import Attribution, UsageRule
from console.watch.intake import Intake, Poll
from store import windows
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.litellm_gateway import (
    ADMIN_SECRET,
    CLAIMS,
    NOW,
    SEARCH,
    T0,
    USER_SECRET,
    VIEWER_SECRET,
    call,
    gateway,
)

ON_CALL = person("otto", "on_call")
SLUG = "claims-triage"


@pytest.fixture
def running() -> Iterator[RunningGateway]:
    with RunningGateway(gateway(), ManualClock(NOW)) as served:
        served.gateway.log(*(call(number, T0 + number, SEARCH if number % 4 == 0 else CLAIMS) for number in range(40)))
        yield served


@pytest.fixture
async def desk(running: RunningGateway, tmp_path: Path) -> AsyncIterator[Desk]:
    for name, secret in (("read", VIEWER_SECRET), ("kill", ADMIN_SECRET), ("user", USER_SECRET)):
        (tmp_path / name).write_text(secret)
        (tmp_path / name).chmod(0o600)
    settings = Config(
        path=tmp_path / "token-console.toml", organisation=Organisation("Example Ltd"),
        database_url=f"sqlite:///{tmp_path / 'console.db'}",
        operators=(Operator("otto", ("on_call",)), Operator("maria", ("token_architect",))),
        sources=(SourceSettings("gateway", "litellm", "file:read", "file:kill", running.base_url, backfill_days=2),),
        breaker=BreakerSettings(act_deadline_s=5.0), approvals=Approvals(two_person=False))
    entry: dict[str, object] = {
        "slug": SLUG, "name": "Claims triage", "environment": "production", "status": "live",
        "usage": [{"source": "gateway", "api_key_id": CLAIMS}],
        "switches": [{"kind": "litellm-key", "source": "gateway", "target": CLAIMS}],
    }
    yield kills.kill_desk(settings, entry, at=NOW)
    await kills.close_desks()


async def polled(desk: Desk) -> Poll:
    (settings,) = desk.config.sources
    source = wiring.source(desk.config, settings, desk.clock, desk.database)
    rules = Attribution([UsageRule(SLUG, (("api_key_id", CLAIMS), ("source", "gateway")))])
    try:
        return await Intake(settings, source, desk.database, PriceBook(), rules.workload_of).poll(desk.clock.now())
    finally:
        await source.close()


async def test_what_a_key_used_is_the_workloads_at_its_providers_price(desk: Desk) -> None:
    poll = await polled(desk)
    assert (poll.error, poll.complete, poll.rows) == (None, True, 2)
    with desk.database.read() as tx:
        spend = windows.period_spend(tx, T0, T0 + 3600)
    assert spend[SLUG].cost == 30 * 3393
    assert spend[None].cost == 10 * 3393


async def test_polling_twice_changes_nothing(desk: Desk) -> None:
    await polled(desk)
    again = await polled(desk)
    assert (again.error, again.changed) == (None, 0)


async def test_what_nobody_claims_is_drafted_with_the_switch_of_its_key(desk: Desk) -> None:
    await polled(desk)
    identity = {"api_key_id": SEARCH, "team_id": None}
    text = await registry.draft_from_unattributed(desk, ARCHITECT, identity=identity, source="gateway", name="search")
    (entry,) = read(text, "draft.toml", desk.config).entries
    assert entry.data["switches"] == [{"kind": "litellm-key", "source": "gateway", "target": SEARCH}]


async def test_a_kill_blocks_the_key_and_a_resume_unblocks_it(desk: Desk, running: RunningGateway) -> None:
    rehearsed = await breakers.kill(desk, ON_CALL, SLUG, "a rehearsal", dry_run=True)
    assert (rehearsed.state, running.writes) == ("dry_run", [])
    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, killed.steps[0].before, killed.steps[0].after) == ("done", "active", "blocked")
    assert running.gateway.keys[CLAIMS].blocked
    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert (resumed.state, resumed.steps[0].after) == ("done", "active")
    assert not running.gateway.keys[CLAIMS].blocked


async def test_doctor_says_which_key_sees_too_little_and_what_to_make_instead(desk: Desk) -> None:
    checks = {check.name: check for check in await checkup_providers.of_sources(desk.config, desk.clock, "x", None)}
    assert checks["source gateway: connection"].health is Health.OK
    assert "with numbers of calls" in checks["source gateway: tells"].said
    (source,) = desk.config.sources
    cut = Config(path=desk.config.path, organisation=desk.config.organisation, database_url=desk.config.database_url,
                 sources=(SourceSettings("gateway", "litellm", "file:user", base_url=source.base_url),))
    checks = {check.name: check for check in await checkup_providers.of_sources(cut, desk.clock, "x", None)}
    assert checks["source gateway: connection"].health is Health.FAILED
    assert "proxy_admin_viewer" in checks["source gateway: connection"].said
