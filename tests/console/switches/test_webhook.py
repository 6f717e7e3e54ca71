"""The webhook switch: signed, read back, and only to addresses that are allowed."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from console.config import SwitchSettings
from console.http import BoundedClient, HttpFailure
from console.switches.shared.addresses import checked_address
from console.switches.switch import Outcome, SwitchError
from console.switches.webhook import Webhook
from tests.support.http_server import Asked, Reply, json_reply, serving

SECRET = "webhook-secret"
NOW = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)


class Gateway:
    """The organisation's side: holds the state, and checks the signature as its manual would tell it to."""

    def __init__(self) -> None:
        self.state = {"team-a": "enabled"}

    def answer(self, asked: Asked) -> Reply:
        signed = asked.headers["x-token-console-timestamp"].encode() + b"." + asked.body
        expected = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if asked.headers["x-token-console-signature"] != expected:
            return Reply(403)
        if asked.method == "GET":
            target = asked.one("target") or ""
            return json_reply({"target": target, "state": self.state.get(target, "enabled")})
        document = json.loads(asked.body)
        self.state[document["target"]] = document["wanted"]
        return Reply(202, b"<b>never shown</b>")


def webhook(url: str, *, secret: str = SECRET, allow_private: bool = True) -> Webhook:
    settings = SwitchSettings("gateway", "webhook", "env:X", {
        "url": f"{url}/switch", "state_url": f"{url}/state", "allow_private": allow_private, "propagation_s": 5})
    return Webhook(BoundedClient(), settings, lambda: secret, lambda: NOW)


async def test_it_posts_a_signed_wish_and_reads_the_state_back() -> None:
    with serving(Gateway().answer) as server:
        switch = webhook(server.url)
        assert await switch.read("team-a") == "enabled"
        answer = await switch.act("team-a", switch.verbs["disable"], "key-1")
        assert answer.outcome is Outcome.ACCEPTED
        assert "never shown" not in answer.detail
        assert await switch.read("team-a") == "disabled"
        write = next(asked for asked in server.asked if asked.method == "POST")
        assert json.loads(write.body) == {
            "target": "team-a", "verb": "disable", "wanted": "disabled", "intent_key": "key-1"}
        assert write.headers["idempotency-key"] == "key-1"
        assert write.headers["x-token-console-timestamp"] == str(int(NOW.timestamp()))
        await switch.close()


async def test_a_wrong_secret_is_refused() -> None:
    with serving(Gateway().answer) as server:
        switch = webhook(server.url, secret="other")
        assert (await switch.act("team-a", switch.verbs["disable"], "k")).outcome is Outcome.REFUSED
        with pytest.raises(SwitchError, match="403"):
            await switch.read("team-a")
        await switch.close()


async def test_it_does_not_follow_a_redirect() -> None:
    with serving(lambda asked: Reply(302, headers={"location": "http://127.0.0.1:9/"})) as server:
        switch = webhook(server.url)
        assert (await switch.act("team-a", switch.verbs["disable"], "k")).outcome is Outcome.REFUSED
        await switch.close()


async def test_a_private_address_needs_the_opt_in() -> None:
    with serving(Gateway().answer) as server:
        switch = webhook(server.url, allow_private=False)
        answer = await switch.act("team-a", switch.verbs["disable"], "k")
        assert answer.outcome is Outcome.REFUSED
        assert "https" in answer.detail
        assert server.asked == []
        await switch.close()


@pytest.mark.parametrize("url", [
    "https://127.0.0.1/", "https://10.0.0.8/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data",
    "https://[::1]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.8]/", "https://0.0.0.0/",
    "https://224.0.0.1/", "https://localhost/", "https://100.64.0.1/",
])
async def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    with pytest.raises(HttpFailure, match="allow_private"):
        await checked_address(url, allow_private=False)


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://[fe80::1]/", "https://224.0.0.1/"])
async def test_the_metadata_service_is_refused_even_with_the_opt_in(url: str) -> None:
    with pytest.raises(HttpFailure):
        await checked_address(url, allow_private=True)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "nonsense"]
)
async def test_only_https_leaves_the_machine(url: str) -> None:
    with pytest.raises(HttpFailure):
        await checked_address(url, allow_private=True)


async def test_a_public_address_is_given_as_it_will_be_connected_to() -> None:
    assert await checked_address("https://93.184.215.14/x", allow_private=False) == "93.184.215.14"
