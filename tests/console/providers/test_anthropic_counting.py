"""The count endpoint over a socket, as the simulated provider speaks it: what is counted, and each way of refusing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from console.errors import BadConfiguration
from console.http import BoundedClient
from console.providers.anthropic.counting import TokenCounter
from console.providers.source import Failure, SourceError
from console.simulator.faults import Fault
from tests.support.http_server import json_reply, serving
from tests.support.simulator import Provider, provider

MODEL, KEY = "claude-sonnet-4-6", "sk-ant-api03-counts"
TOOL = {"name": "search", "description": "Find claims.", "input_schema": {"type": "object"}}


@pytest.fixture(scope="module")
def simulated() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[BoundedClient]:
    made = BoundedClient()
    yield made
    await made.close()


def counter(simulated: Provider, client: BoundedClient, key: str = KEY) -> TokenCounter:
    return TokenCounter("anthropic", simulated.running.base_url, lambda: key, client)


async def test_a_system_prompt_and_tools_come_on_top_of_the_message(simulated: Provider, client: BoundedClient) -> None:
    asked = counter(simulated, client)
    nothing = await asked.of_nothing(MODEL)
    assert await asked.of_system(MODEL, "x" * 4000) == nothing + 1000
    assert await asked.of_tools(MODEL, [TOOL]) > nothing


@pytest.mark.parametrize("name", ["global.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6@default", MODEL])
async def test_a_model_on_another_route_is_counted_by_its_own_name(client: BoundedClient, name: str) -> None:
    with serving(lambda _: json_reply({"input_tokens": 7})) as server:
        assert await TokenCounter("anthropic", server.url, lambda: KEY, client).of_nothing(name) == 7
        assert json.loads(server.asked[0].body)["model"] == MODEL


async def test_an_admin_key_is_refused_and_told_what_to_give(simulated: Provider, client: BoundedClient) -> None:
    with pytest.raises(SourceError, match=r"refused the key \(401\); give the source a count_secret") as refused:
        await counter(simulated, client, simulated.running.admin_keys["read"]).of_nothing(MODEL)
    assert refused.value.failure is Failure.UNAUTHORISED


@pytest.mark.parametrize(("fault", "failure"), [
    ("429", Failure.RATE_LIMITED), ("529", Failure.UNAVAILABLE), ("malformed", Failure.MALFORMED),
    ("huge", Failure.TOO_LARGE), ("drop", Failure.UNAVAILABLE)])
async def test_what_goes_wrong_has_its_class(simulated: Provider, client: BoundedClient, fault: str, failure: Failure
                                             ) -> None:
    simulated.running.simulator.faults.order(Fault(fault, path="/v1/messages/count_tokens"))
    with pytest.raises(SourceError) as wrong:
        await counter(simulated, client).of_nothing(MODEL)
    assert wrong.value.failure is failure


async def test_an_unknown_model_and_tools_of_another_shape_are_not_accepted(simulated: Provider, client: BoundedClient
                                                                           ) -> None:
    asked = counter(simulated, client)
    with pytest.raises(SourceError, match="404"):
        await asked.of_nothing("gpt-5")
    with pytest.raises(SourceError, match="input_schema"):
        await asked.of_tools(MODEL, [{"name": "search"}])


async def test_without_a_key_nothing_is_asked(simulated: Provider, client: BoundedClient) -> None:
    def missing() -> str:
        raise BadConfiguration("there is none")

    with pytest.raises(SourceError, match="there is none"):
        await TokenCounter("anthropic", simulated.running.base_url, missing, client).of_nothing(MODEL)
