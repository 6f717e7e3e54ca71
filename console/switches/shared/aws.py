"""The kill credential of a Bedrock source in the account that a target lies in, and which identities are its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from console.aws import options
from console.aws.account import KEEP_S, Account, Credential
from console.aws.arns import account_of, partition_of, role_or_user
from console.aws.credentials import looks_like_keys
from console.aws.errors import AwsError, Place, Refusal
from console.errors import ConsoleError
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.settings import SourceSettings
from console.switches.switch import CallResult, Outcome, SwitchError, SwitchUnreachable

READ_DEADLINE_S = 8.0
WRITE_DEADLINE_S = 15.0
OTHERS_DEADLINE_S = 3.0
"""So long a kill waits to know who the console's other credentials are."""
PROPAGATION_S = 30.0
"""IAM is consistent within seconds as a rule; AWS publishes no bound."""

_NO_ANSWER = frozenset({Refusal.UNAVAILABLE, Refusal.THROTTLED, Refusal.MALFORMED, Refusal.TOO_LARGE})
_ASSUMED = re.compile(r"arn:aws[a-z-]*:sts::(\d{12}):assumed-role/([^/]+)/.*")

Who = tuple[str, str, str]
"""(account, role or user, name)."""


class KillAccount:
    """What IAM is asked, as whoever may switch there. A dry run reads and writes nothing."""

    def __init__(self, settings: SourceSettings, tools: SwitchTools) -> None:
        self._settings = settings
        self._tools = tools
        # IAM's reads are POSTs too, so a dry run cannot tell them apart on the wire: it is told here.
        client = BoundedClient() if tools.rehearsal else tools.client
        credential = options.credential(settings, tools.credential, settings.kill_reference)
        self._aws = Account(credential, settings.base_url, client, role_s=KEEP_S)  # as short as a kill secret is kept
        self._roles = {account_of(role): role for role in options.texts(settings, "kill_roles")}
        self._region = options.texts(settings, "regions")[0]
        self._mine: str | None = None
        self._asking = asyncio.Lock()
        self._own: frozenset[Who] | None = None

    async def read(self, operation: str, account: str, arguments: Mapping[str, Any], *,
                   target: str | None = None) -> Mapping[str, Any] | None:
        """What an IAM operation says; None where what it asks for is not there. Raises SwitchError.

        target: the ARN that it is about, which a missing permission is granted for.
        """
        try:
            place = await self._place(account, target)
            return (await self._aws.call("iam", operation, place, arguments, deadline_s=READ_DEADLINE_S)).said
        except AwsError as error:
            if error.refusal is Refusal.MISSING:
                return None
            raise (SwitchUnreachable if error.refusal in _NO_ANSWER else SwitchError)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error

    async def write(self, operation: str, account: str, arguments: Mapping[str, Any], *,
                    target: str | None = None) -> CallResult:
        """Ask IAM once. Never raises for an answer: it classifies it."""
        if self._tools.rehearsal:
            return CallResult(Outcome.REFUSED, f"dry run, not sent: iam {operation} {dict(arguments)}")
        try:
            place = await self._place(account, target)
            await self._aws.call("iam", operation, place, arguments, deadline_s=WRITE_DEADLINE_S)
        except AwsError as error:
            outcome = Outcome.UNKNOWN if error.refusal in _NO_ANSWER else Outcome.REFUSED
            return CallResult(outcome, str(error), error.retry_after_s)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        return CallResult(Outcome.ACCEPTED)

    async def own(self) -> frozenset[Who]:
        """Every identity that this source's console is: to deny one of them would lock it out. Raises SwitchError."""
        if self._own is None:
            roles = (*options.texts(self._settings, "roles"), *self._roles.values())
            named = {found for role in roles if (found := who(role)) is not None}
            try:
                mine = who(await self._identity())
            except AwsError as error:
                raise (SwitchUnreachable if error.refusal in _NO_ANSWER else SwitchError)(str(error)) from error
            except ConsoleError as error:
                raise SwitchError(str(error)) from error
            self._own = frozenset(named | {each for each in (mine, *await self._others()) if each is not None})
        return self._own

    async def close(self) -> None:
        await self._aws.close()

    async def _place(self, account: str, target: str | None) -> Place:
        role = self._roles.get(account)
        if role is None:
            mine = await self._identity()
            if account_of(mine) != account:
                there = f"arn:{partition_of(mine)}:iam::{account}:role/token-console-kill"
                raise SwitchError(
                    f"{self._settings.name}: the credential that switches is of account {account_of(mine)}, and the "
                    f'target lies in {account}: name a role there, kill_roles = ["{there}"]')
        return replace(self._aws.place(self._region, role), target=target)

    async def _identity(self) -> str:
        """Who the credential that switches is by itself."""
        async with self._asking:
            if self._mine is None:
                self._mine = await self._aws.identity(self._aws.place(self._region))
            return self._mine

    async def _others(self) -> list[Who | None]:
        """Who the other credentials are that the console works with, where they can be asked for it soon."""
        return await asyncio.gather(*map(self._who, self._credentials()))

    async def _who(self, credential: Credential) -> Who | None:
        other = Account(credential, self._settings.base_url)
        try:
            place = other.place(self._region)
            said = (await other.call("sts", "GetCallerIdentity", place, deadline_s=OTHERS_DEADLINE_S)).said
            return who(str(said.get("Arn", "")))
        except ConsoleError:
            return None  # what cannot be had now is not what a target is compared with
        finally:
            await other.close()

    def _credentials(self) -> Iterator[Credential]:
        if self._settings.secret is None and self._settings.kill_secret is not None:
            yield options.credential(self._settings, self._tools.credential, None)
        address = self._settings.base_url
        if address is None or address.startswith("http://"):  # AWS itself, or this machine: to no third party
            for secret in self._tools.own():
                if looks_like_keys(secret):
                    yield Credential(key=lambda secret=secret: secret)  # type: ignore[misc]


def who(arn: str) -> Who | None:
    """The role or user that an ARN means: its own, or that of a session."""
    if (session := _ASSUMED.fullmatch(arn)) is not None:
        return session[1], "role", session[2]
    found = role_or_user(arn)
    return (found[2], found[3], found[5]) if found is not None else None
