"""The least permissions that `doctor` and the documents tell: enough to switch, and not one too many, as moto judges.

moto judges actions, and asks every one of them of all resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import kinds
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.switches.switch import SwitchError
from tests.support import aws as support
from tests.support.aws import OWN, Moto

DOCUMENT = Path(__file__).parents[3] / "docs" / "sources.md"
_LACKS = r"may not (iam:\w+)"


ARNS = [f"arn:aws:iam::{OWN}:role/workloads/claims", f"arn:aws:iam::{OWN}:user/workloads/batch"]


def told() -> dict[str, Any]:
    """What `doctor` tells of both switches, on all resources."""
    settings = support.settings("")
    policies = (kinds.switch("aws-deny").least(settings, ARNS),
                kinds.switch("aws-bedrock-api-key").least(settings, [f"{OWN}/batch/{'A' * 20}"]))
    statements = [each for policy in policies for each in json.loads(str(policy))["Statement"]]
    return {"Version": "2012-10-17", "Statement": [{**each, "Resource": "*"} for each in statements]}


ACTIONS = sorted(action for statement in told()["Statement"] for action in statement["Action"])


def test_the_documents_tell_the_same() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("**Least permissions to switch**")[1]
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found is not None
    statements = json.loads(found[1])["Statement"]
    assert sorted(action for statement in statements for action in statement["Action"]) == ACTIONS


@pytest.fixture(scope="module")
def account() -> Iterator[Moto]:
    """A role, a user and a user's key on the path that may be stopped."""
    with support.moto() as served:
        served.reset()
        iam = served.client("iam")
        iam.create_role(RoleName="claims", Path="/workloads/", AssumeRolePolicyDocument="{}")
        iam.create_user(UserName="batch", Path="/workloads/")
        iam.create_user(UserName="killer")
        yield served


@pytest.fixture
def targets(account: Moto) -> dict[str, list[str]]:
    key = account.client("iam").create_service_specific_credential(UserName="batch",
                                                                   ServiceName="bedrock.amazonaws.com")
    return {"aws-deny": ARNS, "aws-bedrock-api-key":
            [f"{OWN}/batch/{key['ServiceSpecificCredential']['ServiceSpecificCredentialId']}"]}


async def refused(account: Moto, policy: dict[str, Any], targets: dict[str, list[str]]) -> set[str]:
    """What a killer with this policy is refused, of all that a kill and a resume ask."""
    iam, found = account.client("iam"), set[str]()
    key = iam.create_access_key(UserName="killer")["AccessKey"]
    iam.put_user_policy(UserName="killer", PolicyName="kills", PolicyDocument=json.dumps(policy))
    tools = SwitchTools(BoundedClient(), lambda: f"{key['AccessKeyId']}:{key['SecretAccessKey']}", tuple,
                        lambda: datetime.now(UTC), Path())
    account.enforce()
    try:
        for kind, named in targets.items():
            switch = kinds.switch(kind).build(support.settings(account.url), tools)
            for target in named:
                for verb in ("disable", "enable"):
                    answer = await switch.act(target, switch.verbs[verb], "key")
                    found |= set(re.findall(_LACKS, answer.detail))
                    try:
                        assert switch.verbs[verb].satisfied_by(await switch.read(target)) or found
                    except SwitchError as error:
                        found |= set(re.findall(_LACKS, str(error)))
            await switch.close()
    finally:
        account.tolerate()
        iam.delete_access_key(UserName="killer", AccessKeyId=key["AccessKeyId"])
    return found


async def test_what_is_told_is_enough_to_stop_and_to_undo(
    account: Moto, targets: dict[str, list[str]]
) -> None:
    assert await refused(account, told(), targets) == set()


@pytest.mark.parametrize("action", ACTIONS)
async def test_each_action_that_is_told_is_asked_for(
    account: Moto, targets: dict[str, list[str]], action: str
) -> None:
    less = told()
    for statement in less["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    role, user = targets["aws-deny"]
    where = ({"aws-bedrock-api-key": targets["aws-bedrock-api-key"]} if "Credential" in action else
             {"aws-deny": [role if "Role" in action else user]})
    assert await refused(account, less, where) == {action}
