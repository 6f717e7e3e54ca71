"""What each kind of switch keeps to: it stops, reads back, puts back what was there, rehearses, and claims no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import kinds
from console.clock import ManualClock
from console.config import load_text
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.settings import SourceSettings, SwitchSettings
from console.simulator.catalogue import PRODUCTION
from console.simulator.litellm.server import RunningGateway
from console.simulator.openai.organisation import small
from console.simulator.openai.server import RunningOpenAi
from console.simulator.vertex.server import RunningCloud
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import ActionClass, Outcome, Switch
from tests.console.switches.command.test_switch import program
from tests.console.switches.test_aws_switches import bedrock_key
from tests.console.switches.test_webhook import SECRET, Gateway
from tests.support import aws, google_cloud, litellm_gateway
from tests.support.http_server import serving
from tests.support.key_server import KILL_SECRET, key_server
from tests.support.simulator import provider

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
CLOSED_PORT = "http://127.0.0.1:9"


@dataclass
class Stand:
    """A provider that runs, and how a switch is built for it."""

    settings: SourceSettings | SwitchSettings
    secret: str
    target: str
    later: Callable[[], None] = lambda: None
    """Let what was changed take hold."""
    kind: str = ""
    folder: Path = Path()
    made: list[Switch] = field(default_factory=list)

    def switch(self, client: BoundedClient | None = None, *, away: bool = False) -> Switch:
        settings = self.settings
        if away and isinstance(settings, SourceSettings):
            settings = replace(settings, base_url=CLOSED_PORT)
        tools = SwitchTools(client or BoundedClient(), lambda: self.secret, tuple, lambda: NOW, self.folder)
        self.made.append(kinds.switch(self.kind).build(settings, tools))
        return self.made[-1]


def _source(kind: str, url: str, more: str = "") -> SourceSettings:
    return load_text(f'[[sources]]\nname = "x"\nkind = "{kind}"\nsecret = "env:READ"\nkill_secret = "env:KILL"\n'
                     f'base_url = "{url}"\n{more}', Path("/etc/token-console.toml")).sources[0]


def _table(kind: str, folder: Path, more: str) -> SwitchSettings:
    text = f'[[switches]]\nname = "x"\nkind = "{kind}"\n{more}'
    return load_text(text, folder / "token-console.toml").switches[0]


@pytest.fixture(scope="module")
def account() -> Iterator[aws.Moto]:
    with aws.moto() as served:
        served.reset()
        yield served


def _stand(kind: str, folder: Path, running: ExitStack, account: Callable[[], aws.Moto]) -> Stand:
    clock = ManualClock(NOW)
    if kind == "anthropic-api-key":
        keys = running.enter_context(key_server(apikey_01A="active"))
        return Stand(_source("anthropic", keys.url), KILL_SECRET, "apikey_01A")
    if kind == "anthropic-workspace-rate-limit":
        found = running.enter_context(provider())
        return Stand(_source("anthropic", found.running.base_url), found.running.admin_keys["kill"],
                     f"{PRODUCTION}/claude-sonnet-4-6")
    if kind.startswith("openai-"):
        openai = running.enter_context(RunningOpenAi(small(clock)))
        target = "proj_alpha" if kind == "openai-project-spend-limit" else "proj_alpha/gpt-6-sol"
        return Stand(_source("openai", openai.base_url), openai.key("kill"), target, lambda: clock.advance(600))
    if kind.startswith("litellm-"):
        gateway = running.enter_context(RunningGateway(litellm_gateway.gateway(), clock))
        target = litellm_gateway.CLAIMS if kind == "litellm-key" else "team-1"
        return Stand(_source("litellm", gateway.base_url), litellm_gateway.ADMIN_SECRET, target)
    if kind.startswith("google-"):
        cloud = running.enter_context(RunningCloud(google_cloud.cloud()))
        secret = cloud.credential(cloud.cloud.accounts[google_cloud.KILLER])
        return Stand(_source("vertex", cloud.base_url, f'projects = ["{google_cloud.CLAIMS}"]'), secret,
                     google_cloud.AGENT)
    if kind.startswith("aws-"):
        target = account().role(folder.name) if kind == "aws-deny" else bedrock_key(account(), folder.name)
        return Stand(_source("bedrock", account().url, 'regions = ["us-east-1"]'), aws.SECRET, target)
    if kind == "webhook":
        url = running.enter_context(serving(Gateway().answer)).url
        return Stand(_table(kind, folder, f'url = "{url}/switch"\nstate_url = "{url}/state"\nsecret = "env:X"\n'
                                          "allow_private = true"), SECRET, "team-a")
    if kind == "gate":
        return Stand(_table(kind, folder, f'path = "{folder / "gates"}"'), "", "claims-triage")
    assert kind == "command", f"tell this test how {kind} is tried"
    state = folder / "state"
    state.write_text("running")
    path = program(folder, f"""case $1 in
        stop) echo stopped > {state};; start) echo running > {state};; state) cat {state};; esac""")
    return Stand(_table(kind, folder, "\n".join(
        f'{verb} = ["{path}", "{word}", "{{target}}"]' for verb, word in
        (("disable", "stop"), ("enable", "start"), ("read", "state")))), "", "nightly")


@pytest.fixture(params=kinds.switch_names())
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    with ExitStack() as running:
        found = _stand(request.param, tmp_path, running, lambda: request.getfixturevalue("account"))
        found.kind, found.folder = request.param, tmp_path
        yield found
        for made in found.made:
            await made.close()


async def test_it_stops_reads_back_and_puts_back_what_was_there(stand: Stand) -> None:
    switch = stand.switch()
    before = await switch.read(stand.target)
    stop = switch.verbs["disable"]
    assert not stop.satisfied_by(before)
    assert (await switch.act(stand.target, stop, "key-1")).outcome is Outcome.ACCEPTED
    stand.later()
    assert stop.satisfied_by(await switch.read(stand.target))
    back = switch.verbs["enable"].aiming_at(before)
    assert (await switch.act(stand.target, back, "key-2")).outcome is Outcome.ACCEPTED
    stand.later()
    after = await switch.read(stand.target)
    assert back.satisfied_by(after)
    assert after == ("open" if before == "absent" else before)  # a gate that nobody had made is opened


async def test_a_dry_run_reads_and_changes_nothing(stand: Stand) -> None:
    switch = stand.switch(Rehearsal())
    before = await switch.read(stand.target)
    answer = await switch.act(stand.target, switch.verbs["disable"], "key-1")
    assert (answer.outcome, "dry run" in answer.detail) == (Outcome.REFUSED, True)
    assert await stand.switch().read(stand.target) == before


async def test_where_nobody_answers_nothing_is_called_done_or_refused_that_may_have_happened(stand: Stand) -> None:
    if isinstance(stand.settings, SwitchSettings):
        pytest.skip("it asks no provider; its own tests say what it knows of a program or a disk that fails")
    switch = stand.switch(away=True)
    answer = await switch.act(stand.target, switch.verbs["disable"], "key-1")
    assert answer.outcome is Outcome.UNKNOWN or "nothing was sent" in answer.detail
    assert answer.detail


async def test_it_declares_what_a_person_must_know_and_what_to_type_instead(stand: Stand) -> None:
    switch, kind = stand.switch(), kinds.switch(stand.kind)
    assert set(switch.verbs) == {"disable", "enable"}
    for verb in switch.verbs.values():
        assert verb.action_class not in (ActionClass.DELETE, ActionClass.ARCHIVE)
        assert (verb.reversible, bool(verb.read_back), verb.propagation_s > 0) == (True, True, True)
        line = switch.by_hand(stand.target, verb.aiming_at(await switch.read(stand.target)))
        assert line
        assert "\n" not in line
        assert not stand.secret or stand.secret not in line
    assert kind.check_target(stand.target) is None
    if kind.works_at is not None:
        assert kind.works_at in kinds.source_names()
        assert kind.check_target("no such\ttarget") is not None
