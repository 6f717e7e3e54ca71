"""AWS as one credential sees it: where the credential comes from, how long a role is kept, and when a call ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.aws.account import Account, Credential
from console.aws.errors import AwsError
from tests.support import aws as support
from tests.support.aws_answers import Aws, aws
from tests.support.http_server import Reply

ROLE = f"arn:aws:iam::{support.OTHER}:role/token-console-kill"


@pytest.fixture
def server() -> Iterator[Aws]:
    with aws() as served:
        yield served


@pytest.mark.parametrize(("role_s", "lasts", "times"), [(3000.0, "3600", 1), (0.0, "900", 2)])
async def test_a_role_is_kept_as_long_as_whoever_asks_wants_it(
    server: Aws, role_s: float, lasts: str, times: int
) -> None:
    account = Account(Credential(lambda: support.SECRET), server.url, role_s=role_s)
    for _ in range(2):
        await account.identity(account.place("us-east-1", ROLE))
    asked = [given["DurationSeconds"] for operation, given, _ in server.asked if operation == "AssumeRole"]
    assert asked == [lasts] * times
    await account.close()


async def test_without_a_secret_what_the_machine_has_is_worked_with(
    server: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAOFTHEMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    account = Account(Credential(), server.url)
    await account.identity(account.place("us-east-1"))
    assert server.asked[-1][2] == "ASIAOFTHEMACHINE"
    await account.close()


async def test_a_machine_that_has_no_credential_says_where_one_may_come_from(
    server: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    account = Account(Credential(), server.url)
    with pytest.raises(AwsError, match=r"Unable to locate credentials\. Give the source a secret") as caught:
        await account.identity(account.place("us-east-1"))
    assert caught.value.refusal == "unauthorised"
    await account.close()


async def test_an_answer_that_never_comes_ends_with_the_deadline(server: Aws) -> None:
    def never(_: dict[str, Any]) -> Reply:
        server.server.stopping.wait(5)
        return Reply(200, b"")

    server.answers["GetCallerIdentity"] = never
    account = Account(Credential(lambda: support.SECRET), server.url)
    with pytest.raises(AwsError, match="did not answer in full within") as caught:
        await account.call("sts", "GetCallerIdentity", account.place("us-east-1"), deadline_s=0.6)
    assert caught.value.refusal == "unavailable"
    server.server.stopping.set()
    await account.close()


async def test_a_profile_that_is_not_there_is_named(server: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    account = Account(Credential(profile="billing"), server.url)
    with pytest.raises(AwsError, match="the profile billing") as caught:
        await account.identity(account.place("us-east-1"))
    assert caught.value.refusal == "unauthorised"
    await account.close()
