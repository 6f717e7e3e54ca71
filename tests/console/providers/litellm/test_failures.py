"""Every way of going wrong that a gateway has: nothing is half read, and each failure says what to do."""

from __future__ import annotations

import pytest

from console.http import Answer
from console.providers.litellm.failures import classify
from console.providers.source import Failure, SourceError
from console.simulator.faults import Fault
from tests.support.litellm_gateway import T0, call, gateway, reading


@pytest.mark.parametrize(("fault", "failure", "words"), [
    ("401", Failure.UNAUTHORISED, "revoked, has expired, is blocked"),
    ("403", Failure.FORBIDDEN, "proxy_admin_viewer"),
    ("429", Failure.RATE_LIMITED, "the key is not in doubt"),
    ("500", Failure.UNAVAILABLE, "asked again later"),
    ("drop", Failure.UNAVAILABLE, "broke off"),
    ("malformed", Failure.MALFORMED, "not usable as JSON"),
    ("truncated_pages", Failure.MALFORMED, "holds 1 calls where 2 are due"),
    ("duplicate_buckets", Failure.MALFORMED, "came twice"),
    ("negative", Failure.MALFORMED, "prompt_tokens is -5321 instead of a count"),
])
async def test_a_reading_that_does_not_arrive_whole_is_none(fault: str, failure: Failure, words: str) -> None:
    found = gateway()
    found.log(call(1, T0 + 1), call(2, T0 + 2))
    async with reading(found) as (source, running, _):
        running.faults.order(Fault(fault, count=2))  # a malformed answer is asked for once more
        with pytest.raises(SourceError, match=words) as raised:
            await source.usage(T0, T0 + 60, 60)
        assert raised.value.failure is failure
        assert raised.value.retry_after_s == (7.0 if fault == "429" else None)
        assert raised.value.requests >= 1
        running.faults.clear()
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
        assert row.requests == 2


async def test_a_page_that_arrives_malformed_once_is_asked_for_again() -> None:
    found = gateway()
    found.log(call(1, T0 + 1))
    async with reading(found) as (source, running, _):
        running.faults.order(Fault("truncated_pages"))
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert row.requests == 1


async def test_pages_that_are_too_large_are_asked_for_smaller() -> None:
    found = gateway()
    found.log(*(call(number, T0 + number) for number in range(8)))
    async with reading(found, rows_a_page=16) as (source, running, _):
        running.faults.order(Fault("huge"))
        (row,) = (await source.usage(T0, T0 + 60, 60)).rows
    assert row.requests == 8
    assert running.asked["/spend/logs/v2"] == 4  # the large one, then four rows a page from the last second on


async def test_a_gateway_without_a_database_says_that_it_logs_nothing() -> None:
    found = gateway()
    found.has_database = False
    async with reading(found) as (source, _, _):
        with pytest.raises(SourceError, match="has no database") as raised:
            await source.usage(T0, T0 + 60, 60)
    assert raised.value.failure is Failure.UNAVAILABLE


async def test_a_key_that_it_echoes_is_not_shown() -> None:
    async with reading(gateway(), secret="sk-revoked-secret-key") as (source, _, _):
        with pytest.raises(SourceError) as raised:
            await source.check()
    assert "revoked-secret-key" not in str(raised.value)
    assert raised.value.failure is Failure.UNAUTHORISED


async def test_a_gateway_that_does_not_answer_is_given_up() -> None:
    async with reading(gateway(), deadline_s=0.1) as (source, running, _):
        running.faults.order(Fault("slow"))
        with pytest.raises(SourceError, match="did not answer in full") as raised:
            await source.usage(T0, T0 + 60, 60)
    assert raised.value.failure is Failure.UNAVAILABLE


def test_a_key_that_may_not_list_every_team_is_no_bad_key() -> None:
    body = b'{"detail":{"error":"Only admin users can query all teams/other teams. Your user role=internal_user"}}'
    said = classify("gateway", "v2/team/list", Answer(401, {}, body))
    assert said.failure is Failure.FORBIDDEN
    assert "may not read it" in str(said)
