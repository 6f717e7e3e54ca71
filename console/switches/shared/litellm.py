"""A LiteLLM gateway's keys and teams as switches: blocked stops them, and their own row is read back.

Propagation (LiteLLM 1.106): the row says `blocked` at once. A worker of the gateway may go on serving from what it has
in memory for up to a minute, which no read-back can see; `goes_on` says so, and *spend stopped* tells when it is over.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console import kinds
from console.errors import ConsoleError
from console.http import Answer, BoundedClient, HttpFailure, Kind, parse_json
from console.settings import SourceSettings
from console.switches.shared.classify import classify, failed
from console.switches.switch import ActionClass, CallResult, Outcome, SwitchError, SwitchUnreachable, Verb
from console.text import clean

SOURCE = "litellm"
READ_DEADLINE_S = 8.0
WRITE_DEADLINE_S = 15.0
ANSWER_LIMIT = 4 * 1024 * 1024
"""A team's answer lists all of its keys."""
PROPAGATION_S = 10.0
BLOCKED, ACTIVE = "blocked", "active"


def verbs(read_back: str, for_good: tuple[str, ...] = ()) -> dict[str, Verb]:
    """Blocking and unblocking; `read_back` says in words how either is seen, `for_good` which states nothing leaves."""
    goes_on = "calls that are under way, and for up to a minute what workers of the gateway have in memory"
    return {
        "disable": Verb("disable", BLOCKED, ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                        as_good_as=for_good, read_back=read_back, goes_on=goes_on),
        "enable": Verb("enable", ACTIVE, ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                       impossible_from=for_good, read_back=read_back),
    }


def hash_of(secret: str) -> str:
    """What LiteLLM knows a key by."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Blocking:
    """What keys and teams have in common. One gateway, with a key of the role proxy_admin."""

    kind: str
    noun: str
    """key, team: also the first part of the paths."""
    field: str
    """The target's name in requests."""

    def __init__(self, client: BoundedClient, credential: Callable[[], str], settings: SourceSettings,
                 declared: Mapping[str, Verb], own: Callable[[], Iterable[str]]) -> None:
        reference = settings.kill_reference or ""
        self.verbs = dict(declared)
        self._client = client
        self._credential = credential
        self._base_url = (settings.base_url or kinds.source(SOURCE).base_url or "").rstrip("/")
        self._variable = reference.removeprefix("env:") if reference.startswith("env:") else "KILL_KEY"
        self._secrets = own
        self._own: dict[str, bool] = {}

    async def read(self, target: str) -> str:
        """blocked or active, or a state that nothing leaves. Raises SwitchError."""
        self.check(target)
        row = await self._row(target)
        if target not in self._own:
            self._own[target] = await self._is_ours(target)
        if row.get("status") in self.verbs["enable"].impossible_from:
            return str(row["status"])
        blocked = row.get("blocked")
        if blocked not in (True, False, None):
            raise SwitchUnreachable(f"the gateway's answer does not say whether the {self.noun} is blocked")
        return BLOCKED if blocked else ACTIVE

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Block or unblock: an absolute state, so the same request twice does no more than one."""
        try:
            self.check(target)
            secret = await asyncio.to_thread(self._credential)
            answer = await self._client.request(
                "POST", f"{self._base_url}/{self._path(verb)}", _headers(secret), json={self.field: target},
                deadline_s=WRITE_DEADLINE_S, limit=ANSWER_LIMIT)
        except HttpFailure as error:
            return failed(error)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        detail = "" if answer.status < 300 else f"the gateway answered {answer.status}: {_said(answer, secret)}"
        return classify(answer.status, detail, answer.headers.get("retry-after"))

    def is_own(self, target: str) -> bool:
        return self._own.get(target, False)

    def by_hand(self, target: str, verb: Verb) -> str:
        """The request as a person would send it, with the secret left to the shell."""
        return (f"curl -X POST {self._base_url}/{self._path(verb)} -H \"authorization: Bearer ${self._variable}\" "
                f"-H 'content-type: application/json' -d '{json.dumps({self.field: target})}'")

    async def close(self) -> None:
        await self._client.close()

    @abstractmethod
    def check(self, target: str) -> None:
        """Raises SwitchError for what cannot be a target."""

    @abstractmethod
    async def _row(self, target: str) -> Mapping[str, Any]:
        """The target's own row. Raises SwitchError."""

    @abstractmethod
    async def _is_ours(self, target: str) -> bool:
        """Whether blocking it would lock this console out. Raises SwitchError."""

    async def own_keys(self) -> set[str]:
        """The hashes of all secrets that this console works with; of other providers' too, which no key here has."""
        def hashes() -> set[str]:
            return {hash_of(secret) for secret in (self._credential(), *self._secrets())}

        try:
            return await asyncio.to_thread(hashes)
        except ConsoleError as error:
            raise SwitchError(str(error)) from error

    async def ask(self, path: str, params: list[tuple[str, str]]) -> Mapping[str, Any] | None:
        """What the gateway says of one object; None where it has none such. Raises SwitchError."""
        try:
            secret = await asyncio.to_thread(self._credential)
            answer = await self._client.request("GET", f"{self._base_url}/{path}", _headers(secret), params,
                                                deadline_s=READ_DEADLINE_S, limit=ANSWER_LIMIT)
            document = parse_json(answer.body) if answer.status == 200 else None
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        if answer.status == 404:
            return None
        if answer.status != 200:
            reason = f"the gateway answered {answer.status}: {_said(answer, secret)}"
            raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(reason)
        if not isinstance(document, dict):
            raise SwitchUnreachable(f"the gateway's answer is no {self.noun}")
        return document

    def _path(self, verb: Verb) -> str:
        return f"{self.noun}/{'block' if verb.wanted == BLOCKED else 'unblock'}"


def _headers(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}", "litellm-changed-by": "token-console"}


def _said(answer: Answer, secret: str) -> str:
    """The gateway's own reason, from either of its envelopes, bounded, and never with our secret in it."""
    try:
        document = parse_json(answer.body)
    except HttpFailure:
        return "no readable reason"
    error = document.get("error", document.get("detail")) if isinstance(document, dict) else None
    if isinstance(error, dict):
        error = error.get("message", error.get("error"))
    return clean(error.replace(secret, "(secret)"), 300) if isinstance(error, str) else "no readable reason"
