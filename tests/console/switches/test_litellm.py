"""The switches for a LiteLLM gateway's keys and teams, against a gateway on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from console.clock import ManualClock
from console.http import BoundedClient
from console.settings import SourceSettings
from console.simulator.faults import Fault
from console.simulator.litellm.server import RunningGateway
from console.switches.litellm_key import KIND as KEY
from console.switches.litellm_key import LitellmKey
from console.switches.litellm_team import KIND as TEAM
from console.switches.litellm_team import LitellmTeam
from console.switches.shared.litellm import Blocking, hash_of
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, SwitchError, SwitchUnreachable
from tests.support.litellm_gateway import ADMIN_SECRET, CLAIMS, SEARCH, VIEWER_SECRET, gateway

TARGETS = {"litellm-key": CLAIMS, "litellm-team": "team-1"}


@pytest.fixture
def running() -> Iterator[RunningGateway]:
    with RunningGateway(gateway(), ManualClock(datetime(2026, 11, 23, 2, 14, tzinfo=UTC))) as served:
        yield served


def switch(kind: str, running: RunningGateway, *, secret: str = ADMIN_SECRET, own: tuple[str, ...] = (),
           client: BoundedClient | None = None) -> Blocking:
    settings = SourceSettings("gateway", "litellm", "env:READ", "env:KILL_KEY", running.base_url)
    made, declared = ((LitellmKey, KEY), (LitellmTeam, TEAM))[kind == "litellm-team"]
    return made(client or BoundedClient(), lambda: secret, settings, declared.verbs, lambda: own)


def is_blocked(running: RunningGateway, kind: str) -> bool:
    found = running.gateway
    return found.keys[CLAIMS].blocked if kind == "litellm-key" else found.teams["team-1"].blocked


@pytest.mark.parametrize("kind", TARGETS)
async def test_it_is_blocked_unblocked_and_read_back(running: RunningGateway, kind: str) -> None:
    made, target = switch(kind, running), TARGETS[kind]
    assert await made.read(target) == "active"
    assert (await made.act(target, made.verbs["disable"], "k")).outcome is Outcome.ACCEPTED
    assert is_blocked(running, kind)
    assert await made.read(target) == "blocked"
    assert (await made.act(target, made.verbs["enable"], "k")).outcome is Outcome.ACCEPTED
    assert await made.read(target) == "active"
    field = "key" if kind == "litellm-key" else "team_id"
    assert running.writes == [(f"/{kind.removeprefix('litellm-')}/{verb}", {field: target})
                              for verb in ("block", "unblock")]
    await made.close()


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize(("fault", "outcome"), [
    ("401", Outcome.REFUSED), ("403", Outcome.REFUSED), ("429", Outcome.UNKNOWN), ("500", Outcome.UNKNOWN),
    ("drop", Outcome.UNKNOWN)])
async def test_an_answer_says_whether_it_was_refused_or_nobody_knows(running: RunningGateway, kind: str, fault: str,
                                                                    outcome: Outcome) -> None:
    made = switch(kind, running)
    running.faults.order(Fault(fault, method="POST"))
    answer = await made.act(TARGETS[kind], made.verbs["disable"], "k")
    assert answer.outcome is outcome
    assert answer.detail
    assert answer.retry_after_s == (7.0 if fault == "429" else None)
    await made.close()


@pytest.mark.parametrize("kind", TARGETS)
async def test_a_key_that_may_only_read_is_refused_with_the_gateways_reason(running: RunningGateway,
                                                                           kind: str) -> None:
    made = switch(kind, running, secret=VIEWER_SECRET)
    answer = await made.act(TARGETS[kind], made.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert "Only proxy admin" in answer.detail
    await made.close()


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize(("fault", "error"), [("401", SwitchError), ("500", SwitchUnreachable),
                                              ("malformed", SwitchUnreachable), ("drop", SwitchUnreachable)])
async def test_a_state_that_cannot_be_read_is_an_error(running: RunningGateway, kind: str, fault: str,
                                                      error: type[SwitchError]) -> None:
    made = switch(kind, running)
    running.faults.order(Fault(fault))
    with pytest.raises(error) as raised:
        await made.read(TARGETS[kind])
    assert type(raised.value) is error
    await made.close()


@pytest.mark.parametrize(("kind", "target"), [("litellm-key", "f" * 64), ("litellm-team", "nobody")])
async def test_what_the_gateway_does_not_have_is_to_be_corrected_in_the_mbom(running: RunningGateway, kind: str,
                                                                            target: str) -> None:
    made = switch(kind, running)
    with pytest.raises(SwitchError, match="correct it in the MBOM"):
        await made.read(target)
    assert (await made.act(target, made.verbs["disable"], "k")).outcome is Outcome.REFUSED
    await made.close()


@pytest.mark.parametrize("over", ["deleted", "expired"])
async def test_a_key_that_works_no_more_is_stopped_and_never_resumed(running: RunningGateway, over: str) -> None:
    running.gateway.keys[CLAIMS].over = over
    made = switch("litellm-key", running)
    state = await made.read(CLAIMS)
    assert state == over
    assert made.verbs["disable"].satisfied_by(state)
    assert state in made.verbs["enable"].impossible_from
    await made.close()


async def test_a_key_in_the_clear_is_no_target_and_is_not_repeated(running: RunningGateway) -> None:
    assert "belongs into no file" in (KEY.check_target("sk-claims") or "")
    made = switch("litellm-key", running)
    with pytest.raises(SwitchError) as raised:
        await made.read("sk-claims")
    assert "sk-claims" not in str(raised.value)
    assert TEAM.check_target("team 1") is not None
    assert running.asked == {}


async def test_the_consoles_own_keys_and_their_team_are_known_as_such(running: RunningGateway) -> None:
    key, team = switch("litellm-key", running, own=("sk-search",)), switch("litellm-team", running)
    for target, own in ((SEARCH, True), (hash_of(ADMIN_SECRET), True), (CLAIMS, False)):
        await key.read(target)
        assert key.is_own(target) is own
    await team.read("team-1")
    assert not team.is_own("team-1")
    running.gateway.keys[hash_of(ADMIN_SECRET)].team = "team-1"
    again = switch("litellm-team", running)
    await again.read("team-1")
    assert again.is_own("team-1")
    for made in (key, team, again):
        await made.close()


@pytest.mark.parametrize("kind", TARGETS)
async def test_a_dry_run_sends_nothing(running: RunningGateway, kind: str) -> None:
    transport = Rehearsal()
    made = switch(kind, running, client=transport)
    answer = await made.act(TARGETS[kind], made.verbs["disable"], "k")
    assert (answer.outcome, running.writes) == (Outcome.REFUSED, [])
    assert len(transport.unsent) == 1
    await made.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the line is for curl")
@pytest.mark.parametrize("kind", TARGETS)
def test_what_a_person_sends_instead_does_the_same(running: RunningGateway, kind: str) -> None:
    line = switch(kind, running).by_hand(TARGETS[kind], KEY.verbs["disable"])
    assert ADMIN_SECRET not in line
    subprocess.run(["/bin/sh", "-c", line], env={**os.environ, "KILL_KEY": ADMIN_SECRET}, check=True,
                   capture_output=True)
    assert is_blocked(running, kind)
