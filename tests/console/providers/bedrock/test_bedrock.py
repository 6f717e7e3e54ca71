"""Bedrock's usage as CloudWatch has it, on a real moto server, in two accounts and two regions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.clock import SystemClock, epoch
from console.kinds import SourceTools
from console.pricing import PriceBook
from console.providers import bedrock
from console.providers.bedrock.source import BedrockSource
from console.providers.source import SourceError, Tokens
from tests.support import aws as support
from tests.support.aws import OTHER, Moto, minute

SONNET = "anthropic.claude-sonnet-4-6"
NOON = minute("2026-11-25T12:00:00")
T = epoch(NOON)
READER = f"arn:aws:iam::{OTHER}:role/token-console-read"


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with support.moto() as served:
        yield served


@pytest.fixture
def account(server: Moto) -> Moto:
    server.reset()
    return server


@pytest.fixture
async def source(account: Moto) -> AsyncIterator[BedrockSource]:
    made = build(account)
    yield made
    await made.close()


def build(account: Moto, **options: object) -> Any:
    tools = SourceTools(lambda: support.SECRET, SystemClock(), Path())
    return bedrock.KIND.build(support.settings(account.url, **options), tools)


CALL = {"InputTokenCount": 900, "OutputTokenCount": 350, "CacheReadInputTokens": 6000, "CacheWriteInputTokens": 150,
        "Invocations": 1}


async def test_both_endpoints_of_bedrock_are_read_each_by_its_own_convention(
    account: Moto, source: BedrockSource
) -> None:
    account.put("AWS/Bedrock", {"ModelId": SONNET}, CALL, NOON)
    account.put("AWS/BedrockMantle", {"Model": SONNET, "Project": "claims"},
                {"TotalInputTokens": 7050, "TotalOutputTokens": 350, "CacheReadInputTokens": 6000,
                 "CacheWriteInputTokens": 150, "Inferences": 1}, NOON)
    window = await source.usage(T, T + 3600, 60)
    same = Tokens(uncached_input=900, cache_write_5m=150, cache_read=6000, output=350)
    assert {dict(row.dimensions)["endpoint"]: (row.bucket, row.tokens, row.requests) for row in window.rows} == {
        "runtime": (T, same, 1), "mantle": (T, same, 1)}


async def test_calls_of_one_minute_are_summed_and_idle_minutes_have_no_row(
    account: Moto, source: BedrockSource
) -> None:
    for second in (0, 20, 59):
        account.put("AWS/Bedrock", {"ModelId": SONNET}, CALL, minute(f"2026-11-25T12:05:{second:02d}"))
    (row,) = (await source.usage(T, T + 3600, 60)).rows
    assert (row.bucket, row.tokens.output, row.requests) == (T + 300, 1050, 3)
    (hour,) = (await source.usage(T, T + 3600, 3600)).rows
    assert (hour.bucket, hour.tokens, hour.requests) == (T, row.tokens, 3)


async def test_a_profile_is_told_by_its_name_and_priced_as_the_model_behind_it(
    account: Moto, source: BedrockSource
) -> None:
    account.profile("abc123claims", "claims-triage", f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}")
    account.put("AWS/Bedrock", {"ModelId": "abc123claims"}, CALL, NOON)
    (row,) = (await source.usage(T, T + 3600, 60)).rows
    assert dict(row.dimensions) == {"account": support.OWN, "region": "us-east-1", "endpoint": "runtime",
                                    "inference_profile": "abc123claims", "model": SONNET, "project": None}
    priced = PriceBook().price_dimensions("bedrock", row.dimensions, row.tokens, row.bucket)
    assert not priced.unpriced
    assert [(named.kind, named.identifier, named.name) for named in await source.names()] == [
        ("inference_profile", "abc123claims", "claims-triage")]


async def test_accounts_and_regions_are_read_through_the_roles_and_told_apart(account: Moto) -> None:
    account.put("AWS/Bedrock", {"ModelId": SONNET}, CALL, NOON)
    account.put("AWS/Bedrock", {"ModelId": SONNET}, CALL, NOON, account=OTHER)
    account.put("AWS/Bedrock", {"ModelId": f"eu.{SONNET}"}, CALL, NOON, "eu-central-1", OTHER)
    source = build(account, regions=("us-east-1", "eu-central-1"), roles=(READER,))
    window = await source.usage(T, T + 3600, 60)
    where = {(dict(row.dimensions)["account"], dict(row.dimensions)["region"], dict(row.dimensions)["model"])
             for row in window.rows}
    assert where == {(OTHER, "us-east-1", SONNET), (OTHER, "eu-central-1", f"eu.{SONNET}")}
    assert (await source.check()).identifier == OTHER
    await source.close()


async def test_an_account_where_bedrock_was_never_used_is_an_empty_window(source: BedrockSource) -> None:
    assert list((await source.usage(T, T + 3600, 60)).rows) == []


async def test_a_real_refusal_of_iam_names_who_lacks_which_action(account: Moto) -> None:
    iam = account.client("iam")
    account.user("poller")
    key = iam.create_access_key(UserName="poller")["AccessKey"]
    iam.put_user_policy(UserName="poller", PolicyName="p", PolicyDocument=(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}'))
    made = bedrock.KIND.build(support.settings(account.url), SourceTools(
        lambda: f"{key['AccessKeyId']}:{key['SecretAccessKey']}", SystemClock(), Path()))
    account.enforce()
    try:
        with pytest.raises(SourceError) as caught:
            await made.check()
    finally:
        account.tolerate()
        await made.close()
    # moto names the action by the service's signing name; AWS says cloudwatch:ListMetrics.
    assert f"arn:aws:iam::{support.OWN}:user/poller may not monitoring:ListMetrics" in str(caught.value)
