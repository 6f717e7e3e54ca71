"""The process dies half way while a role is denied, and while that is undone; the next one leaves IAM as it must be."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.operations import breakers
from console.operations.desk import Desk
from console.switches.aws_deny import DENY, POLICY_NAME
from tests.support import aws, forking, kills
from tests.support.aws import Moto

REPOSITORY = Path(__file__).parents[2]
THEIRS = {"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Deny", "Action": "bedrock:InvokeAgent",
                                                  "Resource": "*"}]}
NAMED = {"RoleName": "claims", "PolicyName": POLICY_NAME}


@pytest.fixture
def account() -> Iterator[Moto]:
    with aws.moto() as served:
        served.reset()
        yield served


def dies(account: Moto, folder: Path, verb: str, where: str) -> None:
    ended = forking.run("tests.crash.child", [str(folder), account.url, verb, where], cwd=REPOSITORY,
                        env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    assert ended.returncode == -signal.SIGKILL, ended.stderr


async def recovers(desk: Desk) -> None:
    engine = breakers.automatic(desk)
    await engine.recover()
    await engine.drain(30)


async def test_somebodys_policy_outlives_a_kill_and_a_resume_that_both_died_half_way(
    account: Moto, tmp_path: Path
) -> None:
    role, iam = account.role("claims"), account.client("iam")
    iam.put_role_policy(**NAMED, PolicyDocument=json.dumps(THEIRS))
    entry = kills.entry() | {"switches": [{"kind": "aws-deny", "source": "bedrock", "target": role}]}
    desk = kills.kill_desk(kills.aws_config(account.url, tmp_path), entry, at=datetime.now(UTC))

    dies(account, tmp_path, "kill", "after call")
    assert iam.get_role_policy(**NAMED)["PolicyDocument"] == DENY
    await recovers(desk)
    assert [intent.state for intent in kills.intents_of(desk)] == ["done"]

    dies(account, tmp_path, "resume", "before call")
    assert iam.get_role_policy(**NAMED)["PolicyDocument"] == DENY
    await recovers(desk)
    assert iam.get_role_policy(**NAMED)["PolicyDocument"] == THEIRS
    assert {intent.state for intent in kills.intents_of(desk)} == {"done"}
    await kills.close_desks()
