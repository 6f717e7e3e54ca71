"""What can go wrong while Bedrock is read: nothing half is kept, and the message says which, where, and what to grant.

The bodies are those that AWS documents; moto has no throttling, no expired keys, no pages and no costs.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from console.clock import Clock, ManualClock, SystemClock
from console.errors import BadConfiguration
from console.kinds import SourceTools
from console.pricing import PriceBook
from console.providers import bedrock
from console.providers.source import Failure, Source, SourceError
from tests.support import aws as support
from tests.support.aws_answers import Aws, aws, identity, json_answer, json_error, metrics, points, xml_error
from tests.support.http_server import Reply

T = 1_764_115_200
NOW = datetime(2026, 11, 26, tzinfo=UTC)
READER = f"arn:aws:iam::{support.OTHER}:role/token-console-read"


@pytest.fixture
def server() -> Iterator[Aws]:
    with aws() as served:
        yield served


@pytest.fixture
async def source(server: Aws) -> AsyncIterator[Callable[..., Source]]:
    made: list[Source] = []

    def make(key: Callable[[], str] = lambda: support.SECRET, clock: Clock | None = None, **options: object) -> Source:
        tools = SourceTools(key, clock or SystemClock(), Path())
        made.append(bedrock.KIND.build(support.settings(server.url, **options), tools))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def failure(source: Source) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await source.usage(T, T + 3600, 60)
    return caught.value


async def test_pages_are_read_to_the_last(server: Aws, source: Callable[..., Source]) -> None:
    def two_pages(asked: dict[str, Any]) -> Reply:
        if "NextToken" not in asked:
            return points(asked, status="PartialData", NextToken="more")
        return json_answer({"MetricDataResults": [
            {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [T + 60.0], "Values": [2.0]}
            for query in asked["MetricDataQueries"]]})

    server.answers["GetMetricData"] = two_pages
    window = await source().usage(T, T + 3600, 60)
    assert {row.bucket: row.tokens.uncached_input for row in window.rows} == {T: 1, T + 60: 2}
    assert window.server_time is not None


async def test_the_same_next_page_twice_ends_in_an_error_and_not_in_a_loop(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["GetMetricData"] = lambda asked: json_answer({
        "MetricDataResults": [{"Id": query["Id"], "StatusCode": "PartialData", "Timestamps": [], "Values": []}
                              for query in asked["MetricDataQueries"]], "NextToken": "same"})
    error = await failure(source())
    assert error.failure is Failure.MALFORMED
    assert "same next page twice" in str(error)


async def test_what_is_not_usable_is_asked_for_once_more(server: Aws, source: Callable[..., Source]) -> None:
    first = iter([-1.0])
    server.answers["GetMetricData"] = lambda asked: points(asked, next(first, 3.0))
    assert (await source().usage(T, T + 3600, 60)).rows[0].tokens.uncached_input == 3
    assert server.times("GetMetricData") == 2


async def test_a_dead_cursor_begins_the_window_again(server: Aws, source: Callable[..., Source]) -> None:
    first = iter([json_error("InvalidNextTokenException", "expired")])
    server.answers["GetMetricData"] = lambda asked: next(first, points(asked))
    assert (await source().usage(T, T + 3600, 60)).rows


async def test_throttling_is_no_doubt_about_the_credential_and_is_not_repeated_here(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["GetMetricData"] = lambda _: json_error("ThrottlingException", "Rate exceeded")
    error = await failure(source())
    assert error.failure is Failure.RATE_LIMITED
    assert "the credential is not in doubt" in str(error)
    assert server.times("GetMetricData") == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_an_inner_failure_of_aws_is_tried_again_later(
    server: Aws, source: Callable[..., Source], status: int
) -> None:
    server.answers["ListMetrics"] = lambda _: Reply(status, b"<html>no</html>", {"content-type": "text/html"})
    assert (await failure(source())).failure is Failure.UNAVAILABLE


async def test_a_missing_permission_is_named_with_the_least_statement_that_grants_it(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["GetMetricData"] = lambda _: json_error(
        "AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/token-console-read/token-console is not "
        "authorized to perform: cloudwatch:GetMetricData because no identity-based policy allows it", 403)
    error = await failure(source(roles=(READER,), regions=("eu-central-1",)))
    assert error.failure is Failure.FORBIDDEN
    assert "bedrock: account 111122223333, eu-central-1: " in str(error)
    assert "assumed-role/token-console-read/token-console may not cloudwatch:GetMetricData" in str(error)
    assert '{"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}' in str(error)


async def test_against_a_deny_no_further_allow_is_advised(server: Aws, source: Callable[..., Source]) -> None:
    server.answers["ListMetrics"] = lambda _: json_error(
        "AccessDeniedException", "User: arn:aws:iam::123456789012:user/x is not authorized to perform: "
        "cloudwatch:ListMetrics with an explicit deny in a service control policy", 403)
    error = await failure(source())
    assert "an explicit deny in a service control policy" in str(error)
    assert "Effect" not in str(error)


async def test_a_role_that_may_not_be_assumed_says_both_sides_that_must_allow_it(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["AssumeRole"] = lambda _: xml_error(
        "AccessDenied", "User: arn:aws:iam::123456789012:user/token-console is not authorized to perform: "
        f"sts:AssumeRole on resource: {READER}")
    error = await failure(source(roles=(READER,)))
    assert error.failure is Failure.FORBIDDEN
    assert f"may not assume {READER}" in str(error)
    assert f'"Action": "sts:AssumeRole", "Resource": "{READER}"' in str(error)
    assert "trust policy" in str(error)


@pytest.mark.parametrize(
    ("code", "message", "advice"),
    [
        ("ExpiredTokenException", "The security token included in the request is expired", "renew it"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "region is not enab"),
        ("InvalidSignatureException", "Signature expired: 20261126T010000Z is now earlier than …", "clock is wrong"),
        ("InvalidSignatureException", "The request signature we calculated does not match", "valid access key"),
    ],
)
async def test_a_refused_credential_is_told_apart_by_its_reason(
    server: Aws, source: Callable[..., Source], code: str, message: str, advice: str
) -> None:
    server.answers["ListMetrics"] = lambda _: json_error(code, message, 403)
    error = await failure(source())
    assert error.failure is Failure.UNAUTHORISED
    assert f"the key of its secret was refused, {code}" in str(error)
    assert advice in str(error)


async def test_a_role_whose_session_ended_early_is_assumed_once_more(
    server: Aws, source: Callable[..., Source]
) -> None:
    ended = iter([json_error("ExpiredTokenException", "expired", 403)])
    server.answers["GetMetricData"] = lambda asked: next(ended, points(asked))
    assert (await source(roles=(READER,)).usage(T, T + 3600, 60)).rows
    assert server.times("AssumeRole") == 2


async def test_a_message_never_holds_a_key(server: Aws, source: Callable[..., Source]) -> None:
    server.answers["ListMetrics"] = lambda _: json_error(
        "InvalidClientTokenId", "key AKIAIOSFODNN7EXAMPLE is gone", 403)
    assert "AKIAIOSFODNN7EXAMPLE" not in str(await failure(source()))


@pytest.mark.parametrize("secret", ["", "AKIA", "no key at all: here", "{}", '{"AccessKeyId": 1}', "AKIAX:"])
async def test_a_secret_that_is_no_key_pair_says_what_it_must_be(
    source: Callable[..., Source], secret: str
) -> None:
    error = await failure(source(lambda: secret))
    assert error.failure is Failure.UNAUTHORISED
    assert "ACCESS_KEY_ID:SECRET_ACCESS_KEY" in str(error)


async def test_a_secret_that_cannot_be_had_is_told_as_its_keeper_tells_it(source: Callable[..., Source]) -> None:
    def key() -> str:
        raise BadConfiguration("env:AWS_KEY is not set.")

    error = await failure(source(key))
    assert "env:AWS_KEY is not set." in str(error)
    assert isinstance(error.__cause__, BadConfiguration)


async def test_of_several_accounts_all_that_failed_are_named_and_none_is_half_kept(
    server: Aws, source: Callable[..., Source]
) -> None:
    roles = tuple(f"arn:aws:iam::{number}:role/read" for number in ("111122223333", "444455556666", "777788889999"))
    server.answers["AssumeRole"] = lambda asked: (
        xml_error("AccessDenied", "no") if "7777" not in asked["RoleArn"] else Reply(503, b""))
    error = await failure(source(roles=roles))
    assert error.failure is Failure.FORBIDDEN
    assert "3 of 3 accounts and regions failed" in str(error)
    assert all(role in str(error) for role in roles)


async def test_nobody_there_is_unavailable_and_each_region_is_a_sentence(source: Callable[..., Source]) -> None:
    away = bedrock.KIND.build(support.settings("http://127.0.0.1:9", regions=("us-east-1", "eu-central-1")),
                              SourceTools(lambda: support.SECRET, SystemClock(), Path()))
    error = await failure(away)
    assert error.failure is Failure.UNAVAILABLE
    assert "attempts failed. the credential's own account, eu-central-1: " in str(error)
    await away.close()


async def test_a_redirect_is_not_followed(server: Aws, source: Callable[..., Source]) -> None:
    server.answers["ListMetrics"] = lambda _: Reply(307, headers={"location": "http://127.0.0.1:9/"})
    assert "redirects are not followed" in str(await failure(source()))


async def test_an_address_in_the_environment_points_nothing_elsewhere(
    server: Aws, source: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDWATCH", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    assert (await source().usage(T, T + 3600, 60)).rows


async def test_the_credential_and_the_roles_session_sign_what_is_theirs(
    server: Aws, source: Callable[..., Source]
) -> None:
    await source(roles=(READER,)).usage(T, T + 3600, 60)
    keys = {operation: key for operation, _, key in server.asked}
    assert keys["AssumeRole"] == "AKIAIOSFODNN7EXAMPLE"
    assert keys["ListMetrics"] == keys["GetMetricData"] == "ASIAASSUMED"


async def test_which_series_there_are_is_not_asked_for_at_each_poll(
    server: Aws, source: Callable[..., Source]
) -> None:
    made = source()
    for _ in range(3):
        await made.usage(T, T + 3600, 60)
    assert (server.times("ListMetrics"), server.times("GetMetricData")) == (2, 3)


async def test_a_check_tells_the_accounts_and_that_their_metrics_may_be_read(
    server: Aws, source: Callable[..., Source]
) -> None:
    found = await source(regions=("us-east-1", "eu-central-1")).check()
    assert found.identifier == "123456789012"
    assert "eu-central-1, us-east-1" in found.name
    assert server.times("ListMetrics") == 4


async def test_a_model_id_without_a_dot_is_looked_up_once_among_the_profiles(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["ListMetrics"] = lambda asked: metrics("InputTokenCount", model="imported1")
    made = source()
    for _ in range(2):
        window = await made.usage(T, T + 3600, 60)
    assert dict(window.rows[0].dimensions)["model"] == "imported1"
    assert server.times("ListInferenceProfiles") == 1


async def test_a_profile_whose_model_nobody_tells_is_read_all_the_same_and_unpriced(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["ListMetrics"] = lambda asked: metrics("InputTokenCount", model="abc123claims")
    server.answers["ListInferenceProfiles"] = lambda _: Reply(500, b"<html>no</html>", {"content-type": "text/html"})
    (row,) = (await source(clock=ManualClock(NOW)).usage(T, T + 3600, 60)).rows
    assert dict(row.dimensions)["inference_profile"] == "abc123claims"
    assert PriceBook().price_dimensions("bedrock", row.dimensions, row.tokens, row.bucket).unpriced
    assert server.times("ListInferenceProfiles") == 3


async def test_a_missing_permission_to_list_profiles_is_an_error_with_its_remedy(
    server: Aws, source: Callable[..., Source]
) -> None:
    server.answers["ListMetrics"] = lambda asked: metrics("InputTokenCount", model="abc123claims")
    server.answers["ListInferenceProfiles"] = lambda _: json_error("AccessDeniedException", "no", 403)
    error = await failure(source())
    assert '"Action": "bedrock:ListInferenceProfiles"' in str(error)


async def test_no_more_is_asked_than_the_least_permissions_name(server: Aws, source: Callable[..., Source]) -> None:
    server.answers["ListMetrics"] = lambda asked: metrics("InputTokenCount", model="abc123claims")
    costing(server, LINE)
    made = source(roles=(READER,), cost_explorer=True)
    await made.check()
    await made.usage(T, T + 3600, 60)
    await made.names()
    await made.billed(date(2026, 11, 1), date(2026, 11, 26))
    asked = {operation for operation, *_ in server.asked} - {"GetCallerIdentity"}  # which nobody needs to permit
    assert asked == {action.split(":")[1] for action in (*bedrock.READS, *bedrock.READS_COST, "sts:AssumeRole")}


# Cost Explorer: each request costs a cent.

LINE = {"Keys": ["Amazon Bedrock", "USE1-Claude4.6Sonnet-input-tokens"],
        "Metrics": {"UnblendedCost": {"Amount": "1.2345678", "Unit": "USD"}}}


def costing(server: Aws, *groups: dict[str, Any], **more: object) -> None:
    server.answers["GetDimensionValues"] = lambda _: json_answer(
        {"DimensionValues": [{"Value": "Amazon Bedrock"}], "ReturnSize": 1, "TotalSize": 1})
    server.answers["GetCostAndUsage"] = lambda _: json_answer({"ResultsByTime": [
        {"TimePeriod": {"Start": "2026-11-24", "End": "2026-11-25"}, "Total": {}, "Groups": list(groups),
         "Estimated": True}], **more})


async def test_no_request_that_costs_money_is_sent_unless_it_was_asked_for(
    server: Aws, source: Callable[..., Source]
) -> None:
    made = source()
    assert await made.billed(date(2026, 11, 1), date(2026, 11, 26)) == []
    assert not made.capabilities.reports_cost
    assert server.asked == []


async def test_billed_days_come_by_service_and_usage_type_of_the_one_account(
    server: Aws, source: Callable[..., Source]
) -> None:
    costing(server, LINE)
    made = source(cost_explorer=True, regions=("us-east-1", "eu-central-1"))
    (line,) = await made.billed(date(2026, 11, 1), date(2026, 11, 26))
    assert made.capabilities.reports_cost
    assert (line.day, line.amount_microusd, line.currency) == (date(2026, 11, 24), 1_234_568, "USD")
    assert dict(line.dimensions)["usage_type"] == "USE1-Claude4.6Sonnet-input-tokens"
    (asked,) = [arguments for operation, arguments, _ in server.asked if operation == "GetCostAndUsage"]
    assert {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["123456789012"]}} in asked["Filter"]["And"]


async def test_services_and_costs_are_read_to_their_last_page(server: Aws, source: Callable[..., Source]) -> None:
    costing(server, LINE)
    first, last = server.answers["GetCostAndUsage"], {"Keys": ["Claude (Amazon Bedrock Edition)", "other"],
                                                      "Metrics": LINE["Metrics"]}
    server.answers["GetDimensionValues"] = lambda asked: json_answer(
        {"DimensionValues": [{"Value": "Claude (Amazon Bedrock Edition)"}]} if "NextPageToken" in asked else
        {"DimensionValues": [{"Value": "Amazon Bedrock"}], "NextPageToken": "s2"})
    server.answers["GetCostAndUsage"] = lambda asked: json_answer({"ResultsByTime": [
        {"TimePeriod": {"Start": "2026-11-25", "End": "2026-11-26"}, "Groups": [last]}]}) if "NextPageToken" in asked \
        else json_answer({**json.loads(first(asked).body), "NextPageToken": "c2"})
    lines = await source(cost_explorer=True).billed(date(2026, 11, 1), date(2026, 11, 26))
    assert [dict(line.dimensions)["service"] for line in lines] == ["Amazon Bedrock", "Claude (Amazon Bedrock Edition)"]
    asked = next(told for operation, told, _ in server.asked if operation == "GetCostAndUsage")
    assert asked["Filter"]["And"][1]["Dimensions"]["Values"] == ["Amazon Bedrock", "Claude (Amazon Bedrock Edition)"]
    assert (server.times("GetDimensionValues"), server.times("GetCostAndUsage")) == (2, 2)


async def test_a_cost_that_could_not_be_read_is_not_asked_for_again_within_the_hour(
    server: Aws, source: Callable[..., Source]
) -> None:
    costing(server)
    server.answers["GetCostAndUsage"] = lambda _: json_error("LimitExceededException", "too many", 400)
    with pytest.raises(SourceError) as caught:
        await source(cost_explorer=True).billed(date(2026, 11, 1), date(2026, 11, 26))
    assert caught.value.retry_after_s == 3600
    assert caught.value.failure is Failure.UNAVAILABLE


@pytest.mark.parametrize("cost", [{"Amount": "1", "Unit": "EUR"}, {"Amount": "NaN", "Unit": "USD"}, {"Unit": "USD"}])
async def test_a_cost_that_is_no_dollars_is_refused(
    server: Aws, source: Callable[..., Source], cost: dict[str, str]
) -> None:
    costing(server, {**LINE, "Metrics": {"UnblendedCost": cost}})
    with pytest.raises(SourceError) as caught:
        await source(cost_explorer=True).billed(date(2026, 11, 1), date(2026, 11, 26))
    assert caught.value.failure is Failure.MALFORMED


async def test_an_identity_without_an_account_is_not_believed(server: Aws, source: Callable[..., Source]) -> None:
    server.answers["GetCallerIdentity"] = lambda _: identity("arn:aws:iam::no:user/x")
    assert (await failure(source())).failure is Failure.MALFORMED
