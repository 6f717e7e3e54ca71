"""A workload on Amazon Bedrock, end to end against moto: read, attributed, priced, killed, rehearsed and resumed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.config import Approvals, BreakerSettings, Config, Operator, Organisation, SourceSettings
from console.operations import breakers, checkup_providers
from console.operations.checkup import Health
from console.operations.desk import Desk
from console.pricing import PriceBook
from console.simulator.bedrock.server import RunningBedrock
from console.simulator.stories import story
from console.simulator.world import World
from console.switches.aws_deny import DENY, POLICY_NAME
from console.watch import wiring
from console.watch.attribution import Attribution, UsageRule
from console.watch.intake import Intake
from store import registry, windows
from tests.support import aws as support
from tests.support import kills
from tests.support.aws import OWN, Moto
from tests.support.desks import ARCHITECT, person

ON_CALL = person("otto", "on_call")
SLUG = "claims-triage"
NIGHT = story("quiet-day")
ROLE = f"arn:aws:iam::{OWN}:role/claims-triage"
NOW = datetime.now(UTC).replace(second=30, microsecond=0)
BEFORE = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeAgent", "Resource": "*"}]}


@pytest.fixture(scope="module")
def account() -> Iterator[Moto]:
    with support.moto() as served:
        served.reset()
        served.role("claims-triage")
        served.profile("abc123claims", "claims-triage",
                       "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6")
        served.put("AWS/Bedrock", {"ModelId": "abc123claims"},
                   {"InputTokenCount": 1_000_000, "OutputTokenCount": 100_000, "Invocations": 200},
                   NOW - timedelta(minutes=10))
        yield served


@pytest.fixture
async def desk(account: Moto, tmp_path: Path) -> AsyncIterator[Desk]:
    secret = tmp_path / "aws-kill"
    secret.write_text(support.SECRET)
    secret.chmod(0o600)
    source = SourceSettings("bedrock", "bedrock", f"file:{secret}", base_url=account.url, backfill_days=2,
                            options=support.settings("").options)
    settings = Config(
        path=tmp_path / "token-console.toml", organisation=Organisation("Example Ltd"),
        database_url=f"sqlite:///{tmp_path / 'console.db'}",
        operators=(Operator("otto", ("on_call",)), Operator("maria", ("token_architect",))),
        sources=(source,), breaker=BreakerSettings(act_deadline_s=10.0), approvals=Approvals(two_person=False))
    entry: dict[str, object] = {
        "slug": SLUG, "name": "Claims triage", "environment": "production", "status": "live",
        "usage": [{"source": "bedrock", "inference_profile": "abc123claims"}],
        "switches": [{"kind": "aws-deny", "source": "bedrock", "target": ROLE}],
    }
    yield kills.kill_desk(settings, entry, at=NOW)
    await kills.close_desks()


async def test_what_the_profile_used_is_the_workloads_at_bedrocks_price(desk: Desk) -> None:
    (settings,) = desk.config.sources
    source = wiring.source(desk.config, settings, desk.clock, desk.database)
    rules = Attribution([UsageRule(SLUG, (("inference_profile", "abc123claims"), ("source", "bedrock")))])
    poll = await Intake(settings, source, desk.database, PriceBook(), rules.workload_of).poll(desk.clock.now())
    await source.close()

    assert (poll.error, poll.complete) == (None, True)
    with desk.database.read() as tx:
        spend = windows.period_spend(tx, int(NOW.timestamp()) - 3600, int(NOW.timestamp()))[SLUG]
    assert spend.cost == 4_950_000  # 3.30 and 16.50 USD a million tokens: the regional price


async def test_a_kill_denies_the_role_and_a_resume_puts_back_what_was_there(desk: Desk, account: Moto) -> None:
    iam = account.client("iam")
    iam.put_role_policy(RoleName="claims-triage", PolicyName=POLICY_NAME, PolicyDocument=json.dumps(BEFORE))

    rehearsed = await breakers.kill(desk, ON_CALL, SLUG, "a rehearsal", dry_run=True)
    assert rehearsed.state == "dry_run"
    assert "dry run, not sent: iam PutRolePolicy" in str(rehearsed.steps[0].error)
    assert iam.get_role_policy(RoleName="claims-triage", PolicyName=POLICY_NAME)["PolicyDocument"] == BEFORE

    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, killed.steps[0].after) == ("done", "denied")
    assert iam.get_role_policy(RoleName="claims-triage", PolicyName=POLICY_NAME)["PolicyDocument"] == DENY

    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert resumed.state == "done"
    assert iam.get_role_policy(RoleName="claims-triage", PolicyName=POLICY_NAME)["PolicyDocument"] == BEFORE


async def test_a_key_that_was_inactive_before_stays_so_and_the_others_come_back(
    desk: Desk, account: Moto
) -> None:
    iam = account.client("iam")
    account.user("batch")
    made = [iam.create_service_specific_credential(UserName="batch", ServiceName="bedrock.amazonaws.com")
            ["ServiceSpecificCredential"]["ServiceSpecificCredentialId"] for _ in range(2)]
    iam.update_service_specific_credential(UserName="batch", ServiceSpecificCredentialId=made[1], Status="Inactive")
    with desk.database.write() as tx:
        row = registry.workload(tx, SLUG)
        assert row is not None
        lines = [{"kind": "aws-bedrock-api-key", "source": "bedrock", "target": f"{OWN}/batch/{each}"} for each in made]
        registry.put_workload(tx, {**row.entry, "switches": lines}, by="maria", at=NOW)

    def states() -> list[str]:
        told = iam.list_service_specific_credentials(UserName="batch")["ServiceSpecificCredentials"]
        return [each["Status"] for each in told]

    killed = await breakers.kill(desk, ON_CALL, SLUG, "runaway")
    assert (killed.state, states()) == ("done", ["Inactive", "Inactive"])
    resumed = await breakers.resume(desk, ARCHITECT, SLUG, "fixed")
    assert (resumed.state, states()) == ("done", ["Active", "Inactive"])


async def test_doctor_asks_who_may_switch_without_asking_it_to_read(tmp_path: Path) -> None:
    """In the simulated account one key reads and may not switch, and the other switches and may not read."""
    clock = ManualClock(NIGHT.start)
    with RunningBedrock(World(NIGHT, 1, clock)) as running:
        for name, value in running.cloud.secrets.items():
            (tmp_path / name).write_text(value)
            (tmp_path / name).chmod(0o600)
        source = SourceSettings("bedrock", "bedrock", "file:read", "file:kill", running.base_url,
                                options=support.settings("").options)
        config = Config(path=tmp_path / "token-console.toml", organisation=Organisation("Example Ltd"),
                        database_url=f"sqlite:///{tmp_path / 'console.db'}", sources=(source,))
        checks = {check.name: check for check in await checkup_providers.of_sources(config, clock, "x", None)}
        unable = replace(config, sources=(replace(source, secret="file:kill"),))
        refused = {check.name: check for check in await checkup_providers.of_sources(unable, clock, "x", None)}

    assert checks["source bedrock: connection"].health is Health.OK
    assert checks["source bedrock: kill connection"].health is Health.OK
    assert "15.36 USD a day for 1,000 metrics" in checks["source bedrock: tells"].said
    connection = refused["source bedrock: connection"]
    assert connection.health is Health.FAILED
    assert "user/token-console-kill may not cloudwatch:ListMetrics" in connection.said
