"""The switch for Anthropic's API keys, against a real server on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from console.http import BoundedClient
from console.switches.anthropic_api_key import AnthropicApiKey
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, SwitchError, SwitchUnreachable
from tests.support.key_server import KILL_SECRET, Keys, key_server


@pytest.fixture
def keys() -> Iterator[Keys]:
    with key_server(apikey_01A="active", apikey_01Old="archived") as served:
        yield served


@pytest.fixture
async def switch(keys: Keys) -> AsyncIterator[AnthropicApiKey]:
    made = AnthropicApiKey(BoundedClient(), lambda: KILL_SECRET, keys.url)
    yield made
    await made.close()


async def test_a_kill_is_a_post_of_the_absolute_state_with_the_idempotency_key(
    keys: Keys, switch: AnthropicApiKey
) -> None:
    answer = await switch.act("apikey_01A", switch.verbs["disable"], "key-1")

    assert answer.outcome is Outcome.ACCEPTED
    (write,) = keys.writes
    assert write.path == "/v1/organizations/api_keys/apikey_01A"
    assert json.loads(write.body) == {"status": "inactive"}
    assert write.headers["idempotency-key"] == "key-1"
    assert write.headers["x-api-key"] == KILL_SECRET
    assert write.headers["anthropic-version"] == "2023-06-01"
    assert await switch.read("apikey_01A") == "inactive"


async def test_enabling_sets_it_active(keys: Keys, switch: AnthropicApiKey) -> None:
    keys.states["apikey_01A"] = "inactive"
    await switch.act("apikey_01A", switch.verbs["enable"], "key-2")
    assert await switch.read("apikey_01A") == "active"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_client_error_is_a_definite_refusal(keys: Keys, switch: AnthropicApiKey, status: int) -> None:
    keys.write_status = [status]
    answer = await switch.act("apikey_01A", switch.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert f"fault {status}" in answer.detail


@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_overload_and_server_errors_are_unknown_never_failed(
    keys: Keys, switch: AnthropicApiKey, status: int
) -> None:
    keys.write_status = [status]
    assert (await switch.act("apikey_01A", switch.verbs["disable"], "k")).outcome is Outcome.UNKNOWN


async def test_nobody_there_is_unknown() -> None:
    switch = AnthropicApiKey(BoundedClient(), lambda: KILL_SECRET, "http://127.0.0.1:9")
    assert (await switch.act("apikey_01A", switch.verbs["disable"], "k")).outcome is Outcome.UNKNOWN
    with pytest.raises(SwitchUnreachable):
        await switch.read("apikey_01A")


async def test_a_redirect_is_not_followed_with_the_key() -> None:
    from tests.support.http_server import Reply, serving

    with serving(lambda asked: Reply(307, headers={"location": "http://127.0.0.1:9/elsewhere"})) as server:
        switch = AnthropicApiKey(BoundedClient(), lambda: KILL_SECRET, server.url)
        answer = await switch.act("apikey_01A", switch.verbs["disable"], "k")
        assert answer.outcome is Outcome.REFUSED
        await switch.close()


@pytest.mark.parametrize("target", ["../workspaces/wrkspc_1/archive", "", "apikey_01\r\nx-evil: 1", "a/b", "x" * 300])
async def test_an_identifier_that_is_none_is_never_sent(keys: Keys, switch: AnthropicApiKey, target: str) -> None:
    assert (await switch.act(target, switch.verbs["disable"], "k")).outcome is Outcome.REFUSED
    with pytest.raises(SwitchError, match="not an API key"):
        await switch.read(target)
    assert keys.server is not None
    assert keys.server.asked == []


async def test_an_archived_key_is_stopped_already_and_never_enabled(switch: AnthropicApiKey) -> None:
    state = await switch.read("apikey_01Old")
    assert switch.verbs["disable"].satisfied_by(state)
    assert state in switch.verbs["enable"].impossible_from


async def test_a_missing_key_is_an_error_that_says_so(switch: AnthropicApiKey) -> None:
    with pytest.raises(SwitchError, match=r"404.*no key apikey_01Gone"):
        await switch.read("apikey_01Gone")


async def test_the_consoles_own_key_is_recognised_by_its_hint(keys: Keys, switch: AnthropicApiKey) -> None:
    keys.hints["apikey_01A"] = f"{KILL_SECRET[:18]}...{KILL_SECRET[-4:]}"
    await switch.read("apikey_01A")
    assert switch.is_own("apikey_01A")
    assert not switch.is_own("apikey_01Old")


async def test_the_secret_is_in_no_message(keys: Keys) -> None:
    wrong = "sk-ant-admin01-another-secret"
    switch = AnthropicApiKey(BoundedClient(), lambda: wrong, keys.url)
    answer = await switch.act("apikey_01A", switch.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert wrong not in answer.detail
    assert wrong not in switch.by_hand("apikey_01A", switch.verbs["disable"])
    await switch.close()


async def test_a_dry_run_reads_and_never_writes(keys: Keys) -> None:
    transport = Rehearsal()
    switch = AnthropicApiKey(transport, lambda: KILL_SECRET, keys.url)
    assert await switch.read("apikey_01A") == "active"
    answer = await switch.act("apikey_01A", switch.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert transport.unsent == [f'POST {keys.url}/v1/organizations/api_keys/apikey_01A {{"status":"inactive"}}']
    assert keys.writes == []
    await switch.close()
