"""A deny policy on a Google project: one service account may call no model there, and does all else as before.

It takes two minutes as a rule until it is enforced, and may take seven or more; the policy itself is seen at once. So
a read-back says that the policy stands, and *spend stopped* says when it works.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.google import Iam, account_path, check_target, parts
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchError, Verb

PERMISSIONS = ("aiplatform.googleapis.com/endpoints.predict",)
"""What a call to any model of Vertex AI needs."""
DENIED, NOT_DENIED = "denied", "not denied"
_BESIDE = f"{NOT_DENIED}; the policy of that name says "
_READ_BACK = "the project is asked for the policy"
_PROPAGATION_S = 60.0
"""How long until the policy is seen; a change of access is enforced minutes later, which nothing shows."""

VERBS = {
    "disable": Verb("disable", DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                    read_back=_READ_BACK,
                    goes_on="everything for about two minutes, at worst seven or more, until Google enforces it"),
    "enable": Verb("enable", NOT_DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                   read_back=_READ_BACK),
}


class GoogleDeny:
    """The deny policies of every project that the kill credential reaches."""

    kind = "google-deny"

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        self.verbs = dict(VERBS)
        self._iam = Iam(settings, tools)
        self._own: set[str] = set()

    async def read(self, target: str) -> str:
        """`denied`, `not denied`, or that with what the policy of our name says instead. Raises SwitchError."""
        _, email = parts(target)
        if email in await self._iam.own():
            self._own.add(target)
        if await self._iam.get(account_path(target)) is None:
            raise SwitchError(f"there is no service account {email}; correct the MBOM")
        policy = await self._iam.get(policy_path(target))
        if policy is None:
            return NOT_DENIED
        rules = policy.get("rules")
        return DENIED if rules == rules_of(target) else f"{_BESIDE}{json.dumps(rules, sort_keys=True)[:400]}"

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Make the policy, or delete it. One of that name which says something else is somebody's, and is left."""
        try:
            project, email = parts(target)
            if verb.wanted != DENIED:
                return await self._iam.write("DELETE", policy_path(target), None)
            path = f"{_policies(project)}?policyId={policy_name(target)}"
            return await self._iam.write("POST", path, {"displayName": f"Token Console stops {email}"[:63],
                                                        "rules": rules_of(target)})
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")

    def is_own(self, target: str) -> bool:
        return target in self._own

    def by_hand(self, target: str, verb: Verb) -> str:
        """The request for whoever is signed in with gcloud."""
        project, _ = parts(target)
        if verb.wanted != DENIED:
            return self._iam.curl("DELETE", policy_path(target), None)
        path = f"{_policies(project)}?policyId={policy_name(target)}"
        return self._iam.curl("POST", path, {"rules": rules_of(target)})

    async def close(self) -> None:
        await self._iam.close()


def policy_name(target: str) -> str:
    """One policy an account, whose name says which to nobody but us: a name is short and an e-mail may not be."""
    _, email = parts(target)
    return f"token-console-{hashlib.sha256(email.encode()).hexdigest()[:16]}"


def rules_of(target: str) -> list[dict[str, Any]]:
    """What the policy says."""
    _, email = parts(target)
    principal = f"principal://iam.googleapis.com/projects/-/serviceAccounts/{email}"
    return [{"denyRule": {"deniedPrincipals": [principal], "deniedPermissions": list(PERMISSIONS)}}]


def policy_path(target: str) -> str:
    """Where the policy is asked for."""
    project, _ = parts(target)
    return f"{_policies(project)}/{policy_name(target)}"


def _policies(project: str) -> str:
    return f"v2/policies/{quote(f'cloudresourcemanager.googleapis.com/projects/{project}', safe='')}/denypolicies"


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return GoogleDeny(settings, tools)


KIND = SwitchKind(kind="google-deny", works_at="vertex", verbs=VERBS, build=_build, check_target=check_target,
                  needs_secret=False)
