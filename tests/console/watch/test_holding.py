"""Two workloads that share what stops them: in whatever order they are killed and resumed, neither is set going while
its own breaker holds it, and what was there at the beginning is there at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from console.clock import ManualClock, epoch
from console.config import Config
from console.errors import InputError
from console.operations import breakers
from console.operations.desk import Desk
from console.simulator.catalogue import PRODUCTION
from console.simulator.litellm.server import RunningGateway
from console.simulator.openai.organisation import Policy, Project, small
from console.simulator.openai.server import RunningOpenAi
from tests.support import kills
from tests.support.desks import LEAD
from tests.support.litellm_gateway import ADMIN_SECRET, CLAIMS, gateway
from tests.support.simulator import provider

FIRST, SECOND = "first", "second"
BOTH = (FIRST, SECOND)


@dataclass(frozen=True)
class Shared:
    """Two workloads at one provider, and how what stops them stands there."""

    desk: Desk
    stands: Callable[[], object]
    runs: Callable[[str], bool]

    async def kill(self, *slugs: str) -> None:
        await asyncio.gather(*(breakers.kill(self.desk, LEAD, slug, "runaway") for slug in slugs))
        self.hold_to_it()

    async def resume(self, slug: str) -> None:
        """Raises InputError where another must be resumed first."""
        done = await breakers.resume(self.desk, LEAD, slug, "the cause is mended")
        assert done.state == "done", done
        self.hold_to_it()

    async def resume_both(self, first: str) -> None:
        """The one and then the other, where the one may be resumed first."""
        other = BOTH[BOTH.index(first) - 1]
        try:
            await self.resume(first)
        except InputError as error:
            assert f"Resume {other} first" in str(error)  # noqa: PT017
            self.hold_to_it()
            await self.resume(other)
            await self.resume(first)
        else:
            await self.resume(other)

    def hold_to_it(self) -> None:
        assert not [slug for slug in BOTH if kills.breaker_state(self.desk, slug) in ("tripped", "held")
                    and self.runs(slug)]


def desk(folder: Path, kind: str, url: str, secret: str, switch: str, first: str, second: str) -> Desk:
    base = kills.config(url, folder)
    (folder / "kill-secret").write_text(secret)
    settings: Config = replace(base, sources=(replace(base.sources[0], name="source", kind=kind),))
    return kills.kill_desk(settings, *(
        {**kills.entry(slug), "switches": [{"kind": switch, "source": "source", "target": target}]}
        for slug, target in ((FIRST, first), (SECOND, second))))


def openai(stack: ExitStack, folder: Path, switch: str, first: str, second: str) -> tuple[Desk, Project]:
    running = stack.enter_context(RunningOpenAi(small(ManualClock(kills.NIGHT))))
    made = desk(folder, "openai", running.base_url, running.key("kill"), switch, first, second)
    running.simulator.organisation.clock = made.clock
    return made, running.simulator.organisation.projects["proj_alpha"]


def spend_limit(stack: ExitStack, folder: Path, *, delay_s: float = 120.0) -> Shared:
    made, project = openai(stack, folder, "openai-project-spend-limit", "proj_alpha", "proj_alpha")
    project.spend_limit.put(epoch(kills.NIGHT) - 3600, 50_000)
    project.spend_limit.delay_s = delay_s
    return Shared(made, lambda: project.spend_limit.newest, lambda slug: project.spend_limit.newest != 1)


def model_access(stack: ExitStack, folder: Path, policy: Policy | None) -> Shared:
    models = dict(zip(BOTH, ("gpt-6-sol", "gpt-6-luna"), strict=True))
    made, project = openai(stack, folder, "openai-model-access", *(f"proj_alpha/{each}" for each in models.values()))
    project.policy.put(epoch(kills.NIGHT) - 3600, policy)

    def stands() -> object:
        now = project.policy.newest
        return now and (now.mode, set(now.models))

    def runs(slug: str) -> bool:
        now = project.policy.newest
        return now is None or not now.forbids(models[slug])

    return Shared(made, stands, runs)


def rate_limit(stack: ExitStack, folder: Path) -> Shared:
    made, project = openai(stack, folder, "openai-rate-limit", "proj_alpha/gpt-6-sol", "proj_alpha/gpt-6-sol")
    rate = project.rates["gpt-6-sol"]
    return Shared(made, lambda: rate.newest, lambda slug: rate.newest > 1)


def gateway_key(stack: ExitStack, folder: Path) -> Shared:
    running = stack.enter_context(RunningGateway(gateway(), ManualClock(kills.NIGHT)))
    made = desk(folder, "litellm", running.base_url, ADMIN_SECRET, "litellm-key", CLAIMS, CLAIMS)
    return Shared(made, lambda: running.gateway.keys[CLAIMS].blocked,
                  lambda slug: not running.gateway.keys[CLAIMS].blocked)


def gateway_team(stack: ExitStack, folder: Path) -> Shared:
    running = stack.enter_context(RunningGateway(gateway(), ManualClock(kills.NIGHT)))
    made = desk(folder, "litellm", running.base_url, ADMIN_SECRET, "litellm-team", "team-1", "team-1")
    team = running.gateway.teams["team-1"]
    return Shared(made, lambda: team.blocked, lambda slug: not team.blocked)


def workspace_limit(stack: ExitStack, folder: Path) -> Shared:
    running = stack.enter_context(provider()).running
    made = desk(folder, "anthropic", f"http://127.0.0.1:{running.port}", running.admin_keys["kill"],
                "anthropic-workspace-rate-limit", f"{PRODUCTION}/claude-sonnet-4-6", f"{PRODUCTION}/claude-sonnet-5-5")
    return Shared(made, lambda: dict(running.world.overrides), lambda slug: not running.world.overrides)


SHARED: dict[str, Callable[[ExitStack, Path], Shared]] = {
    "a spend limit": spend_limit,
    "a project without a policy of models": partial(model_access, policy=None),
    "a list of models that are allowed": partial(
        model_access, policy=Policy("allow_list", ("gpt-6-sol", "gpt-4o", "gpt-6-luna"))),
    "a rate limit": rate_limit,
    "a key of a gateway": gateway_key,
    "a team of a gateway": gateway_team,
    "a limit that two models have together": workspace_limit,
}
ORDERS: tuple[tuple[tuple[str, ...], tuple[str, ...], str, bool], ...] = (
    ((FIRST,), (SECOND,), FIRST, True), ((SECOND,), (FIRST,), FIRST, False), (BOTH, (), SECOND, False))
"""Who is killed, then who; whose resume is tried first; and whether that one runs away once more before the other's."""


