"""The keys of a Bedrock source's table, and its credential."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console import kinds
from console.aws.credentials import Keys, boto3, looks_like_keys, parse_keys
from console.config import Config, load_text
from console.errors import BadConfiguration

ROLE = "arn:aws:iam::111122223333:role/read"
LEAST = """
[[sources]]
name = "bedrock"
kind = "bedrock"
regions = ["us-east-1"]
"""


def read(more: str = "", text: str = LEAST) -> Config:
    return load_text(text + more, Path("/etc/token-console.toml"))


def test_a_source_without_a_secret_works_with_what_the_machine_has() -> None:
    (source,) = read().sources
    assert source.secret is None
    assert source.options["regions"] == ("us-east-1",)
    assert source.options["cost_explorer"] is False


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('roles = ["admin"]', "write arn:aws:iam::ACCOUNT:role/NAME"),
        ('roles = ["arn:aws:iam::111122223333:user/x"]', "not the ARN of a role"),
        (f'roles = ["{ROLE}", "{ROLE}2"]', "two roles of one account"),
        (f'kill_roles = ["{ROLE}", "{ROLE}2"]', "kill_roles: names two roles of one account"),
        ("cost_explorer = 1", "must be true or false"),
        ('profile = "a\\nb"', "not the name of a profile"),
        ('roles = ["arn:aws-cn:iam::111122223333:role/a/b"]', "write arn:aws:iam::111122223333:role/a/b"),
        ('role = "x"', "did you mean “roles”?"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(more: str, says: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        read(more)
    assert says in str(caught.value)


def test_regions_and_roles_lie_in_one_partition() -> None:
    gov = LEAST.replace("us-east-1", "us-gov-west-1")
    (source,) = read('roles = ["arn:aws-us-gov:iam::111122223333:role/read"]', gov).sources
    assert source.options["regions"] == ("us-gov-west-1",)
    with pytest.raises(BadConfiguration, match="lie in aws and aws-cn, and no credential is known in both"):
        read(text=LEAST.replace('"us-east-1"', '"us-east-1", "cn-north-1"'))


@pytest.mark.parametrize("regions", ["", "regions = []", 'regions = ["everywhere"]', 'regions = ["us-east-1/../x"]'])
def test_regions_must_be_named(regions: str) -> None:
    with pytest.raises(BadConfiguration, match="region"):
        read(text=LEAST.replace('regions = ["us-east-1"]', regions))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("AKIAX:se/cr+et", Keys("AKIAX", "se/cr+et")),
        (" ASIAX:secret:to:ken\n", Keys("ASIAX", "secret", "to:ken")),
        ('{"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s", "SessionToken": "t"}',
         Keys("ASIAX", "s", "t")),
    ],
)
def test_a_key_pair_is_read_from_a_line_or_from_a_credential_process(text: str, keys: Keys) -> None:
    assert parse_keys(text) == keys
    assert looks_like_keys(text.strip())
    assert repr(keys) == f"Keys(access={keys.access!r})"


def test_a_key_of_another_provider_is_not_taken_for_one_of_aws() -> None:
    assert not looks_like_keys("sk-ant-admin01-abc")


def test_where_boto3_is_missing_the_command_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(BadConfiguration, match=r"-m pip install 'boto3>=1\.43,<2'"):
        boto3()


def test_what_asking_costs_is_said_for_this_poll_and_these_accounts() -> None:
    charge = kinds.source("bedrock").charge
    (source,) = read('poll = "5m"').sources
    assert "about 3.84 USD a day for 1,000 metrics; cost_explorer is off" in str(charge(source))
    (source,) = read(f'cost_explorer = true\nroles = ["{ROLE}", "arn:aws:iam::444455556666:role/read"]').sources
    assert "cost_explorer is on: about 0.16 USD a day" in str(charge(source))
    assert kinds.source("anthropic").charge(source) is None
