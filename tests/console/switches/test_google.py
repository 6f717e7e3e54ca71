"""The switches for Google's service accounts, against a cloud on loopback that checks who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console import kinds
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.simulator.faults import Fault
from console.simulator.vertex.server import RunningCloud
from console.switches.google_deny import policy_name, rules_of
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, Switch, SwitchError, SwitchUnreachable
from tests.support.google_cloud import AGENT, CLAIMS, KILLER, NOW, READER, cloud

KINDS = {"google-service-account": ("enabled", "disabled"), "google-deny": ("not denied", "denied")}


@pytest.fixture
def running() -> Iterator[RunningCloud]:
    with RunningCloud(cloud()) as served:
        yield served


def switch(kind: str, running: RunningCloud, *, by: str = KILLER, own: tuple[str, ...] = (),
           client: BoundedClient | None = None) -> Switch:
    secret = running.credential(running.cloud.accounts[by])
    settings = SourceSettings("vertex", "vertex", "env:READ", "env:KILL", running.base_url,
                              options=kinds.frozen({"projects": (CLAIMS,)}))
    tools = SwitchTools(client or BoundedClient(), lambda: secret, lambda: own, lambda: NOW, Path())
    return kinds.switch(kind).build(settings, tools)


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_stopped_let_go_and_read_back(running: RunningCloud, kind: str) -> None:
    made, (on, off) = switch(kind, running), KINDS[kind]
    assert await made.read(AGENT) == on
    for verb, state in (("disable", off), ("enable", on)):
        assert (await made.act(AGENT, made.verbs[verb], "k")).outcome is Outcome.ACCEPTED
        assert await made.read(AGENT) == state == made.verbs[verb].wanted
    assert running.cloud.accounts[AGENT].disabled is False
    assert running.cloud.policies == {}
    await made.close()


async def test_a_deny_names_the_account_and_calls_to_models_and_nothing_else(running: RunningCloud) -> None:
    made = switch("google-deny", running)
    await made.act(AGENT, made.verbs["disable"], "k")
    assert running.cloud.policies == {(CLAIMS, policy_name(AGENT)): [{"denyRule": {
        "deniedPrincipals": [f"principal://iam.googleapis.com/projects/-/serviceAccounts/{AGENT}"],
        "deniedPermissions": ["aiplatform.googleapis.com/endpoints.predict"]}}]}
    assert len(policy_name(AGENT)) <= 63
    await made.close()


async def test_a_policy_of_that_name_that_says_something_else_is_shown_and_left_alone(running: RunningCloud) -> None:
    theirs = [{"denyRule": {"deniedPermissions": ["storage.googleapis.com/buckets.delete"]}}]
    running.cloud.policies[CLAIMS, policy_name(AGENT)] = theirs
    made = switch("google-deny", running)
    assert (await made.read(AGENT)).startswith("not denied; the policy of that name says")
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert answer.outcome is Outcome.REFUSED
    assert "already exists" in answer.detail
    assert running.cloud.policies[CLAIMS, policy_name(AGENT)] == theirs != rules_of(AGENT)
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fault", "outcome"), [
    ("401", Outcome.REFUSED), ("403", Outcome.REFUSED), ("429", Outcome.UNKNOWN), ("500", Outcome.UNKNOWN),
    ("drop", Outcome.UNKNOWN)])
async def test_an_answer_says_whether_it_was_refused_or_nobody_knows(running: RunningCloud, kind: str, fault: str,
                                                                    outcome: Outcome) -> None:
    made = switch(kind, running)
    for path in ("/v1", "/v2"):
        running.faults.order(Fault(fault, 1, path, method="POST"))
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert answer.outcome is outcome
    assert answer.detail
    assert answer.retry_after_s == (7.0 if fault == "429" else None)
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_who_may_only_read_metrics_is_told_which_permission_is_missing(running: RunningCloud, kind: str) -> None:
    made = switch(kind, running, by=READER)
    with pytest.raises(SwitchError, match=r"iam\.serviceAccounts\.get"):
        await made.read(AGENT)
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert (answer.outcome, "roles/iam.denyAdmin" in answer.detail) == (Outcome.REFUSED, True)
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_consoles_own_accounts_are_known_as_such(running: RunningCloud, kind: str) -> None:
    reader = running.credential(running.cloud.accounts[READER])
    made = switch(kind, running, own=("sk-ant-admin01-x", reader))
    for email in (KILLER, READER, AGENT):
        await made.read(f"{CLAIMS}/{email}")
    assert [made.is_own(f"{CLAIMS}/{email}") for email in (KILLER, READER, AGENT)] == [True, True, False]
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_account_that_is_not_there_and_a_cloud_that_fails_are_told_apart(running: RunningCloud,
                                                                                 kind: str) -> None:
    made = switch(kind, running)
    with pytest.raises(SwitchError, match="there is no service account") as caught:
        await made.read("gone@claims-prod.iam.gserviceaccount.com")
    assert not isinstance(caught.value, SwitchUnreachable)
    running.faults.order(Fault("500", 1, "/v1"))
    with pytest.raises(SwitchUnreachable):
        await made.read(AGENT)
    await made.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dry_run_reads_and_sends_nothing(running: RunningCloud, kind: str) -> None:
    client = Rehearsal()
    made = switch(kind, running, client=client)
    assert await made.read(AGENT) == KINDS[kind][0]
    assert (await made.act(AGENT, made.verbs["disable"], "k")).outcome is Outcome.REFUSED
    assert len(client.unsent) == 1
    assert not running.cloud.accounts[AGENT].disabled
    assert not running.cloud.policies
    await made.close()


@pytest.mark.parametrize(("target", "wrong"), [
    ("apikey_01", "is not a service account"), ("a b@claims-prod.iam.gserviceaccount.com", "is not a service account"),
    ("12345-compute@developer.gserviceaccount.com", "in which project"),
    ("NOT/claims-agent@claims-prod.iam.gserviceaccount.com", "names no project"),
    (AGENT, None), ("claims-prod/12345-compute@developer.gserviceaccount.com", None)])
def test_a_target_says_which_account_of_which_project(target: str, wrong: str | None) -> None:
    for kind in KINDS:
        found = kinds.switch(kind).check_target(target)
        assert found is None if wrong is None else wrong in (found or "")


def test_a_person_is_shown_what_to_type(running: RunningCloud) -> None:
    made = switch("google-service-account", running)
    assert made.by_hand(AGENT, made.verbs["disable"]) == (
        f"gcloud iam service-accounts disable {AGENT} --project {CLAIMS}")
    denied = switch("google-deny", running)
    assert denied.by_hand(AGENT, denied.verbs["disable"]).startswith("curl -X POST ")