@pytest.mark.parametrize("name", SHARED)
async def test_every_order_ends_where_it_began_and_frees_nothing_that_a_kill_still_needs(
        tmp_path: Path, name: str) -> None:
    with ExitStack() as stack:
        shared = SHARED[name](stack, tmp_path)
        began = shared.stands()
        for first, then, resumed, again in ORDERS:
            await shared.kill(*first)
            await shared.kill(*then)
            if again:
                with suppress(InputError):  # it must wait for the other
                    await shared.resume(resumed)
                    await shared.kill(resumed)
            await shared.resume_both(resumed)
            assert shared.stands() == began, (first, then, resumed)
        await kills.close_desks()


async def test_what_a_kill_found_half_stopped_by_another_is_not_what_its_resume_puts_back(tmp_path: Path) -> None:
    with ExitStack() as stack:
        shared = spend_limit(stack, tmp_path, delay_s=10**6)  # nobody sees it enforced
        await shared.kill(FIRST)
        await shared.kill(SECOND)
        plan = await breakers.plan(shared.desk, LEAD, SECOND, "resume")
        assert plan.targets == ()
        assert "proj_alpha stays off: the breaker of first holds it too" in " ".join(plan.warnings)
        await shared.resume_both(FIRST)
        assert shared.stands() == 50_000
        await kills.close_desks()


async def test_a_kill_that_comes_while_another_is_being_resumed_is_not_undone(tmp_path: Path) -> None:
    with ExitStack() as stack:
        shared = gateway_key(stack, tmp_path)
        await shared.kill(FIRST)
        draft = await breakers.drafted(shared.desk, FIRST, "resume")
        await shared.kill(SECOND)
        request = breakers.request_of(shared.desk, LEAD, draft, "the cause is mended")
        with shared.desk.database.write() as tx, pytest.raises(InputError, match="Resume second first"):
            breakers.record_resume(tx, shared.desk, request, draft)
        await shared.resume_both(SECOND)
        assert shared.stands() is False
        await kills.close_desks()
