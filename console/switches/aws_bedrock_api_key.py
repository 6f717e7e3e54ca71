"""A long-term Bedrock API key (a service-specific credential of an IAM user): `inactive` stops it, `active` undoes it.

It stops that key and nothing else: not the user's signed requests, nor short-term keys, which are made on the client
and listed nowhere. Where those may be in use, `aws-deny` on the user stops all of them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from console.aws import policies
from console.aws.arns import partition_of_region
from console.aws.options import texts, with_kill_roles
from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchError, SwitchUnreachable, Verb

SERVICE = "bedrock.amazonaws.com"
_TARGET = re.compile(r"(\d{12})/([\w+=,.@-]{1,64})/(\w{20,128})")
_READ_BACK = "IAM lists the user's keys with their status"
_PROPAGATION_S = 30.0
_MOST_PAGES = 10

VERBS = {
    "disable": Verb("disable", "inactive", ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                    as_good_as=("expired",), read_back=_READ_BACK,
                    goes_on="streams that had begun, and whatever the user calls without this key"),
    "enable": Verb("enable", "active", ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                   impossible_from=("expired",), read_back=_READ_BACK),
}


class AwsBedrockApiKey:
    """The Bedrock API keys of every account that the kill credential reaches."""

    kind = "aws-bedrock-api-key"

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        from console.switches.shared.aws import KillAccount

        self.verbs = dict(VERBS)
        self._account = KillAccount(settings, tools)

    async def read(self, target: str) -> str:
        """The key's status: active, inactive, expired. Raises SwitchError."""
        account, user, identifier = _parts(target)
        async for key in self._keys(account, user):
            if key.get("ServiceSpecificCredentialId") == identifier:
                status = key.get("Status")
                if not isinstance(status, str) or not status:
                    raise SwitchUnreachable(f"IAM told no status of {identifier}")
                return status.lower()[:64]
        raise SwitchError(f"the user {user} of account {account} has no Bedrock API key {identifier}; correct the MBOM")

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Set the key's status. IAM knows no idempotency key; the status is an absolute state."""
        try:
            account, user, identifier = _parts(target)
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        return await self._account.write("UpdateServiceSpecificCredential", account, {
            "UserName": user, "ServiceSpecificCredentialId": identifier, "Status": verb.wanted.capitalize()})

    def is_own(self, target: str) -> bool:
        return False  # the console signs its requests; a Bedrock API key opens nothing that it uses

    def by_hand(self, target: str, verb: Verb) -> str:
        """The command for a shell that works in the target's account."""
        account, user, identifier = _parts(target)
        command = ["aws", "iam", "update-service-specific-credential", "--user-name", user,
                   "--service-specific-credential-id", identifier, "--status", verb.wanted.capitalize()]
        return f"{shlex.join(command)}  # in account {account}"

    async def close(self) -> None:
        await self._account.close()

    async def _keys(self, account: str, user: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every Bedrock API key of a user. There are two at most, and a page may hold fewer all the same."""
        asked: dict[str, Any] = {"UserName": user, "ServiceName": SERVICE}
        for _ in range(_MOST_PAGES):
            said = await self._account.read("ListServiceSpecificCredentials", account, asked)
            if said is None:
                raise SwitchError(f"there is no user {user} in account {account}; correct the MBOM")
            for key in said.get("ServiceSpecificCredentials") or ():
                yield key
            if not said.get("IsTruncated") or not said.get("Marker"):
                return
            asked = {**asked, "Marker": said["Marker"]}
        raise SwitchUnreachable(f"the list of {user}'s keys did not end after {_MOST_PAGES} pages")


def check_target(target: str) -> str | None:
    """What is wrong with a target in the MBOM."""
    if _TARGET.fullmatch(target):
        return None
    return "is not a Bedrock API key: write ACCOUNT/USER/CREDENTIAL, such as 111122223333/claims/ACCAEXAMPLE123EXAMPLE"


def least(settings: SourceSettings, targets: Sequence[str]) -> str:
    """The policy of whoever switches these keys. A user on a path has it before its name."""
    partition = partition_of_region(next(iter(texts(settings, "regions")), ""))
    found = [_parts(target) for target in sorted(targets)]
    users = dict.fromkeys(f"arn:{partition}:iam::{account}:user/{user}" for account, user, _ in found)
    actions = ("iam:ListServiceSpecificCredentials", "iam:UpdateServiceSpecificCredential")
    return with_kill_roles(settings, policies.policy(policies.statement(actions, users)),
                           {account for account, *_ in found})


def _parts(target: str) -> tuple[str, str, str]:
    found = _TARGET.fullmatch(target)
    if found is None:
        raise SwitchError(f"{target[:80]!r} {check_target(target)}")
    return found[1], found[2], found[3]


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return AwsBedrockApiKey(settings, tools)


KIND = SwitchKind(kind="aws-bedrock-api-key", works_at="bedrock", verbs=VERBS, build=_build,
                  check_target=check_target, least=least)
