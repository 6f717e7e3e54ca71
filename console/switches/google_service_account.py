"""A Google service account: disabled, every call with it is refused, and tokens that it has are too.

It stops all that the account does, not just calls to models. Where it does other work, `google-deny` stops the calls
alone, some minutes later.
"""

from __future__ import annotations

import asyncio

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.google import Iam
from console.switches.shared.google_permissions import least_on_accounts
from console.switches.shared.google_targets import account_path, check_target, parts
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchError, SwitchUnreachable, Verb

_READ_BACK = "the account itself says whether it is disabled"
_PROPAGATION_S = 60.0
"""Google says that it takes effect at once; its changes of access are seen within a minute as a rule."""

VERBS = {
    "disable": Verb("disable", "disabled", ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                    read_back=_READ_BACK, goes_on="calls that are under way, and batch jobs that were begun"),
    "enable": Verb("enable", "enabled", ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                   read_back=_READ_BACK),
}


class GoogleServiceAccount:
    """The service accounts of every project that the kill credential reaches."""

    kind = "google-service-account"

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        self.verbs = dict(VERBS)
        self._iam = Iam(settings, tools)
        self._own: set[str] = set()

    async def read(self, target: str) -> str:
        """disabled or enabled. Raises SwitchError."""
        _, email = parts(target)
        own, account = await asyncio.gather(self._iam.own(), self._iam.get(account_path(target)))
        if email in own:
            self._own.add(target)
        if account is None:
            raise SwitchError(f"there is no service account {email}; correct the MBOM")
        if account.get("email") != email or account.get("disabled") not in (True, False, None):
            raise SwitchUnreachable("Google answered with another account than the one asked for")
        return "disabled" if account.get("disabled") else "enabled"

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Disable or enable: an absolute state, so the same request twice does no more than one."""
        try:
            return await self._iam.write("POST", _act_path(target, verb), {})
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")

    def is_own(self, target: str) -> bool:
        return target in self._own

    def by_hand(self, target: str, verb: Verb) -> str:
        """The command for whoever is signed in with gcloud."""
        project, email = parts(target)
        return f"gcloud iam service-accounts {verb.name} {email} --project {project}"

    async def close(self) -> None:
        await self._iam.close()


def _act_path(target: str, verb: Verb) -> str:
    return f"{account_path(target)}:{verb.name}"


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return GoogleServiceAccount(settings, tools)


KIND = SwitchKind(kind="google-service-account", works_at="vertex", verbs=VERBS, build=_build,
                  check_target=check_target, needs_secret=False, least=least_on_accounts)
