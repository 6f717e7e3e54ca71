"""An explicit deny on an IAM role or user: all of Bedrock, on both of its endpoints, until the deny is taken away.

One inline policy of a fixed name beside what the role has: an explicit Deny wins over every Allow, also for sessions
that were opened before, and to undo it is to delete one policy. Where a policy of that name was there before, it is put
back as it was: the state text carries it.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from console.aws import policies
from console.aws.arns import role_or_user
from console.aws.options import with_kill_roles
from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchError, SwitchUnreachable, Verb

POLICY_NAME = "token-console-deny"
DENY: Mapping[str, Any] = {
    "Version": "2012-10-17",
    # Both endpoints have a prefix of their own, and all that costs tokens is under one of them: calls, streams, agents,
    # flows, batch jobs, and the use of Bedrock API keys (CallWithBearerToken).
    "Statement": [{"Sid": "TokenConsoleDeny", "Effect": "Deny", "Action": ["bedrock:*", "bedrock-mantle:*"],
                   "Resource": "*"}],
}
DENIED, NOT_DENIED = "denied", "not denied"
_BESIDE = f"{NOT_DENIED}; its policy {POLICY_NAME} says "
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([\w+=,.@-]{1,64})/[\w+=,.@-]{1,64}")
_READ_BACK = "IAM is asked for the inline policy"
_PROPAGATION_S = 30.0

VERBS = {
    "disable": Verb("disable", DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                    read_back=_READ_BACK,
                    goes_on="streams that had begun, and batch jobs that run under a role of their own"),
    "enable": Verb("enable", NOT_DENIED, ActionClass.DISABLE, reversible=True, propagation_s=_PROPAGATION_S,
                   read_back=_READ_BACK, restores=True),
}


class AwsDeny:
    """Roles and users of every account that the kill credential reaches."""

    kind = "aws-deny"

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        from console.switches.shared.aws import KillAccount

        self.verbs = dict(VERBS)
        self._account = KillAccount(settings, tools)
        self._own: set[str] = set()

    async def read(self, target: str) -> str:
        """`denied`, `not denied`, or that with the policy of our name that says something else. Raises SwitchError."""
        account, sort, name = _parts(target)
        own, holder, policy = await asyncio.gather(  # at once: a kill waits for it
            self._account.own(), self._account.read(f"Get{sort}", account, {f"{sort}Name": name}, target=target),
            self._account.read(f"Get{sort}Policy", account, _named(sort, name), target=target))
        if (account, sort.lower(), name) in own:
            self._own.add(target)
        if holder is None:
            raise SwitchError(f"there is no {sort.lower()} {name} in account {account}; correct the MBOM")
        arn = (holder.get(sort) or {}).get("Arn")
        if arn is None:
            raise SwitchUnreachable(f"IAM told nothing of {sort.lower()} {name} of account {account}")
        if arn != target:
            raise SwitchError(f"{sort.lower()} {name} of account {account} is {arn}; write that")
        if policy is None:
            return NOT_DENIED
        document = policy.get("PolicyDocument")
        if not isinstance(document, dict):
            raise SwitchUnreachable(f"IAM told no policy that can be read of {sort.lower()} {name}")
        return DENIED if document == DENY else f"{_BESIDE}{_compact(document)}"

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Put the deny there, or what was there before it. IAM knows no idempotency key; each is an absolute state."""
        try:
            account, sort, name = _parts(target)
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        document = _document(verb)
        if document is not None:
            arguments = {**_named(sort, name), "PolicyDocument": document}
            return await self._account.write(f"Put{sort}Policy", account, arguments, target=target)
        return await self._account.write(f"Delete{sort}Policy", account, _named(sort, name), target=target)

    def is_own(self, target: str) -> bool:
        return target in self._own

    def by_hand(self, target: str, verb: Verb) -> str:
        """The command for a shell that works in the target's account."""
        account, sort, name = _parts(target)
        document = _document(verb)
        kind = sort.lower()
        act = "delete" if document is None else "put"
        command = ["aws", "iam", f"{act}-{kind}-policy", f"--{kind}-name", name, "--policy-name", POLICY_NAME]
        command += [] if document is None else ["--policy-document", document]
        return f"{shlex.join(command)}  # in account {account}"

    async def close(self) -> None:
        await self._account.close()


def check_target(target: str) -> str | None:
    """What is wrong with a target in the MBOM."""
    if (session := _SESSION.fullmatch(target)) is not None:
        return f"is a session: name its role, arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    if role_or_user(target) is None:
        return "is not the ARN of a role or user: write arn:aws:iam::ACCOUNT:role/NAME"
    if ":role/aws-service-role/" in target or ":role/aws-reserved/" in target:
        return "is a role that AWS itself keeps and nobody may change: name the role that the workload runs as"
    return None


def least(settings: SourceSettings, targets: Sequence[str]) -> str:
    """The policy of whoever puts the deny on these roles and users, and takes it away."""
    found = [match for target in sorted(targets) if (match := role_or_user(target)) is not None]
    statements = []
    for sort in ("Role", "User"):
        arns = [match[0] for match in found if match[3] == sort.lower()]
        if arns:
            statements.append(policies.statement(
                [f"iam:{act}" for act in (f"Get{sort}", *(f"{act}{sort}Policy" for act in ("Get", "Put", "Delete")))],
                arns))
    return with_kill_roles(settings, policies.policy(*statements), {match[2] for match in found})


def _document(verb: Verb) -> str | None:
    """The policy that the verb leaves; None: none."""
    if verb.wanted == DENIED:
        return _compact(DENY)
    return verb.wanted.removeprefix(_BESIDE) if verb.wanted.startswith(_BESIDE) else None


def _parts(target: str) -> tuple[str, str, str]:
    found = role_or_user(target)
    if found is None:
        raise SwitchError(f"{target[:80]!r} {check_target(target)}")
    return found[2], found[3].capitalize(), found[5]


def _named(sort: str, name: str) -> dict[str, str]:
    return {f"{sort}Name": name, "PolicyName": POLICY_NAME}


def _compact(document: object) -> str:
    """In the order it came in and without escapes: what was there must fit again where it just fitted before."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return AwsDeny(settings, tools)


KIND = SwitchKind(kind="aws-deny", works_at="bedrock", verbs=VERBS, build=_build, check_target=check_target,
                  least=least)
