"""The slow throttle: a workspace's requests a minute of a model, against the simulated provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.errors import InputError
from console.http import BoundedClient
from console.operations import breakers
from console.simulator.catalogue import DEFAULT, PRODUCTION
from console.simulator.faults import Fault
from console.switches.anthropic_workspace_rate_limit import KIND, WorkspaceRateLimit
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import ActionClass, Outcome, SwitchError, SwitchUnreachable
from tests.support import kills
from tests.support.desks import LEAD
from tests.support.simulator import Provider, provider

TARGET = f"{PRODUCTION}/claude-sonnet-4-6"


@pytest.fixture
def simulated() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
async def switch(simulated: Provider) -> AsyncIterator[WorkspaceRateLimit]:
    made = build(simulated, BoundedClient())
    yield made
    await made.close()


def build(simulated: Provider, client: BoundedClient) -> WorkspaceRateLimit:
    return WorkspaceRateLimit(client, lambda: simulated.running.admin_keys["kill"],
                              f"http://127.0.0.1:{simulated.running.port}")


@pytest.mark.parametrize(("before", "state"), [(None, "no limit of its own"), (50, "50 requests a minute")])
async def test_it_slows_to_one_call_a_minute_and_puts_back_exactly_what_was_there(
    simulated: Provider, switch: WorkspaceRateLimit, before: int | None, state: str
) -> None:
    overrides = simulated.running.world.overrides
    if before is not None:
        overrides[PRODUCTION, "rl_01HVSonnet"] = {"requests_per_minute": before}
    was = {key: dict(value) for key, value in overrides.items()}
    assert await switch.read(TARGET) == state
    assert (await switch.act(TARGET, switch.verbs["disable"], "k")).outcome is Outcome.ACCEPTED
    assert switch.verbs["disable"].satisfied_by(await switch.read(TARGET))
    assert overrides[PRODUCTION, "rl_01HVSonnet"] == {"requests_per_minute": 1}
    back = switch.verbs["enable"].aiming_at(state)
    assert (await switch.act(TARGET, back, "k")).outcome is Outcome.ACCEPTED
    assert overrides == was
    assert back.satisfied_by(await switch.read(TARGET))


def test_it_is_declared_as_a_limit_that_takes_an_hour() -> None:
    stop = KIND.verbs["disable"]
    assert stop.action_class is ActionClass.LIMIT
    assert "about an hour" in stop.goes_on


async def test_the_default_workspace_refuses_it(switch: WorkspaceRateLimit) -> None:
    answer = await switch.act(f"{DEFAULT}/claude-sonnet-4-6", switch.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert "the default workspace cannot have rate limits" in answer.detail


@pytest.mark.parametrize("target", ["wrkspc_1", "apikey_01/claude", "wrkspc_1/../x", f"{PRODUCTION}/"])
async def test_a_target_that_is_none_is_refused(switch: WorkspaceRateLimit, target: str) -> None:
    assert KIND.check_target(target) is not None
    with pytest.raises(SwitchError, match="correct it in the MBOM"):
        await switch.read(target)


async def test_a_model_or_a_workspace_that_is_not_there_is_said(switch: WorkspaceRateLimit) -> None:
    with pytest.raises(SwitchError, match="no rate limit for claude-9"):
        await switch.read(f"{PRODUCTION}/claude-9")
    with pytest.raises(SwitchError, match="404"):
        await switch.read("wrkspc_gone/claude-sonnet-4-6")


async def test_overload_is_unknown_and_nothing_but_a_rate_is_ever_sent(
    simulated: Provider, switch: WorkspaceRateLimit
) -> None:
    simulated.running.simulator.faults.order(Fault("529", method="POST"))
    assert (await switch.act(TARGET, switch.verbs["disable"], "k")).outcome is Outcome.UNKNOWN
    simulated.running.simulator.faults.order(Fault("500"))
    with pytest.raises(SwitchUnreachable):
        await switch.read(TARGET)
    for wanted in ("unknown", "0 requests a minute", ""):
        answer = await switch.act(TARGET, switch.verbs["enable"].aiming_at(wanted), "k")
        assert answer.outcome is Outcome.REFUSED


async def test_a_dry_run_sends_nothing(simulated: Provider) -> None:
    switch = build(simulated, Rehearsal())
    assert "dry run, not sent: POST" in (await switch.act(TARGET, switch.verbs["disable"], "k")).detail
    assert simulated.running.world.overrides == {}
    await switch.close()


async def test_a_limit_with_two_names_stays_until_the_last_workload_that_holds_it_is_resumed(
        simulated: Provider, tmp_path: Path) -> None:
    settings = kills.config(f"http://127.0.0.1:{simulated.running.port}", tmp_path)
    (tmp_path / "kill-secret").write_text(simulated.running.admin_keys["kill"])
    entries = [{**kills.entry(slug), "switches": [{"kind": KIND.kind, "source": "anthropic",
                                                   "target": f"{PRODUCTION}/{model}"}]}
               for slug, model in (("claims", "claude-sonnet-4-6"), ("search", "claude-sonnet-5-5"),
                                   ("chat", "claude-haiku-4-5"))]
    desk, overrides = kills.kill_desk(settings, *entries), simulated.running.world.overrides
    for slug in ("claims", "search", "chat"):
        assert (await breakers.kill(desk, LEAD, slug, "runaway")).state == "done"
    with pytest.raises(InputError, match=r"held \(as .*sonnet-5-5\) by the breaker of search.*Resume search first"):
        await breakers.resume(desk, LEAD, "claims", "the cause is mended")
    for slug, limited in (("chat", 1), ("search", 1), ("claims", 0)):
        assert (await breakers.resume(desk, LEAD, slug, "the cause is mended")).state == "done"
        assert len(overrides) == limited
    await kills.close_desks()
