"""A workload on Vertex AI, killed and resumed over a desk: what stood at Google before stands there after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.config import Approvals, BreakerSettings, Config, Operator, Organisation, SourceSettings
from console.operations import breakers
from console.operations.desk import Desk
from console.simulator.vertex.server import RunningCloud
from console.switches.google_deny import policy_name, rules_of
from tests.support import kills
from tests.support.desks import ARCHITECT, person
from tests.support.google_cloud import AGENT, CLAIMS, KILLER, READER, cloud

ON_CALL, SLUG = person("otto", "on_call"), "claims-triage"
OTHER = "batch@claims-prod.iam.gserviceaccount.com"
WHERE = (CLAIMS, policy_name(AGENT))
THEIRS = [{"denyRule": {"deniedPrincipals": ["principalSet://goog/public:all"],
                        "deniedPermissions": ["storage.googleapis.com/buckets.delete"]}}]


@pytest.fixture
def running() -> Iterator[RunningCloud]:
    found = cloud()
    found.accounts[OTHER] = type(found.accounts[AGENT])(OTHER, disabled=True)
    with RunningCloud(found) as served:
        yield served


@pytest.fixture
async def desk(running: RunningCloud, tmp_path: Path) -> AsyncIterator[Desk]:
    for name, email in (("read", READER), ("kill", KILLER)):
        (tmp_path / name).write_text(running.credential(running.cloud.accounts[email]))
        (tmp_path / name).chmod(0o600)
    source = SourceSettings("vertex", "vertex", f"file:{tmp_path / 'read'}", f"file:{tmp_path / 'kill'}",
                            running.base_url, options={"projects": (CLAIMS,)})
    settings = Config(
        path=tmp_path / "token-console.toml", organisation=Organisation("Example Ltd"),
        database_url=f"sqlite:///{tmp_path / 'console.db'}",
        operators=(Operator("otto", ("on_call",)), Operator("maria", ("token_architect",))),
        sources=(source,), breaker=BreakerSettings(act_deadline_s=10.0), approvals=Approvals(two_person=False))
    entry: dict[str, object] = {
        "slug": SLUG, "name": "Claims triage", "environment": "production", "status": "live",
        "usage": [{"source": "vertex", "project": CLAIMS}],
        "switches": [{"kind": "google-deny", "source": "vertex", "target": AGENT},
                     {"kind": "google-service-account", "source": "vertex", "target": AGENT},
                     {"kind": "google-service-account", "source": "vertex", "target": OTHER}],
    }
    yield kills.kill_desk(settings, entry, at=datetime.now(UTC))
    await kills.close_desks()


@pytest.mark.parametrize("before", [None, THEIRS], ids=["no policy", "somebody's policy"])
async def test_a_kill_stops_the_accounts_and_a_resume_puts_back_what_was_there(
    desk: Desk, running: RunningCloud, before: list[object] | None
) -> None:
    if before is not None:
        running.cloud.policies[WHERE] = before
    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, [step.after for step in killed.steps]) == ("done", ["denied", "disabled", "disabled"])
    assert running.cloud.policies[WHERE] == [*(before or []), *rules_of(AGENT)]

    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert resumed.state == "done"
    assert running.cloud.policies.get(WHERE) == before
    assert not running.cloud.accounts[AGENT].disabled
    assert running.cloud.accounts[OTHER].disabled  # it was before: this breaker did not do it
