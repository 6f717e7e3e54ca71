"""The switches of AWS, on a real moto server with boto3.

moto judges no request for Bedrock, so that the deny works is seen in the policy that it holds. Service-specific
credentials it does not have at all; `tests/support/aws.py` adds them from AWS's own service model.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console import kinds
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.switches.aws_deny import DENY, POLICY_NAME
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, Switch, SwitchError
from console.watch.planning import declared
from tests.support import aws as support
from tests.support.aws import OTHER, OWN, Moto

KILL_ROLE = f"arn:aws:iam::{OTHER}:role/token-console-kill"


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with support.moto() as served:
        yield served


@pytest.fixture
def account(server: Moto) -> Moto:
    server.reset()
    return server


@pytest.fixture
async def make() -> AsyncIterator[Callable[..., Switch]]:
    made: list[Switch] = []

    def build(kind: str, url: str, *, client: BoundedClient | None = None, own: tuple[str, ...] = (),
              secret: str = support.SECRET, **options: object) -> Switch:
        tools = SwitchTools(client or BoundedClient(), lambda: secret, lambda: own, lambda: datetime.now(UTC), Path())
        made.append(kinds.switch(kind).build(support.settings(url, **options), tools))
        return made[-1]

    yield build
    for each in made:
        await each.close()


def policies(account: Moto, role: str, where: str = OWN) -> dict[str, Any]:
    iam = account.client("iam", account=where)
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}


async def test_a_role_is_denied_all_of_bedrock_on_both_endpoints_and_let_go_again(
    account: Moto, make: Callable[..., Switch]
) -> None:
    role, switch = account.role("claims"), make("aws-deny", account.url)
    account.client("iam").put_role_policy(RoleName="claims", PolicyName="its-own", PolicyDocument=json.dumps(DENY))
    assert await switch.read(role) == "not denied"

    answer = await switch.act(role, declared(switch, "disable"), "key")
    assert answer.outcome is Outcome.ACCEPTED
    assert await switch.read(role) == "denied"
    (statement,) = policies(account, "claims")[POLICY_NAME]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert statement["Action"] == ["bedrock:*", "bedrock-mantle:*"]

    assert (await switch.act(role, declared(switch, "enable"), "key")).outcome is Outcome.ACCEPTED
    assert await switch.read(role) == "not denied"
    assert set(policies(account, "claims")) == {"its-own"}


async def test_a_policy_of_our_name_that_was_there_before_is_put_back_exactly(
    account: Moto, make: Callable[..., Switch]
) -> None:
    role, switch = account.role("claims"), make("aws-deny", account.url)
    before = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeAgent",
                                                      "Resource": "*", "Sid": "Ours; with \"quotes\" & ünïcode"}]}
    account.client("iam").put_role_policy(RoleName="claims", PolicyName=POLICY_NAME, PolicyDocument=json.dumps(before))
    state = await switch.read(role)
    assert state.startswith("not denied; its policy token-console-deny says {")

    await switch.act(role, declared(switch, "disable"), "key")
    assert await switch.read(role) == "denied"
    undo = declared(switch, "enable").aiming_at(state)
    assert (await switch.act(role, undo, "key")).outcome is Outcome.ACCEPTED
    assert undo.satisfied_by(await switch.read(role))
    assert policies(account, "claims")[POLICY_NAME] == before


@pytest.mark.parametrize("sort", ["role", "user"])
async def test_a_policy_that_just_fitted_is_put_back_no_longer_than_it_was_and_in_its_own_order(
    account: Moto, make: Callable[..., Switch], sort: str
) -> None:
    target = account.role("claims") if sort == "role" else account.user("claims")
    switch, iam, most = make("aws-deny", account.url), account.client("iam"), {"role": 10_240, "user": 2048}[sort]
    before = {"Version": "2012-10-17", "Statement": [{"Sid": "Ü", "Effect": "Allow", "Action": "*",
                                                      "Resource": "arn:aws:s3:::"}]}
    text = json.dumps(before, separators=(",", ":"), ensure_ascii=False)
    text = text.replace("s3:::", f"s3:::{'ü' * (most - len(text))}")
    named = {f"{sort.capitalize()}Name": "claims", "PolicyName": POLICY_NAME}
    getattr(iam, f"put_{sort}_policy")(**named, PolicyDocument=text)

    state = await switch.read(target)
    assert state.endswith(f" says {text}")
    await switch.act(target, declared(switch, "disable"), "key")
    await switch.act(target, declared(switch, "enable").aiming_at(state), "key")
    after = getattr(iam, f"get_{sort}_policy")(**named)["PolicyDocument"]
    assert json.dumps(after, separators=(",", ":"), ensure_ascii=False) == text
    assert len(text) == most


async def test_a_role_on_a_path_is_denied_by_its_name_and_put_back(account: Moto, make: Callable[..., Switch]) -> None:
    iam, switch = account.client("iam"), make("aws-deny", account.url)
    role = iam.create_role(RoleName="claims", Path="/team/a/", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    assert role == f"arn:aws:iam::{OWN}:role/team/a/claims"
    await switch.act(role, declared(switch, "disable"), "key")
    assert await switch.read(role) == "denied"
    await switch.act(role, declared(switch, "enable"), "key")
    assert policies(account, "claims") == {}


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
async def test_roles_and_keys_of_another_partition_are_switched_there(
    account: Moto, make: Callable[..., Switch], region: str, partition: str
) -> None:
    iam = account.client("iam", region)
    role = iam.create_role(RoleName="claims", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    assert role == f"arn:{partition}:iam::{OWN}:role/claims"
    switch = make("aws-deny", account.url, regions=(region,))
    await switch.act(role, declared(switch, "disable"), "key")
    assert await switch.read(role) == "denied"
    assert iam.get_role_policy(RoleName="claims", PolicyName=POLICY_NAME)["PolicyDocument"] == DENY
    with pytest.raises(SwitchError, match=f"is {role}; write that"):
        await switch.read(role.replace(partition, "aws"))
    with pytest.raises(SwitchError, match=f"arn:{partition}:iam::{OTHER}:role/token-console-kill"):
        await switch.read(role.replace(OWN, OTHER))


async def test_accounts_are_switched_at_once_each_through_its_own_role(
    account: Moto, make: Callable[..., Switch]
) -> None:
    accounts = (OTHER, "222233334444", "333344445555")
    roles = [account.role("claims", each) for each in accounts]
    switch = make("aws-deny", account.url,
                  kill_roles=tuple(f"arn:aws:iam::{each}:role/token-console-kill" for each in accounts))
    await asyncio.gather(*(switch.act(role, declared(switch, "disable"), "key") for role in roles[:2]))
    assert [await switch.read(role) for role in roles] == ["denied", "denied", "not denied"]
    assert [set(policies(account, "claims", each)) for each in accounts] == [{POLICY_NAME}, {POLICY_NAME}, set()]


async def test_a_user_is_denied_with_its_keys(account: Moto, make: Callable[..., Switch]) -> None:
    user, switch = account.user("batch"), make("aws-deny", account.url)
    await switch.act(user, declared(switch, "disable"), "key")
    assert await switch.read(user) == "denied"
    iam = account.client("iam")
    assert iam.get_user_policy(UserName="batch", PolicyName=POLICY_NAME)["PolicyDocument"] == DENY
    await switch.act(user, declared(switch, "enable"), "key")
    assert await switch.read(user) == "not denied"


async def test_each_account_is_switched_through_its_kill_role(account: Moto, make: Callable[..., Switch]) -> None:
    role = account.role("claims", OTHER)
    switch = make("aws-deny", account.url, kill_roles=(KILL_ROLE,))
    await switch.act(role, declared(switch, "disable"), "key")
    assert await switch.read(role) == "denied"
    assert POLICY_NAME in policies(account, "claims", OTHER)


async def test_an_account_without_a_kill_role_is_refused_with_what_to_write(
    account: Moto, make: Callable[..., Switch]
) -> None:
    role, switch = account.role("claims", OTHER), make("aws-deny", account.url)
    with pytest.raises(SwitchError, match=rf'kill_roles = \["arn:aws:iam::{OTHER}:role/'):
        await switch.read(role)
    answer = await switch.act(role, declared(switch, "disable"), "key")
    assert (answer.outcome, "nothing was sent" in answer.detail) == (Outcome.REFUSED, True)


async def test_the_command_by_hand_does_what_the_switch_does(account: Moto, make: Callable[..., Switch]) -> None:
    role, switch = account.role("claims"), make("aws-deny", account.url)
    command = shlex.split(switch.by_hand(role, declared(switch, "disable")), comments=True)
    assert command[:5] == ["aws", "iam", "put-role-policy", "--role-name", "claims"]
    assert json.loads(command[-1]) == DENY
    undo = shlex.split(switch.by_hand(role, declared(switch, "enable")), comments=True)
    assert undo == ["aws", "iam", "delete-role-policy", "--role-name", "claims", "--policy-name", POLICY_NAME]


async def test_a_dry_run_reads_and_writes_nothing(account: Moto, make: Callable[..., Switch]) -> None:
    role, switch = account.role("claims"), make("aws-deny", account.url, client=Rehearsal())
    assert await switch.read(role) == "not denied"
    answer = await switch.act(role, declared(switch, "disable"), "key")
    assert answer.outcome is Outcome.REFUSED
    assert "dry run, not sent: iam PutRolePolicy" in answer.detail
    assert policies(account, "claims") == {}


async def test_a_role_that_is_not_there_or_lies_on_another_path_is_refused(
    account: Moto, make: Callable[..., Switch]
) -> None:
    role, switch = account.role("claims"), make("aws-deny", account.url)
    with pytest.raises(SwitchError, match="there is no role nobody in account"):
        await switch.read(f"arn:aws:iam::{OWN}:role/nobody")
    with pytest.raises(SwitchError, match=f"is {role}"):
        await switch.read(f"arn:aws:iam::{OWN}:role/team/claims")


async def test_the_console_never_denies_an_identity_that_it_works_as(
    account: Moto, make: Callable[..., Switch]
) -> None:
    """Its roles by name, and whoever its secrets turn out to be: a user, or a session of a role."""
    reader, killer, other = (account.role(name, OTHER) for name in ("reader", "token-console-kill", "other"))
    sts = account.client("sts", account=OTHER)
    given = sts.assume_role(RoleArn=other, RoleSessionName="console")["Credentials"]
    secret = json.dumps({name: given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")})
    workload = account.role("claims", OTHER)
    switch = make("aws-deny", account.url, roles=(reader,), kill_roles=(killer,), own=(secret, "sk-ant-admin01-x"))
    for role in (reader, killer, other, workload):
        await switch.read(role)
    assert [switch.is_own(role) for role in (reader, killer, other, workload)] == [True, True, True, False]


async def test_the_user_whose_key_switches_is_never_denied(account: Moto, make: Callable[..., Switch]) -> None:
    user = account.user("token-console")
    key = account.client("iam").create_access_key(UserName="token-console")["AccessKey"]
    switch = make("aws-deny", account.url, secret=f"{key['AccessKeyId']}:{key['SecretAccessKey']}")
    await switch.read(user)
    assert switch.is_own(user)


@pytest.mark.parametrize("target", [
    "claims", "arn:aws:iam::1:role/x", "arn:aws:s3:::bucket", f"arn:aws:iam::{OWN}:group/x",
    f"arn:aws:iam::{OWN}:role/aws-service-role/x/y", f"arn:aws:iam::{OWN}:role/x y", ""])
def test_what_is_no_role_or_user_is_told_when_the_mbom_is_checked(target: str) -> None:
    assert kinds.switch("aws-deny").check_target(target)


def test_a_session_is_told_which_role_to_name() -> None:
    session = f"arn:aws-us-gov:sts::{OWN}:assumed-role/claims/i-0123"
    wrong = kinds.switch("aws-deny").check_target(session)
    assert f"name its role, arn:aws-us-gov:iam::{OWN}:role/claims" in str(wrong)


def test_roles_and_users_of_every_partition_are_targets() -> None:
    check = kinds.switch("aws-deny").check_target
    assert check(f"arn:aws:iam::{OWN}:role/team/claims-triage") is None
    assert check(f"arn:aws-us-gov:iam::{OWN}:user/batch@example.com") is None


# A Bedrock API key.


def bedrock_key(account: Moto, user: str) -> str:
    account.user(user)
    made = account.client("iam").create_service_specific_credential(UserName=user, ServiceName="bedrock.amazonaws.com")
    return f"{OWN}/{user}/{made['ServiceSpecificCredential']['ServiceSpecificCredentialId']}"


async def test_a_bedrock_api_key_is_made_inactive_and_active_again(account: Moto, make: Callable[..., Switch]) -> None:
    key, other = bedrock_key(account, "claims"), bedrock_key(account, "other")
    switch = make("aws-bedrock-api-key", account.url)
    assert await switch.read(key) == "active"
    assert (await switch.act(key, declared(switch, "disable"), "k")).outcome is Outcome.ACCEPTED
    assert (await switch.read(key), await switch.read(other)) == ("inactive", "active")
    assert (await switch.act(key, declared(switch, "enable"), "k")).outcome is Outcome.ACCEPTED
    assert await switch.read(key) == "active"


async def test_a_key_or_a_user_that_is_not_there_is_told(account: Moto, make: Callable[..., Switch]) -> None:
    key, switch = bedrock_key(account, "claims"), make("aws-bedrock-api-key", account.url)
    with pytest.raises(SwitchError, match="has no Bedrock API key ACCAEXAMPLE0000000000"):
        await switch.read(f"{OWN}/claims/ACCAEXAMPLE0000000000")
    with pytest.raises(SwitchError, match="there is no user nobody"):
        await switch.read(f"{OWN}/nobody/{key.rsplit('/', 1)[1]}")


def test_the_command_for_a_key_names_user_key_status_and_account() -> None:
    key = f"{OWN}/claims/ACCAEXAMPLE0000000000"
    kind = kinds.switch("aws-bedrock-api-key")
    tools = SwitchTools(BoundedClient(), str, tuple, lambda: datetime.now(UTC), Path())
    command = kind.build(support.settings("http://127.0.0.1:9"), tools).by_hand(key, kind.verbs["disable"])
    assert command == ("aws iam update-service-specific-credential --user-name claims --service-specific-credential-id "
                       f"ACCAEXAMPLE0000000000 --status Inactive  # in account {OWN}")


@pytest.mark.parametrize("target", ["ACCAEXAMPLE0000000000", f"{OWN}/claims", f"{OWN}/a b/ACCAEXAMPLE0000000000",
                                    "1/claims/ACCAEXAMPLE0000000000", f"{OWN}/claims/short"])
def test_what_is_no_bedrock_key_is_told_when_the_mbom_is_checked(target: str) -> None:
    assert kinds.switch("aws-bedrock-api-key").check_target(target)


async def test_the_verbs_declare_class_reversibility_and_how_they_are_read_back() -> None:
    for kind in ("aws-deny", "aws-bedrock-api-key"):
        verbs = kinds.switch(kind).verbs
        assert set(verbs) == {"disable", "enable"}
        for verb in verbs.values():
            assert (verb.action_class, verb.reversible, verb.propagation_s > 0) == ("K2", True, True)
            assert verb.read_back
        assert verbs["disable"].goes_on
