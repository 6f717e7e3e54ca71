"""The switches of AWS, on a real moto server with boto3.

moto judges no request for Bedrock, so that the deny works is seen in the policy that it holds. Service-specific
credentials it does not have at all; `tests/support/aws.py` adds them from AWS's own service model.
"""

from __future__ import annotations

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
from console.switches.switch import Outcome, Switch, SwitchError, SwitchUnreachable
from console.watch.planning import declared
from tests.support import aws as support
from tests.support.aws import OTHER, OWN, Moto
from tests.support.aws_answers import Aws, aws, json_answer, xml_error
from tests.support.http_server import Reply

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


# What moto cannot do: refusals and failures, with the bodies that AWS documents.

ROLE = f"arn:aws:iam::{OWN}:role/claims"


@pytest.fixture
def iam() -> Iterator[Aws]:
    with aws() as served:
        yield served


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (xml_error("AccessDenied", f"User: arn:aws:iam::{OWN}:user/x is not authorized to perform: iam:PutRolePolicy "
                                   f"on resource: role claims"), Outcome.REFUSED),
        (xml_error("UnmodifiableEntity", "a role of AWS", 400), Outcome.REFUSED),
        (xml_error("LimitExceeded", "policies of the role are too long", 409), Outcome.REFUSED),
        (xml_error("Throttling", "Rate exceeded", 400), Outcome.UNKNOWN),
        (xml_error("ServiceFailure", "again later", 500), Outcome.UNKNOWN),
        (Reply(502, b"<html>no</html>"), Outcome.UNKNOWN),
        (Reply(200, b"not XML"), Outcome.UNKNOWN),
    ],
)
async def test_only_a_definite_answer_is_a_refusal(
    iam: Aws, make: Callable[..., Switch], reply: Reply, outcome: Outcome
) -> None:
    iam.answers["PutRolePolicy"] = lambda _: reply
    switch = make("aws-deny", iam.url)
    assert (await switch.act(ROLE, declared(switch, "disable"), "key")).outcome is outcome
    assert iam.times("PutRolePolicy") == 1


async def test_a_missing_permission_to_kill_comes_with_the_statement_that_grants_it(
    iam: Aws, make: Callable[..., Switch]
) -> None:
    iam.answers["PutRolePolicy"] = lambda _: xml_error(
        "AccessDenied", f"User: arn:aws:iam::{OWN}:user/killer is not authorized to perform: iam:PutRolePolicy on "
                        f"resource: {ROLE} because no identity-based policy allows the iam:PutRolePolicy action")
    switch = make("aws-deny", iam.url)
    answer = await switch.act(ROLE, declared(switch, "disable"), "key")
    assert "user/killer may not iam:PutRolePolicy" in answer.detail
    assert f'{{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "{ROLE}"}}' in answer.detail


async def test_nobody_there_is_unknown_and_unreachable(make: Callable[..., Switch]) -> None:
    switch = make("aws-deny", "http://127.0.0.1:9")
    assert (await switch.act(ROLE, declared(switch, "disable"), "key")).outcome is Outcome.UNKNOWN
    with pytest.raises(SwitchUnreachable):
        await switch.read(ROLE)


async def test_a_status_that_is_not_told_is_no_state(iam: Aws, make: Callable[..., Switch]) -> None:
    iam.answers["ListServiceSpecificCredentials"] = lambda _: json_answer({})
    switch = make("aws-bedrock-api-key", iam.url)
    with pytest.raises((SwitchError, SwitchUnreachable)):
        await switch.read(f"{OWN}/claims/ACCAEXAMPLE0000000000")


async def test_the_verbs_declare_class_reversibility_and_how_they_are_read_back() -> None:
    for kind in ("aws-deny", "aws-bedrock-api-key"):
        verbs = kinds.switch(kind).verbs
        assert set(verbs) == {"disable", "enable"}
        for verb in verbs.values():
            assert (verb.action_class, verb.reversible, verb.propagation_s > 0) == ("K2", True, True)
            assert verb.read_back
        assert verbs["disable"].goes_on
