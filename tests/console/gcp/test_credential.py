"""A token of Google's: how long it is kept by the given clock, and what each refusal of the token service means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from console.clock import ManualClock
from console.errors import BadConfiguration, ProviderUnreachable
from console.gcp import credential as subject
from console.gcp.credential import READING, Credential
from console.gcp.tokens import LIMIT_BYTES
from console.simulator.vertex.cloud import Account
from tests.support.http_server import Reply, Server, json_reply, serving

EMAIL = "console-read@ops-prod.iam.gserviceaccount.com"
THEN = datetime(2031, 1, 1, tzinfo=UTC)
"""A time that is not the machine's."""


@cache
def key() -> str:
    return Account(EMAIL).credential("TOKEN-SERVICE")


class TokenService:
    """Gives tokens, each another one, until a test replaces `answer`."""

    def __init__(self) -> None:
        self.given = 0
        self.answer: Callable[[], Reply] = self.token
        self.server: Server

    def token(self, **more: object) -> Reply:
        self.given += 1
        return json_reply({"access_token": f"ya29.{self.given}", "expires_in": 3600, "token_type": "Bearer", **more})

    def credential(self, clock: ManualClock) -> Credential:
        return Credential(lambda: key().replace("TOKEN-SERVICE", f"{self.server.url}/token"), READING, clock.now)


@pytest.fixture
def service() -> Iterator[TokenService]:
    made = TokenService()
    with serving(lambda _: made.answer()) as made.server:
        yield made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(THEN)


def test_a_token_is_kept_until_two_minutes_before_its_end_by_the_clock_that_is_given(
    service: TokenService, clock: ManualClock
) -> None:
    credential = service.credential(clock)
    assert credential.token() == "ya29.1"
    clock.advance(3600 - 120 - 5)
    assert credential.token() == "ya29.1"
    clock.advance(10)
    assert credential.token() == "ya29.2"
    assert (credential.account, credential.email()) == (EMAIL, EMAIL)
    assert credential.headers("t") == {"authorization": "Bearer t"}


def refused(description: str, error: str = "invalid_grant") -> Callable[[], Reply]:
    return lambda: json_reply({"error": error, "error_description": description}, 400)


@pytest.mark.parametrize(("description", "mends"), [
    ("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and "
     "exp values in the JWT claim.", "clock is wrong: let it follow a time server"),
    ("Invalid JWT Signature.", f"keys create FILE --iam-account {EMAIL}"),
    ("Invalid grant: account not found", "undelete it within 30 days"),
    ("Account disabled.", "or enable the account"),
])
def test_a_refusal_says_whose_credential_it_is_and_what_mends_it(
    service: TokenService, clock: ManualClock, description: str, mends: str
) -> None:
    service.answer = refused(description)
    with pytest.raises(BadConfiguration) as caught:
        service.credential(clock).token()
    assert f"Google refused the credential of {EMAIL}: invalid_grant: {description.rstrip('.')}. " in str(caught.value)
    assert mends in str(caught.value)


@pytest.mark.parametrize("answer", [
    Reply(503, b"<html>away</html>"), json_reply({"error": "temporarily_unavailable"}, 400),
    Reply(200, b"not JSON"), json_reply([]), json_reply({"access_token": "ya29.x"}),
    json_reply({"access_token": "ya29.x", "expires_in": "soon"}),
    json_reply({"access_token": "ya29.x", "expires_in": 10**30}), json_reply({"expires_in": 3600}, 500),
    Reply(200, b" " * (LIMIT_BYTES + 1)), Reply(302, b"", {"location": "http://elsewhere.example/"}),
], ids=["503", "away", "no JSON", "a list", "no end", "no number", "absurd", "500", "endless", "elsewhere"])
def test_a_token_service_that_fails_or_says_nonsense_leaves_the_credential_out_of_doubt(
    service: TokenService, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, answer: Reply
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # the library waits some seconds before it asks again
    service.answer = lambda: answer
    credential = service.credential(clock)
    with pytest.raises(ProviderUnreachable):
        credential.token()
    service.answer = service.token
    assert credential.token() == "ya29.1"


def test_an_answer_that_trickles_ends_with_the_deadline(
    service: TokenService, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trickle() -> Iterator[bytes]:
        while not service.server.stopping.wait(0.05):
            yield b" "

    monkeypatch.setattr(subject, "TOKEN_DEADLINE_S", 0.3)
    service.answer = lambda: Reply(200, chunks=trickle())
    with pytest.raises(ProviderUnreachable, match="in full in time"):
        service.credential(clock).token()


def test_what_the_machine_has_says_who_it_is_and_how_to_renew_it(
    service: TokenService, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "adc.json"
    file.write_text(key().replace("TOKEN-SERVICE", f"{service.server.url}/token"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "ops-prod")
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "paid-by")
    found = Credential(None, READING, clock.now)
    assert found.email() == EMAIL
    assert found.headers("t") == {"authorization": "Bearer t", "x-goog-user-project": "paid-by"}
    service.answer = refused("Token has been expired or revoked.")
    with pytest.raises(BadConfiguration, match="gcloud auth application-default login"):
        Credential(None, READING, clock.now).token()


def test_a_machine_without_a_credential_says_where_one_may_come_from(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent")
    with pytest.raises(BadConfiguration, match="This machine has no Google credential that can be used"):
        Credential(None, READING, clock.now).token()
