"""How each failure of the provider is told apart, and in which words a person reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from console.errors import ConsoleError
from console.http import HttpFailure
from console.providers.anthropic.source import AnthropicSource
from console.providers.shared.failures import retry_after
from console.providers.source import Failure, SourceError
from tests.support.anthropic_reports import Reports, error_reply
from tests.support.http_server import Asked, Reply, Server, serving

KEY = "sk-ant-admin01-SECRET"
T0 = 1_795_442_400
SPENT = "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
SPENT_WORKSPACE = "You have reached your specified workspace API usage limits."


@asynccontextmanager
async def answered(reply: Reply) -> AsyncIterator[tuple[AnthropicSource, Server]]:
    with serving(Reports(fault=lambda asked: reply)) as server:
        source = AnthropicSource("anthropic", server.url, lambda: KEY)
        try:
            yield source, server
        finally:
            await source.close()


async def refusal(reply: Reply) -> SourceError:
    async with answered(reply) as (source, _):
        with pytest.raises(SourceError) as caught:
            await source.check()
    return caught.value


@pytest.mark.parametrize(
    ("reply", "failure", "words"),
    [
        (error_reply(401, "authentication_error", "invalid x-api-key"), Failure.UNAUTHORISED, "credential was refused"),
        (error_reply(403, "permission_error", "Not allowed"), Failure.FORBIDDEN, "admin key"),
        (error_reply(404, "not_found_error", "Not found"), Failure.FORBIDDEN, "Check base_url"),
        (error_reply(400, "invalid_request_error", "limit"), Failure.FORBIDDEN, "not accepted"),
        (error_reply(422, "invalid_request_error", "limit"), Failure.FORBIDDEN, "not accepted"),
        (error_reply(400, "invalid_request_error", SPENT), Failure.BILLING, "billing state"),
        (error_reply(429, "rate_limit_error", SPENT_WORKSPACE), Failure.BILLING, "billing state"),
        (error_reply(400, "invalid_request_error", "x", "organization_on_hold"), Failure.BILLING, "billing state"),
        (error_reply(402, "billing_error", "Card declined"), Failure.BILLING, "billing state"),
        (error_reply(402, "x", "x", "linked_organization_spend_limit_reached"), Failure.BILLING, "billing state"),
        (error_reply(429, "rate_limit_error", "x", "enforced_spend_limit_reached"), Failure.BILLING, "billing state"),
        (error_reply(429, "rate_limit_error", "x", "contract_spend_limit_reached"), Failure.BILLING, "billing state"),
        (error_reply(429, "rate_limit_error", "slow"), Failure.RATE_LIMITED, "no time was named"),
        (
            error_reply(429, "rate_limit_error", "slow", retry_after="30"),
            Failure.RATE_LIMITED,
            "in 30 s at the earliest",
        ),
        (
            error_reply(429, "rate_limit_error", "x", "ramp_limit_exceeded", retry_after="30"),
            Failure.RATE_LIMITED,
            "asked too often",
        ),
        (error_reply(409, "conflict_error", "x"), Failure.UNAVAILABLE, "asked again later"),
        (error_reply(413, "request_too_large", "x"), Failure.TOO_LARGE, "too much"),
        (error_reply(500, "api_error", "x"), Failure.UNAVAILABLE, "the provider failed"),
        (error_reply(503, "api_error", "x"), Failure.UNAVAILABLE, "the provider failed"),
        (error_reply(504, "timeout_error", "x"), Failure.UNAVAILABLE, "the provider failed"),
        (error_reply(529, "overloaded_error", "x"), Failure.UNAVAILABLE, "overloaded"),
        (Reply(502, b"<html>Bad gateway</html>"), Failure.UNAVAILABLE, "502"),
        (Reply(401, b""), Failure.UNAUTHORISED, "401"),
        (Reply(204, b""), Failure.MALFORMED, "means nothing here"),
        (Reply(302, headers={"location": "https://elsewhere.example/"}), Failure.FORBIDDEN, "elsewhere.example"),
    ],
)
async def test_each_answer_has_its_class_and_its_words(reply: Reply, failure: Failure, words: str) -> None:
    error = await refusal(reply)
    assert error.failure is failure
    assert words in str(error)
    assert str(error).startswith("anthropic: ")
    if reply.body.startswith(b'{"type": "error"'):
        assert "req_011CTest" in str(error)


async def test_being_rate_limited_is_never_told_as_a_bad_credential() -> None:
    for headers in ({}, {"retry_after": "0"}, {"retry_after": "120"}):
        text = str(await refusal(error_reply(429, "rate_limit_error", "Too many requests", **headers)))
        assert "the credential is not in doubt" in text
        for word in ("expired", "refused", "invalid", "disabled", "admin key"):
            assert word not in text


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        ("0.2", 1.0),
        ("7200", 3600.0),
        ("999999999", 3600.0),
        ("0", None),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_retry_after_is_clamped_and_nonsense_is_nothing(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, datetime(2026, 11, 23, tzinfo=UTC)) == seconds


def test_retry_after_as_a_date_counts_from_the_providers_clock() -> None:
    now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    later = {"retry-after": format_datetime(now + timedelta(seconds=90), usegmt=True)}
    earlier = {"retry-after": format_datetime(now - timedelta(seconds=90), usegmt=True)}
    assert retry_after(later, now) == 90.0
    assert retry_after(later, None) is None
    assert retry_after(earlier, now) is None


async def test_retry_after_reaches_the_caller() -> None:
    assert (await refusal(error_reply(429, "rate_limit_error", "x", retry_after="17"))).retry_after_s == 17.0
    assert (await refusal(error_reply(529, "overloaded_error", "x", retry_after="9"))).retry_after_s == 9.0
    assert (await refusal(error_reply(429, "rate_limit_error", "x", retry_after="0"))).retry_after_s is None


async def test_their_words_are_cleaned_and_cut() -> None:
    error = await refusal(
        error_reply(403, "permission_error", "\x1b]52;c;AAAA\x07[@click=app.quit]x[/]\u202e" + "y" * 5000)
    )
    assert "\x1b" not in str(error)
    assert "\x07" not in str(error)
    assert "\u202e" not in str(error)
    assert len(str(error)) < 900


async def test_a_key_that_the_provider_echoes_is_not_repeated() -> None:
    error = await refusal(error_reply(401, "authentication_error", f"invalid key {KEY} for you"))
    assert "SECRET" not in str(error)
    assert "sk-ant-..." in str(error)


async def test_only_a_malformed_answer_is_asked_for_twice_at_once() -> None:
    for reply, times in (
        (Reply(200, b"{"), 2),
        (error_reply(500, "api_error", "x"), 1),
        (Reply(429), 1),
        (Reply(401), 1),
    ):
        async with answered(reply) as (source, server):
            with pytest.raises(SourceError) as caught:
                await source.usage(T0, T0 + 60, 60)
        assert len(server.asked) == caught.value.requests == times


async def test_a_malformed_answer_that_mends_itself_goes_unnoticed() -> None:
    bad = iter([Reply(200, b'{"data": [', {"content-type": "application/json"})])
    with serving(Reports(fault=lambda asked: next(bad, None))) as server:
        source = AnthropicSource("anthropic", server.url, lambda: KEY)
        window = await source.usage(T0, T0 + 60, 60)
        await source.close()
    assert window.requests == 2


async def test_nobody_listening_is_unavailable() -> None:
    with serving(lambda asked: Reply()) as server:
        gone = server.url
    source = AnthropicSource("anthropic", gone, lambda: KEY)
    with pytest.raises(SourceError, match="could not be reached") as caught:
        await source.check()
    await source.close()
    assert caught.value.failure is Failure.UNAVAILABLE


async def test_a_provider_that_never_finishes_is_unavailable_after_the_deadline_and_after_the_budget() -> None:
    def silent(asked: Asked) -> Reply:
        server.stopping.wait(20)
        return Reply()

    for deadline_s, budget_s, words in ((0.3, 60.0, "did not answer"), (60.0, 0.3, "not read whole within")):
        with serving(silent) as server:
            source = AnthropicSource("anthropic", server.url, lambda: KEY, deadline_s=deadline_s, budget_s=budget_s)
            with pytest.raises(SourceError, match=words) as caught:
                await source.usage(T0, T0 + 60, 60)
            await source.close()
        assert caught.value.failure is Failure.UNAVAILABLE
        assert caught.value.requests == 1


async def test_a_key_that_cannot_be_had_is_a_refused_credential_and_nothing_is_sent() -> None:
    def locked() -> str:
        raise ConsoleError("the keyring did not answer within 3 s")

    with serving(Reports()) as server:
        source = AnthropicSource("anthropic", server.url, locked)
        with pytest.raises(SourceError, match="keyring") as caught:
            await source.check()
        await source.close()
    assert caught.value.failure is Failure.UNAUTHORISED
    assert server.asked == []


async def test_the_key_is_asked_for_anew_and_is_in_no_repr() -> None:
    keys = iter(["one", "two"])
    with serving(Reports()) as server:
        source = AnthropicSource("anthropic", server.url, lambda: next(keys))
        await source.usage(T0, T0 + 60, 60)
        await source.usage(T0, T0 + 60, 60)
        await source.close()
    assert [asked.headers["x-api-key"] for asked in server.asked] == ["one", "two"]
    assert "key" not in repr(vars(source)["_api"])


def test_a_base_url_without_encryption_is_refused_before_any_key_is_read() -> None:
    with pytest.raises(HttpFailure, match="https"):
        AnthropicSource("anthropic", "http://api.anthropic.example", lambda: KEY)
