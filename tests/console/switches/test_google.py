"""The switches for Google's service accounts, against a cloud on loopback that checks who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console import kinds
from console.http import Answer, BoundedClient
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.simulator.faults import Fault
from console.simulator.vertex.server import RunningCloud
from console.switches.google_deny import policy_name, rules_of
from console.switches.shared.google_targets import parts
from console.switches.shared.rehearsal import Rehearsal
from console.switches.switch import Outcome, Switch, SwitchError, SwitchUnreachable
from tests.support.google_cloud import AGENT, CLAIMS, KILLER, NOW, READER, cloud

KINDS = {"google-service-account": ("enabled", "disabled"), "google-deny": ("not denied", "denied")}


@pytest.fixture
def running() -> Iterator[RunningCloud]:
    with RunningCloud(cloud()) as served:
        yield served


@pytest.fixture
async def switch(running: RunningCloud) -> AsyncIterator[Callable[..., Switch]]:
    made: list[Switch] = []

    def build(kind: str, *, by: str = KILLER, own: tuple[str, ...] = (), client: BoundedClient | None = None,
              read: str | None = "env:READ", kill: str | None = "env:KILL") -> Switch:
        secret = running.credential(running.cloud.accounts[by])
        settings = SourceSettings("vertex", "vertex", read, kill, running.base_url,
                                  options=kinds.frozen({"projects": (CLAIMS,)}))
        tools = SwitchTools(client or BoundedClient(), lambda: secret, lambda: own, lambda: NOW, Path())
        made.append(kinds.switch(kind).build(settings, tools))
        return made[-1]

    yield build
    for each in made:
        await each.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_stopped_let_go_and_read_back(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    made, (on, off) = switch(kind), KINDS[kind]
    assert await made.read(AGENT) == on
    for verb, state in (("disable", off), ("enable", on)):
        assert (await made.act(AGENT, made.verbs[verb], "k")).outcome is Outcome.ACCEPTED
        assert await made.read(AGENT) == state == made.verbs[verb].wanted
    assert running.cloud.accounts[AGENT].disabled is False
    assert running.cloud.policies == {}


async def test_a_deny_names_the_account_and_calls_to_models_and_nothing_else(
    switch: Callable[..., Switch], running: RunningCloud
) -> None:
    made = switch("google-deny")
    await made.act(AGENT, made.verbs["disable"], "k")
    assert running.cloud.policies == {(CLAIMS, policy_name(AGENT)): [{"denyRule": {
        "deniedPrincipals": [f"principal://iam.googleapis.com/projects/-/serviceAccounts/{AGENT}"],
        "deniedPermissions": ["aiplatform.googleapis.com/endpoints.predict"]}}]}
    assert len(policy_name(AGENT)) <= 63


THEIRS = [{"description": "Löschen nie", "denyRule": {"deniedPrincipals": ["principalSet://goog/public:all"],
                                                     "deniedPermissions": ["storage.googleapis.com/buckets.delete"]}}]


async def test_a_policy_of_that_name_keeps_what_it_says_and_is_put_back_exactly(
    switch: Callable[..., Switch], running: RunningCloud
) -> None:
    where = (CLAIMS, policy_name(AGENT))
    running.cloud.policies[where] = THEIRS
    made = switch("google-deny")
    before = await made.read(AGENT)
    assert before.startswith("not denied; the policy of that name says [{")

    assert (await made.act(AGENT, made.verbs["disable"], "k")).outcome is Outcome.ACCEPTED
    assert running.cloud.policies[where] == [*THEIRS, *rules_of(AGENT)]
    assert await made.read(AGENT) == "denied"

    undo = made.verbs["enable"].aiming_at(before)
    assert (await made.act(AGENT, undo, "k")).outcome is Outcome.ACCEPTED
    assert undo.satisfied_by(await made.read(AGENT))
    assert running.cloud.policies[where] == THEIRS


@pytest.mark.parametrize("but", [{"exceptionPrincipals": ["principal://goog/subject/a@example.com"]},
                                 {"denialCondition": {"expression": "false"}}, {"deniedPermissions": ["x"]},
                                 {"deniedPrincipals": ["principal://other"]}])
async def test_a_deny_with_an_exception_or_of_something_else_is_none(
    switch: Callable[..., Switch], running: RunningCloud, but: dict[str, object]
) -> None:
    running.cloud.policies[CLAIMS, policy_name(AGENT)] = [{"denyRule": {**rules_of(AGENT)[0]["denyRule"], **but}}]
    assert (await switch("google-deny").read(AGENT)).startswith("not denied")


async def test_a_policy_that_somebody_changes_meanwhile_is_not_overwritten_and_asked_for_again(
    switch: Callable[..., Switch], running: RunningCloud
) -> None:
    where, changed = (CLAIMS, policy_name(AGENT)), [*THEIRS, *THEIRS]
    running.cloud.policies[where] = THEIRS

    class Meddled(BoundedClient):
        """Somebody changes the policy just before ours arrives."""

        async def request(self, method: str, *args: Any, **more: Any) -> Answer:
            if method == "PUT":
                running.cloud.policies[where] = changed
            return await super().request(method, *args, **more)

    made = switch("google-deny", client=Meddled())
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert (answer.outcome, "concurrent policy changes" in answer.detail) == (Outcome.UNKNOWN, True)
    assert running.cloud.policies[where] == changed


async def test_a_change_that_google_took_and_then_refused_is_a_refusal_with_its_reason(
    switch: Callable[..., Switch], running: RunningCloud
) -> None:
    running.cloud.denials_fail = "Permission endpoints.predict is not supported in deny policies."
    made = switch("google-deny")
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert (answer.outcome, "not supported in deny policies" in answer.detail) == (Outcome.REFUSED, True)


async def test_an_undo_finds_nothing_to_delete_where_somebody_did_it_by_hand(switch: Callable[..., Switch]) -> None:
    made = switch("google-deny")
    assert (await made.act(AGENT, made.verbs["enable"], "k")).outcome is Outcome.ACCEPTED
    assert await made.read(AGENT) == "not denied"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fault", "outcome"), [
    ("401", Outcome.REFUSED), ("403", Outcome.REFUSED), ("429", Outcome.UNKNOWN), ("500", Outcome.UNKNOWN),
    ("drop", Outcome.UNKNOWN)])
async def test_an_answer_says_whether_it_was_refused_or_nobody_knows(
    switch: Callable[..., Switch], running: RunningCloud, kind: str, fault: str, outcome: Outcome
) -> None:
    made = switch(kind)
    for path in ("/v1", "/v2"):
        running.faults.order(Fault(fault, 2, path, method="POST"))
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert answer.outcome is outcome
    assert answer.detail
    assert answer.retry_after_s == (7.0 if fault == "429" else None)


@pytest.mark.parametrize("kind", KINDS)
async def test_who_may_only_read_metrics_is_told_which_permission_is_missing(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    made = switch(kind, by=READER)
    with pytest.raises(SwitchError, match=rf"{READER} lacks iam\.serviceAccounts\.get in {CLAIMS}"):
        await made.read(AGENT)
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    least = ("roles/iam.denyAdmin" if kind == "google-deny" else
             "--permissions iam.serviceAccounts.get,iam.serviceAccounts.disable,iam.serviceAccounts.enable ")
    assert (answer.outcome, least in answer.detail) == (Outcome.REFUSED, True)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_project_that_is_not_ours_is_named(switch: Callable[..., Switch], kind: str) -> None:
    with pytest.raises(SwitchError, match=r"in elsewhere, or there is no such project"):
        await switch(kind).read(f"elsewhere/{AGENT}")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_ended_early_is_fetched_anew_and_nothing_is_done_twice(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    made = switch(kind)
    await made.read(AGENT)
    for path in ("/v1", "/v2"):
        running.faults.order(Fault("401", 1, path, method="POST"))
    assert (await made.act(AGENT, made.verbs["disable"], "k")).outcome is Outcome.ACCEPTED
    assert await made.read(AGENT) == KINDS[kind][1]
    assert running.asked["POST /token"] == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_service_that_fails_is_no_refusal_and_may_be_asked_again(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    made = switch(kind)
    running.faults.order(Fault("drop", 1, "/token"))
    answer = await made.act(AGENT, made.verbs["disable"], "k")
    assert (answer.outcome, "nothing was sent" in answer.detail) == (Outcome.UNKNOWN, True)
    assert (await made.act(AGENT, made.verbs["disable"], "k")).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("kind", KINDS)
async def test_an_account_that_was_disabled_before_is_read_as_it_is(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    running.cloud.accounts[AGENT].disabled = True
    assert await switch(kind).read(AGENT) == ("disabled" if kind == "google-service-account" else "not denied")


@pytest.mark.parametrize("kind", KINDS)
async def test_the_consoles_own_accounts_are_known_as_such(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    reader = running.credential(running.cloud.accounts[READER])
    made = switch(kind, own=("sk-ant-admin01-x", reader))
    for email in (KILLER, READER, AGENT):
        await made.read(f"{CLAIMS}/{email}")
    assert [made.is_own(f"{CLAIMS}/{email}") for email in (KILLER, READER, AGENT)] == [True, True, False]


@pytest.mark.parametrize(("whose", "kill"), [(READER, "env:KILL"), (KILLER, None)])
async def test_what_the_machine_has_is_the_consoles_own_too(
    switch: Callable[..., Switch], running: RunningCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    whose: str, kill: str | None
) -> None:
    """The account that the machine has reads here, or switches: to stop it would blind or lock out the console."""
    made, key = switch("google-service-account", read=None, kill=kill), tmp_path / "key.json"
    key.write_text(running.credential(running.cloud.accounts[whose]))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    await made.read(f"{CLAIMS}/{whose}")
    assert made.is_own(f"{CLAIMS}/{whose}")


@pytest.mark.parametrize("kind", KINDS)
async def test_an_account_that_is_not_there_and_a_cloud_that_fails_are_told_apart(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    made = switch(kind)
    with pytest.raises(SwitchError, match="there is no service account") as caught:
        await made.read("gone@claims-prod.iam.gserviceaccount.com")
    assert not isinstance(caught.value, SwitchUnreachable)
    running.faults.order(Fault("500", 1, "/v1"))
    with pytest.raises(SwitchUnreachable):
        await made.read(AGENT)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dry_run_reads_and_sends_nothing(
    switch: Callable[..., Switch], running: RunningCloud, kind: str
) -> None:
    client = Rehearsal()
    made = switch(kind, client=client)
    assert await made.read(AGENT) == KINDS[kind][0]
    assert (await made.act(AGENT, made.verbs["disable"], "k")).outcome is Outcome.REFUSED
    assert len(client.unsent) == 1
    assert not running.cloud.accounts[AGENT].disabled
    assert not running.cloud.policies


@pytest.mark.parametrize(("target", "wrong"), [
    ("apikey_01", "is not a service account"), ("a b@claims-prod.iam.gserviceaccount.com", "is not a service account"),
    ("12345-compute@developer.gserviceaccount.com", "in which project"),
    ("NOT/claims-agent@claims-prod.iam.gserviceaccount.com", "names no project"),
    (AGENT, None), ("claims-prod/12345-compute@developer.gserviceaccount.com", None)])
def test_a_target_says_which_account_of_which_project(target: str, wrong: str | None) -> None:
    for kind in KINDS:
        found = kinds.switch(kind).check_target(target)
        assert found is None if wrong is None else wrong in (found or "")


def test_a_project_of_a_domain_is_read_from_its_accounts() -> None:
    assert parts("agent@claims-prod.example.com.iam.gserviceaccount.com")[0] == "example.com:claims-prod"


async def test_a_person_is_shown_what_to_type(switch: Callable[..., Switch], running: RunningCloud) -> None:
    made = switch("google-service-account")
    assert made.by_hand(AGENT, made.verbs["disable"]) == (
        f"gcloud iam service-accounts disable {AGENT} --project {CLAIMS}")
    denied = switch("google-deny")
    assert denied.by_hand(AGENT, denied.verbs["disable"]).startswith("curl -X POST ")
