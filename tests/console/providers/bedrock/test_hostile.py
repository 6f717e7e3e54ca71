"""Answers of AWS in another shape than the documented one: each is refused as an answer, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from console.clock import ManualClock
from console.kinds import SourceTools
from console.providers import bedrock
from console.providers.source import Failure, Source, SourceError
from tests.support import aws as support
from tests.support.aws_answers import Answer, Aws, assumed, aws, json_answer, metrics
from tests.support.http_server import Reply

T = 1_764_115_200
NOW = datetime(2026, 11, 26, tzinfo=UTC)
ODD: tuple[object, ...] = (True, "x", {}, [1], [None])


@pytest.fixture
def server() -> Iterator[Aws]:
    with aws() as served:
        yield served


@pytest.fixture
async def make(server: Aws) -> AsyncIterator[Callable[..., Source]]:
    made: list[Source] = []

    def build(**options: object) -> Source:
        tools = SourceTools(lambda: support.SECRET, ManualClock(NOW), Path())
        made.append(bedrock.KIND.build(support.settings(server.url, cost_explorer=True, **options), tools))
        return made[-1]

    yield build
    for each in made:
        await each.close()


async def failure(source: Source, *, billed: bool = False) -> Failure | None:
    """How a reading fails; None where it does not. Anything but SourceError fails the test."""
    try:
        await (source.billed(date(2026, 11, 1), date(2026, 11, 26)) if billed else source.usage(T, T + 3600, 60))
    except SourceError as error:
        return error.failure
    return None


def raw(text: str) -> Answer:
    return lambda _: Reply(200, text.encode(), {"content-type": "application/x-amz-json-1.0"})


def result(**changes: object) -> Callable[[dict[str, Any]], Reply]:
    """One point of each metric that was asked, with something else in it."""
    return lambda asked: json_answer({"MetricDataResults": [
        {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [float(T)], "Values": [1.0], **changes}
        for query in asked["MetricDataQueries"]]})


async def test_lists_of_something_else_are_no_answer(server: Aws, make: Callable[..., Source]) -> None:
    source, usual = make(), dict(server.answers)
    for operation, name in (("ListMetrics", "Metrics"), ("GetMetricData", "MetricDataResults")):
        for odd in ODD:
            server.answers |= {**usual, operation: _saying(**{name: odd})}
            assert await failure(source) is Failure.MALFORMED, (operation, odd)
    for odd in ODD:
        server.answers |= {"GetDimensionValues": _saying(DimensionValues=[{"Value": "B"}]),
                           "GetCostAndUsage": _saying(ResultsByTime=odd)}
        assert (await failure(source, billed=True) is None) == (odd == {})  # boto3 takes no entries for an empty list


async def test_numbers_that_are_none_or_absurd_are_refused(server: Aws, make: Callable[..., Source]) -> None:
    source = make()
    for odd in ("1e400", "1e300", '"x"', "null", "[[]]"):
        for name in ("Timestamps", "Values"):
            server.answers["GetMetricData"] = _with(name, odd)
            assert await failure(source) is Failure.MALFORMED, (name, odd)


async def test_what_is_no_answer_at_all_is_refused(server: Aws, make: Callable[..., Source]) -> None:
    source = make()
    for text in ("[]", "null", '"x"', '{"NextToken": {}}', '{"a": NaN}', "[" * 100_000):
        server.answers["GetMetricData"] = raw(text)
        assert await failure(source) is Failure.MALFORMED, text[:20]


def _saying(**said: object) -> Answer:
    return lambda _: json_answer(said)


def _with(name: str, odd: str) -> Answer:
    def answer(asked: dict[str, Any]) -> Reply:
        reply = result(**{name: ["@"]})(asked)
        return Reply(200, reply.body.replace(b'"@"', odd.encode()), reply.headers)

    return answer


async def test_a_role_that_comes_without_credentials_is_refused(server: Aws, make: Callable[..., Source]) -> None:
    role = f"arn:aws:iam::{support.OTHER}:role/read"
    server.answers["AssumeRole"] = lambda _: Reply(
        200, assumed(role).body.replace(b"<SecretAccessKey>s</SecretAccessKey>", b""), {"content-type": "text/xml"})
    assert await failure(make(roles=(role,))) is Failure.MALFORMED


async def test_a_profile_whose_models_cannot_be_read_prices_nothing_too_low(
    server: Aws, make: Callable[..., Source]
) -> None:
    server.answers["ListMetrics"] = lambda _: metrics("InputTokenCount", model="abc123claims")
    source = make()
    for models in (5, [5]):
        server.answers["ListInferenceProfiles"] = _saying(
            inferenceProfileSummaries=[{"inferenceProfileId": "abc123claims", "models": models}])
        assert await failure(source) in (None, Failure.MALFORMED)


async def test_one_account_that_is_refused_is_told_with_how_the_others_may_go_on(
    server: Aws, make: Callable[..., Source]
) -> None:
    roles = tuple(f"arn:aws:iam::{number}:role/read" for number in ("111122223333", "444455556666"))
    usual = server.answers["AssumeRole"]
    server.answers["AssumeRole"] = lambda asked: usual(asked) if "1111" in asked["RoleArn"] else Reply(
        403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        {"content-type": "text/xml"})
    with pytest.raises(SourceError, match=r"1 of 2 .*444455556666.*give what is refused a \[\[sources\]\] table"):
        await make(roles=roles).usage(T, T + 3600, 60)
