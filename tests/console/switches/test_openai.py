"""OpenAI's switches, against the simulated admin API: what stops, what is read back, and what is put back exactly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console import kinds, switches
from console.clock import ManualClock, epoch
from console.config import Config, SourceSettings
from console.http import BoundedClient
from console.operations import breakers
from console.operations.desk import Desk
from console.simulator.faults import Fault
from console.simulator.openai.organisation import Policy, Project, small
from console.simulator.openai.server import EVERYTHING, WRITE, AdminKey, RunningOpenAi
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, Switch, SwitchError, SwitchUnreachable
from tests.support import kills
from tests.support.desks import ARCHITECT, person

NOW = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
ON_CALL = person("otto", "on_call")
SPEND, ACCESS, RATE = "openai-project-spend-limit", "openai-model-access", "openai-rate-limit"
TARGETS = {SPEND: "proj_alpha", ACCESS: "proj_alpha/gpt-6-sol", RATE: "proj_alpha/gpt-6-sol"}


@pytest.fixture
def openai() -> Iterator[RunningOpenAi]:
    with RunningOpenAi(small(ManualClock(NOW))) as simulated:
        yield simulated


@pytest.fixture
async def built(openai: RunningOpenAi) -> AsyncIterator[dict[str, Switch]]:
    made = {kind: build(openai, kind) for kind in TARGETS}
    yield made
    for switch in made.values():
        await switch.close()


def build(openai: RunningOpenAi, kind: str, client: BoundedClient | None = None) -> Switch:
    settings = SourceSettings("openai", "openai", "env:READ", "env:OPENAI_KILL", base_url=openai.base_url)
    tools = kinds.SwitchTools(client or BoundedClient(), lambda: openai.key("kill"), tuple, lambda: NOW, Path())
    return switches.build(kind, settings, tools)


def alpha(openai: RunningOpenAi) -> Project:
    return openai.simulator.organisation.projects["proj_alpha"]


def later(openai: RunningOpenAi, minutes: float) -> None:
    clock = openai.simulator.organisation.clock
    assert isinstance(clock, ManualClock)
    clock.advance(60 * minutes)


class TestTheSpendLimit:
    @pytest.mark.parametrize(("cents", "state"), [(None, "no spend limit"), (50_000, "limit of 500.00 USD a month"),
                                                  (7, "limit of 0.07 USD a month")])
    async def test_a_cent_stops_the_project_and_what_was_there_is_put_back_exactly(
        self, openai: RunningOpenAi, built: dict[str, Switch], cents: int | None, state: str
    ) -> None:
        project, switch = alpha(openai), built[SPEND]
        if cents is not None:
            project.spend_limit.put(epoch(NOW) - 3600, cents)
        assert await switch.read("proj_alpha") == state
        stop = switch.verbs["disable"]
        assert (await switch.act("proj_alpha", stop, "k")).outcome is Outcome.ACCEPTED
        assert project.spend_limit.newest == 1
        if cents != 7:  # already over that limit, so a smaller one is enforced from the start
            assert await switch.read("proj_alpha") == "limit of 0.01 USD, not enforced yet"
            later(openai, 3)
        assert stop.satisfied_by(await switch.read("proj_alpha"))
        back = switch.verbs["enable"].aiming_at(state)
        assert (await switch.act("proj_alpha", back, "k")).outcome is Outcome.ACCEPTED
        assert project.spend_limit.newest == cents
        assert back.satisfied_by(await switch.read("proj_alpha"))

    async def test_calls_end_once_it_is_enforced_and_come_again_when_it_is_taken_back(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        organisation, project, switch = openai.simulator.organisation, alpha(openai), built[SPEND]
        await switch.act("proj_alpha", switch.verbs["disable"], "k")
        later(openai, 10)
        await switch.act("proj_alpha", switch.verbs["enable"].aiming_at("no spend limit"), "k")
        later(openai, 10)
        calls = [sum(used[5] for used in organisation.used(project, epoch(NOW + timedelta(minutes=minute))))
                 for minute in (0, 5, 9, 15)]
        assert calls == [69, 0, 0, 69]

    async def test_an_archived_project_is_stopped_and_cannot_be_resumed(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        alpha(openai).status = "archived"
        state = await built[SPEND].read("proj_alpha")
        assert built[SPEND].verbs["disable"].satisfied_by(state)
        assert state in built[SPEND].verbs["enable"].impossible_from

    async def test_a_project_that_is_not_there_is_told_from_one_without_a_limit(
        self, built: dict[str, Switch]
    ) -> None:
        with pytest.raises(SwitchError, match="no project proj_gone; correct the target"):
            await built[SPEND].read("proj_gone")

    async def test_by_hand_it_is_one_request_and_deletion_is_left_to_two_persons(
        self, built: dict[str, Switch]
    ) -> None:
        said = built[SPEND].by_hand("proj_alpha", built[SPEND].verbs["disable"])
        assert '"threshold_amount":1,' in said
        assert "$OPENAI_KILL" in said
        assert "two persons together delete the project's API keys" in said
        back = built[SPEND].by_hand("proj_alpha", built[SPEND].verbs["enable"].aiming_at("no spend limit"))
        assert back.startswith("curl -X DELETE")

    async def test_a_state_that_stands_for_no_limit_is_never_sent(self, openai: RunningOpenAi,
                                                                  built: dict[str, Switch]) -> None:
        for wanted in ("unknown", "limit of -1.00 USD a month", "limit of 1.00 EUR a month", ""):
            answer = await built[SPEND].act("proj_alpha", built[SPEND].verbs["enable"].aiming_at(wanted), "k")
            assert answer.outcome is Outcome.REFUSED
        assert alpha(openai).spend_limit.newest is None


class TestModelAccess:
    @pytest.mark.parametrize(("policy", "state", "denied"), [
        (None, "every model permitted", Policy("deny_list", ("gpt-6-sol",))),
        (Policy("deny_list", ("o1-pro",)), 'all but: ["o1-pro"]', Policy("deny_list", ("o1-pro", "gpt-6-sol"))),
        (Policy("allow_list", ("gpt-6-sol", "gpt-4o")), 'only: ["gpt-6-sol", "gpt-4o"]',
         Policy("allow_list", ("gpt-4o",))),
    ])
    async def test_the_model_is_denied_and_the_policy_put_back_exactly(
        self, openai: RunningOpenAi, built: dict[str, Switch], policy: Policy | None, state: str, denied: Policy
    ) -> None:
        project, switch, target = alpha(openai), built[ACCESS], TARGETS[ACCESS]
        if policy is not None:
            project.policy.put(epoch(NOW) - 3600, policy)
        assert await switch.read(target) == state
        await switch.act(target, switch.verbs["disable"], "k")
        assert project.policy.newest == denied
        assert await switch.read(target) == "denied"
        await switch.act(target, switch.verbs["enable"].aiming_at(state), "k")
        assert project.policy.newest == policy
        assert await switch.read(target) == state

    async def test_an_empty_list_is_never_sent_for_it_may_mean_every_model(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        only = Policy("allow_list", ("gpt-6-sol",))
        alpha(openai).policy.put(epoch(NOW) - 3600, only)
        answer = await built[ACCESS].act(TARGETS[ACCESS], built[ACCESS].verbs["disable"], "k")
        assert answer.outcome is Outcome.REFUSED
        assert "stop the project by openai-project-spend-limit" in answer.detail
        back = built[ACCESS].verbs["enable"].aiming_at("only: []")
        assert (await built[ACCESS].act(TARGETS[ACCESS], back, "k")).outcome is Outcome.REFUSED
        assert alpha(openai).policy.newest == only

    async def test_a_list_that_denies_nothing_is_no_policy(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        switch, target = built[ACCESS], TARGETS[ACCESS]
        alpha(openai).policy.put(epoch(NOW) - 3600, Policy("deny_list", ()))
        before = await switch.read(target)
        await switch.act(target, switch.verbs["disable"], "k")
        assert (before, await switch.read(target)) == ("every model permitted", "denied")
        back = switch.verbs["enable"].aiming_at(before)
        assert (await switch.act(target, back, "k")).outcome is Outcome.ACCEPTED
        assert await switch.read(target) == before

    async def test_two_models_of_one_project_are_denied_at_the_same_time(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        switch = built[ACCESS]
        await asyncio.gather(*(switch.act(f"proj_alpha/{model}", switch.verbs["disable"], "k")
                               for model in ("gpt-6-sol", "gpt-6-luna")))
        policy = alpha(openai).policy.newest
        assert policy is not None
        assert set(policy.models) == {"gpt-6-sol", "gpt-6-luna"}

    @pytest.mark.parametrize("policy", [None, Policy("deny_list", ("o1-pro",)),
                                        Policy("allow_list", ("gpt-6-sol", "gpt-4o", "gpt-6-luna"))])
    @pytest.mark.parametrize("order", [("gpt-6-sol", "gpt-6-luna"), ("gpt-6-luna", "gpt-6-sol")])
    async def test_a_resume_of_one_workload_undoes_no_kill_of_another_in_the_same_project(
        self, openai: RunningOpenAi, built: dict[str, Switch], policy: Policy | None, order: tuple[str, str]
    ) -> None:
        project, switch, before = alpha(openai), built[ACCESS], {}
        if policy is not None:
            project.policy.put(epoch(NOW) - 3600, policy)
        for model in ("gpt-6-sol", "gpt-6-luna"):
            before[model] = await switch.read(f"proj_alpha/{model}")
            await switch.act(f"proj_alpha/{model}", switch.verbs["disable"], "k")
        first, second = order
        await switch.act(f"proj_alpha/{first}", switch.verbs["enable"].aiming_at(before[first]), "k")
        assert await switch.read(f"proj_alpha/{first}") != "denied"
        assert await switch.read(f"proj_alpha/{second}") == "denied"
        await switch.act(f"proj_alpha/{second}", switch.verbs["enable"].aiming_at(before[second]), "k")
        found = project.policy.newest
        assert (found and (found.mode, set(found.models))) == (policy and (policy.mode, set(policy.models)))

    async def test_a_policy_that_somebody_replaced_by_another_sort_is_left_to_a_person(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        replaced = Policy("allow_list", ("gpt-4o",))
        alpha(openai).policy.put(epoch(NOW), replaced)
        back = built[ACCESS].verbs["enable"].aiming_at("every model permitted")
        answer = await built[ACCESS].act(TARGETS[ACCESS], back, "k")
        assert (answer.outcome, alpha(openai).policy.newest) == (Outcome.REFUSED, replaced)
        assert "replaced since the kill" in answer.detail


class TestTheRateLimit:
    async def test_one_request_a_minute_is_a_throttle_and_the_old_rate_comes_back(
        self, openai: RunningOpenAi, built: dict[str, Switch]
    ) -> None:
        switch, target, rates = built[RATE], TARGETS[RATE], alpha(openai).rates["gpt-6-sol"]
        assert await switch.read(target) == "500 requests a minute"
        await switch.act(target, switch.verbs["disable"], "k")
        assert rates.newest == 1
        assert switch.verbs["disable"].satisfied_by(await switch.read(target))
        await switch.act(target, switch.verbs["enable"].aiming_at("500 requests a minute"), "k")
        assert rates.newest == 500

    async def test_a_model_without_a_limit_and_a_rate_of_nothing_are_refused(self, built: dict[str, Switch]) -> None:
        with pytest.raises(SwitchError, match="no rate limit for gpt-9"):
            await built[RATE].read("proj_alpha/gpt-9")
        stop = built[RATE].verbs["enable"].aiming_at("0 requests a minute")
        assert (await built[RATE].act(TARGETS[RATE], stop, "k")).outcome is Outcome.REFUSED


@pytest.mark.parametrize("kind", TARGETS)
class TestEach:
    async def test_a_key_that_may_not_write_is_told_how_to_get_the_least(
        self, openai: RunningOpenAi, built: dict[str, Switch], kind: str
    ) -> None:
        openai.simulator.admin_keys["kill"] = AdminKey(openai.key("kill"), EVERYTHING - {WRITE})
        switch, target = built[kind], TARGETS[kind]
        answer = await switch.act(target, switch.verbs["disable"], "k")
        assert answer.outcome is Outcome.REFUSED
        assert "restricted to “Projects: Write”" in answer.detail
        assert openai.key("kill") not in answer.detail

    async def test_overload_is_unknown_and_a_refused_key_is_said(
        self, openai: RunningOpenAi, built: dict[str, Switch], kind: str
    ) -> None:
        switch, target, faults = built[kind], TARGETS[kind], openai.simulator.faults
        await switch.read(target)
        faults.order(Fault("500", method="POST"))
        assert (await switch.act(target, switch.verbs["disable"], "k")).outcome is Outcome.UNKNOWN
        faults.order(Fault("429", method="POST"))
        assert (await switch.act(target, switch.verbs["disable"], "k")).retry_after_s == 7
        faults.order(Fault("500", method="GET"))
        with pytest.raises(SwitchUnreachable):
            await switch.read(target)
        faults.order(Fault("401", method="GET"))
        with pytest.raises(SwitchError, match="behind this source's kill_secret"):
            await switch.read(target)

    async def test_a_dry_run_reads_and_sends_nothing(self, openai: RunningOpenAi, kind: str) -> None:
        switch = build(openai, kind, Rehearsal())
        await switch.read(TARGETS[kind])
        answer = await switch.act(TARGETS[kind], switch.verbs["disable"], "k")
        assert answer.outcome is Outcome.REFUSED
        assert "dry run, not sent: POST" in answer.detail
        assert not [asked for asked in openai.simulator.asked if asked.startswith("POST")]
        await switch.close()

    @pytest.mark.parametrize("target", ["../x", "proj_a/b c", "proj_alpha?x=1", "a" * 300])
    async def test_a_target_that_is_none_is_refused_before_anything_is_sent(
        self, openai: RunningOpenAi, built: dict[str, Switch], kind: str, target: str
    ) -> None:
        assert kinds.switch(kind).check_target(target) is not None
        with pytest.raises(SwitchError, match="correct it in the MBOM"):
            await built[kind].read(target)
        assert not openai.simulator.asked


class TestAKill:
    """The whole way: planned, asked, read back while the limit takes hold, and put back by a resume."""

    @pytest.fixture
    async def desk(self, openai: RunningOpenAi, tmp_path: Path) -> AsyncIterator[Desk]:
        base = kills.config("http://127.0.0.1:9", tmp_path)
        (tmp_path / "kill-secret").write_text(openai.key("kill"))
        entry = {**kills.entry(), "usage": [{"source": "openai", "project_id": "proj_alpha"}],
                 "switches": [{"kind": SPEND, "source": "openai", "target": "proj_alpha"}]}
        made = kills.kill_desk(self.with_openai(base, openai), entry)
        openai.simulator.organisation.clock = made.clock
        yield made
        await kills.close_desks()

    @staticmethod
    def with_openai(base: Config, openai: RunningOpenAi) -> Config:
        (settings,) = base.sources
        return replace(base, sources=(replace(settings, name="openai", kind="openai", base_url=openai.base_url),))

    async def test_the_limit_that_was_there_before_the_kill_is_there_after_the_resume(
        self, openai: RunningOpenAi, desk: Desk
    ) -> None:
        alpha(openai).spend_limit.put(epoch(NOW) - 3600, 123_456)
        plan = await breakers.plan(desk, ON_CALL, kills.SLUG, "kill")
        assert plan.targets[0].undo == "resume puts back: limit of 1234.56 USD a month"
        done = await breakers.kill(desk, ON_CALL, kills.SLUG, "runaway")
        assert (done.state, done.steps[0].after) == ("done", "stopped by a limit of 0.01 USD")
        assert alpha(openai).spend_limit.newest == 1
        back = await breakers.plan(desk, ARCHITECT, kills.SLUG, "resume")
        assert back.targets[0].wanted == "limit of 1234.56 USD a month"
        assert (await breakers.resume(desk, ARCHITECT, kills.SLUG, "fixed")).state == "done"
        assert alpha(openai).spend_limit.newest == 123_456

    async def test_what_could_not_be_read_before_the_kill_is_left_to_a_person(
        self, openai: RunningOpenAi, desk: Desk
    ) -> None:
        alpha(openai).spend_limit.put(epoch(NOW) - 3600, 123_456)
        openai.simulator.faults.order(Fault("500", method="GET"))
        assert (await breakers.kill(desk, ON_CALL, kills.SLUG, "runaway")).steps[0].before == "unknown"
        plan = await breakers.plan(desk, ARCHITECT, kills.SLUG, "resume")
        assert plan.targets == ()
        assert "put it back by hand" in " ".join(plan.warnings)

    async def test_a_second_kill_does_not_forget_what_was_there_before_the_first(
        self, openai: RunningOpenAi, desk: Desk
    ) -> None:
        project = alpha(openai)
        project.spend_limit.put(epoch(NOW) - 3600, 50_000)
        project.spend_limit.delay_s = 3600.0  # it is not enforced while the first kill looks
        assert (await breakers.kill(desk, ON_CALL, kills.SLUG, "runaway")).state == "unknown"
        again = await breakers.kill(desk, ON_CALL, kills.SLUG, "still running")
        assert again.steps[0].before == "limit of 0.01 USD, not enforced yet"
        plan = await breakers.plan(desk, ARCHITECT, kills.SLUG, "resume")
        assert plan.targets[0].wanted == "limit of 500.00 USD a month"
