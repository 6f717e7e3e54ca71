"""The process dies around other kinds of switches; the next one does nothing twice, undoes nothing, and reads back."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.config import load_text
from console.operations import breakers
from console.operations.desk import Desk
from console.simulator.litellm.server import RunningGateway
from console.simulator.openai.organisation import small
from console.simulator.openai.server import RunningOpenAi
from console.simulator.vertex.cloud import Account
from console.simulator.vertex.server import RunningCloud
from store import drills
from tests.console.switches.command.test_switch import program
from tests.support import forking, google_cloud, kills, litellm_gateway
from tests.support.kills import SLUG, TickingClock

REPOSITORY = Path(__file__).parents[2]
KINDS = ("openai-project-spend-limit", "google-service-account", "google-deny", "litellm-key", "gate", "command")
ASKED, NOT_ASKED = ("after call", "before record"), ("before call", "after claim")
HEAD = '''
[organisation]
name = "Example Ltd"

[database]
url = "sqlite:///{folder}/console.db"

[[operators]]
user = "maria"
roles = ["token_architect"]

'''


@dataclass
class Stand:
    """A provider, a gate or a program, and a workload of which one target is switched and another is for drills."""

    kind: str
    desk: Desk
    target: str
    spare: str
    acts: Callable[[], int]
    """How often it was asked to change anything."""
    folder: Path

    async def state(self, target: str) -> str:
        return await breakers.automatic(self.desk).board(self.kind, "x").read(target)

    def dies(self, verb: str, where: str) -> None:
        ended = forking.run("tests.crash.child", [str(self.folder), "", verb, where], cwd=REPOSITORY,
                            env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
        assert ended.returncode == -signal.SIGKILL, ended.stderr

    async def recovers(self) -> None:
        """Twice, as the second one must find nothing to do."""
        engine = breakers.automatic(self.desk)
        for _ in range(2):
            await engine.recover()
            assert await engine.executor.wait(30)

    def steps_are_read_back(self) -> None:
        for intent in kills.intents_of(self.desk):
            assert intent.state == "done"
            assert all(step.confirmed_at for step in kills.steps_of(self.desk, intent.id))


@dataclass
class Turns:
    """How often a gate's file was replaced, as far as it was looked at each time."""

    folder: Path
    seen: set[int] = field(default_factory=set)

    def __call__(self) -> int:
        self.seen |= {file.stat().st_mtime_ns for file in self.folder.glob("*.json")}
        return len(self.seen)


def _stand(kind: str, folder: Path, running: ExitStack) -> Stand:
    clock = TickingClock(datetime.now(UTC))
    if kind.startswith("openai-"):
        organisation = small(clock)
        for project in organisation.projects.values():
            project.spend_limit.delay_s = 0.0  # the processes' clocks differ
        openai = running.enter_context(RunningOpenAi(organisation))
        table, secret = f'kind = "openai"\nbase_url = "{openai.base_url}"', openai.key("kill")
        target, spare = "proj_alpha", "proj_beta"

        def acts() -> int:
            return sum(times for asked, times in openai.simulator.asked.items() if not asked.startswith("GET"))
    elif kind.startswith("google-"):
        cloud = google_cloud.cloud()
        other = Account("drills@claims-prod.iam.gserviceaccount.com")
        cloud.accounts[other.email], cloud.clock = other, clock
        google = running.enter_context(RunningCloud(cloud))
        secret = google.credential(cloud.accounts[google_cloud.KILLER])
        table = f'kind = "vertex"\nbase_url = "{google.base_url}"\nprojects = ["{google_cloud.CLAIMS}"]'
        target, spare = google_cloud.AGENT, other.email

        def acts() -> int:
            return sum(times for asked, times in google.asked.items()
                       if not asked.startswith("GET") and not asked.endswith("/token"))
    elif kind == "litellm-key":
        gateway = running.enter_context(RunningGateway(litellm_gateway.gateway(), clock))
        table, secret = f'kind = "litellm"\nbase_url = "{gateway.base_url}"', litellm_gateway.ADMIN_SECRET
        target, spare = litellm_gateway.CLAIMS, litellm_gateway.SEARCH

        def acts() -> int:
            return len(gateway.writes)
    elif kind == "gate":
        (folder / "gates").mkdir(mode=0o700)
        table, secret, acts = f'kind = "gate"\npath = "{folder / "gates"}"', "", Turns(folder / "gates")
        target, spare = "claims-triage", "drills"
    else:
        log = folder / "acts"
        log.touch()
        path = program(folder, f"""case $1 in
            state) cat {folder}/$2 2>/dev/null || echo running;;
            *) echo $TOKEN_CONSOLE_KEY >> {log}
               case $1 in stop) echo stopped;; *) echo running;; esac > {folder}/$2;; esac""")
        table, secret = 'kind = "command"\n' + "\n".join(
            f'{verb} = ["{path}", "{word}", "{{target}}"]' for verb, word in
            (("disable", "stop"), ("enable", "start"), ("read", "state"))), ""
        target, spare = "nightly", "drills"

        def acts() -> int:
            return len(log.read_text().splitlines())
    return Stand(kind, _desk(kind, folder, clock, table, secret, target, spare), target, spare, acts, folder)


def _desk(kind: str, folder: Path, clock: TickingClock, table: str, secret: str, target: str, spare: str) -> Desk:
    text = HEAD.format(folder=folder) + f'[[{"sources" if secret else "switches"}]]\nname = "x"\n{table}\n'
    if secret:
        kept = folder / "kill-secret"
        kept.write_text(secret)
        kept.chmod(0o600)
        text += f'secret = "env:READ"\nkill_secret = "file:{kept}"\n'
    written = folder / "token-console.toml"
    written.write_text(text)
    switch = {"kind": kind, "source": "x", "target": target}
    entry = kills.entry() | {"usage": [], "switches": [switch], "drill": switch | {"target": spare}}
    desk = kills.kill_desk(load_text(text, written), entry, at=clock.now())
    desk.clock = clock
    return desk


@pytest.fixture(params=KINDS)
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    with ExitStack() as running:
        yield _stand(request.param, tmp_path, running)
        await kills.close_desks()


@pytest.mark.parametrize("place", [0, 1])
async def test_each_act_is_carried_out_once_and_read_back(stand: Stand, place: int) -> None:
    """A kill, a resume and a drill that died: before the request, or between the request and the record of it."""
    before, spare = await stand.state(stand.target), await stand.state(stand.spare)
    for number, (verb, where) in enumerate(zip(
            ("kill", "resume"), (NOT_ASKED[place], ASKED[place])[::1 - 2 * place], strict=True)):
        stand.dies(verb, where)
        assert stand.acts() == number + (where in ASKED)
        await stand.recovers()
        assert stand.acts() == number + 1
        stand.steps_are_read_back()
        assert kills.breaker_state(stand.desk) == ("held", "probation")[number]
        assert (await stand.state(stand.target) in (before, "open")) == (verb == "resume")
    stand.dies("drill", (NOT_ASKED[0], ASKED[0])[place])
    assert stand.acts() == 2 + place
    await stand.recovers()
    unseen = stand.kind == "gate" and place == 0  # its file turns twice before anybody looks
    assert stand.acts() == 4 - unseen
    assert await stand.state(stand.spare) in (spare, "open")
    with stand.desk.database.read() as tx:
        assert [drill.outcome for drill in drills.of_workload(tx, SLUG, 5)] == ["passed"]
