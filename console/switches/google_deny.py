"""A deny policy on a Google project: one service account may call no model there, and does all else as before.

It takes two minutes as a rule until it is enforced, and may take seven or more; the policy itself is seen at once. So
a read-back says that the policy stands, and *spend stopped* says when it works. A policy of our name that says
something else goes on saying it: the deny is added to its rules, and the undo puts back exactly those.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any
from urllib.parse import quote

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.google import Iam
from console.switches.shared.google_permissions import least_on_policies
from console.switches.shared.google_targets import account_path, check_target, parts
from console.switches.switch import (
    ActionClass,
    CallResult,
    Outcome,
    Switch,
    SwitchError,
    SwitchUnreachable,
    Verb,
)

PERMISSIONS = ("aiplatform.googleapis.com/endpoints.predict",)
"""What a call to any model of Vertex AI needs."""
DENIED, NOT_DENIED = "denied", "not denied"
_BESIDE = f"{NOT_DENIED}; the policy of that name says "
_READ_BACK = "the project is asked for the policy"
_PROPAGATION_S = 60.0
"""How long until the policy is seen; a change of access is enforced minutes later, which nothing shows."""
_KEPT = ("displayName", "annotations", "etag")
"""What an update takes over of the policy that was there."""

VERBS = {
    "disable": Verb("disable", DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                    read_back=_READ_BACK,
                    goes_on="everything for about two minutes, at worst seven or more, until Google enforces it"),
    "enable": Verb("enable", NOT_DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                   read_back=_READ_BACK, restores=True),
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
        own, (account, policy) = await asyncio.gather(  # at once: a kill waits for it
            self._iam.own(), self._iam.all_of(account_path(target), policy_path(target)))
        if email in own:
            self._own.add(target)
        if account is None:
            raise SwitchError(f"there is no service account {email}; correct the MBOM")
        if policy is None:
            return NOT_DENIED
        return DENIED if _denies(policy, target) else f"{_BESIDE}{_compact(policy.get('rules') or [])}"

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Make the policy what it must be, or delete it. By its etag, what was changed meanwhile is not overwritten."""
        try:
            there = await self._iam.get(policy_path(target))
            method, path, body = _request(target, verb, there)
        except SwitchUnreachable as error:
            return CallResult(Outcome.UNKNOWN, f"nothing was sent: {error}")
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        if method == "DELETE" and there is None:
            return CallResult(Outcome.ACCEPTED, "there is no such policy")
        return await self._iam.write(method, path, body)

    def is_own(self, target: str) -> bool:
        return target in self._own

    def by_hand(self, target: str, verb: Verb) -> str:
        """The request for whoever is signed in with gcloud; to deny, where there is no policy of that name yet."""
        return self._iam.curl(*_request(target, verb, None if verb.wanted == DENIED else {}))

    async def close(self) -> None:
        await self._iam.close()


def policy_name(target: str) -> str:
    """One policy an account, whose name says which to nobody but us: a name is short and an e-mail may not be."""
    _, email = parts(target)
    return f"token-console-{hashlib.sha256(email.encode()).hexdigest()[:16]}"


def rules_of(target: str) -> list[dict[str, Any]]:
    """What the policy says."""
    return [{"denyRule": {"deniedPrincipals": [_principal(target)], "deniedPermissions": list(PERMISSIONS)}}]


def policy_path(target: str) -> str:
    """Where the policy is asked for."""
    project, _ = parts(target)
    return f"{_policies(project)}/{policy_name(target)}"


def _principal(target: str) -> str:
    return f"principal://iam.googleapis.com/projects/-/serviceAccounts/{parts(target)[1]}"


def _denies(policy: dict[str, Any], target: str) -> bool:
    """Whether one of its rules denies the account every call, on no condition and with no exception."""
    rules = policy.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        told = rule.get("denyRule") if isinstance(rule, dict) else None
        if isinstance(told, dict) and not any(told.get(name) for name in (
                "exceptionPrincipals", "exceptionPermissions", "denialCondition")) \
                and _principal(target) in _texts(told, "deniedPrincipals") \
                and _texts(told, "deniedPermissions") >= set(PERMISSIONS):
            return True
    return False


def _texts(rule: dict[str, Any], name: str) -> set[str]:
    value = rule.get(name)
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def _request(target: str, verb: Verb, there: dict[str, Any] | None) -> tuple[str, str, object]:
    """(method, path, body) that makes the policy that is there what the verb wants. Raises SwitchError."""
    project, email = parts(target)
    rules = _rules(target, verb, there or {})
    if not rules:
        etag = (there or {}).get("etag")
        return "DELETE", policy_path(target) + (f"?etag={quote(etag, safe='')}" if isinstance(etag, str) else ""), None
    if there is None:
        body = {"displayName": f"Token Console stops {email}"[:63], "rules": rules}
        return "POST", f"{_policies(project)}?policyId={policy_name(target)}", body
    return "PUT", policy_path(target), {**{name: there[name] for name in _KEPT if name in there}, "rules": rules}


def _rules(target: str, verb: Verb, there: dict[str, Any]) -> list[Any]:
    """The rules that the verb leaves; none: no policy."""
    if verb.wanted == DENIED:
        known = there.get("rules") or []
        if not isinstance(known, list):
            raise SwitchError(f"what the policy {policy_name(target)} says cannot be read, so nothing is added to it")
        return [*known, *rules_of(target)]
    if not verb.wanted.startswith(_BESIDE):
        return []
    try:
        rules = json.loads(verb.wanted.removeprefix(_BESIDE))
    except ValueError:
        rules = None
    if not isinstance(rules, list):
        raise SwitchError(f"what the policy {policy_name(target)} said before is not known: put it back by hand")
    return rules


def _policies(project: str) -> str:
    return f"v2/policies/{quote(f'cloudresourcemanager.googleapis.com/projects/{project}', safe='')}/denypolicies"


def _compact(rules: object) -> str:
    return json.dumps(rules, separators=(",", ":"), ensure_ascii=False)


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return GoogleDeny(settings, tools)


KIND = SwitchKind(kind="google-deny", works_at="vertex", verbs=VERBS, build=_build, check_target=check_target,
                  needs_secret=False, least=least_on_policies)
