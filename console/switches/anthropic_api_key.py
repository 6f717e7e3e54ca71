"""Anthropic's API keys: `inactive` stops a key, `active` lets it work again, and the key object is read back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from console.errors import ConsoleError
from console.http import BoundedClient, HttpFailure, Kind, parse_json
from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.anthropic_admin import (
    ANSWER_LIMIT,
    API_VERSION,
    BASE_URL,
    READ_DEADLINE_S,
    WRITE_DEADLINE_S,
    message,
    said,
)
from console.switches.shared.classify import classify, failed
from console.switches.switch import (
    ActionClass,
    CallResult,
    Outcome,
    Switch,
    SwitchError,
    SwitchUnreachable,
    Verb,
)

PROPAGATION_S = 20.0
"""Anthropic documents no time for `inactive`; archiving a whole workspace takes "seconds"."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")

_READ_BACK = "the key object says the status"
_GOES_ON = "batches that were queued with the key"

VERBS = {
    "disable": Verb("disable", "inactive", ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                    as_good_as=("archived", "expired"), read_back=_READ_BACK, goes_on=_GOES_ON),
    "enable": Verb("enable", "active", ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                   impossible_from=("archived", "expired"), read_back=_READ_BACK),
}


class AnthropicApiKey:
    """One Anthropic organisation's keys, with the credential that may change them.

    credential: gives the kill secret; it may take a while (a keyring, a command), so it is asked in a thread.
    own: gives the secrets that the console itself works with, beside that one.
    variable: the shell's name for that secret, in the command that a person is shown.
    """

    kind = "anthropic-api-key"

    def __init__(self, client: BoundedClient, credential: Callable[[], str], base_url: str | None = None, *,
                 own: Callable[[], Iterable[str]] = tuple, variable: str = "KILL_KEY") -> None:
        self.verbs = dict(VERBS)
        self._client = client
        self._credential = credential
        self._base_url = (base_url or BASE_URL).rstrip("/")
        self._variable = variable
        self._secrets = own
        self._own: set[str] = set()
        self._compared: set[str] = set()

    async def read(self, target: str) -> str:
        """The key's status: active, inactive, archived, expired. Raises SwitchError."""
        try:
            secret = await asyncio.to_thread(self._credential)
            answer = await self._client.request("GET", self._url(target), self._headers(secret),
                                                deadline_s=READ_DEADLINE_S, limit=ANSWER_LIMIT)
            document = parse_json(answer.body)
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        if answer.status != 200:
            reason = f"Anthropic answered {answer.status}: {message(document, secret)}"
            raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(reason)
        status = self._status(document, target)
        if target not in self._compared and await asyncio.to_thread(self._is_ours, document, secret):
            self._own.add(target)
        self._compared.add(target)
        return status

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Set the key's status to the verb's wanted one."""
        try:
            secret = await asyncio.to_thread(self._credential)
            headers = self._headers(secret) | {"Idempotency-Key": idempotency_key}
            answer = await self._client.request("POST", self._url(target), headers, json={"status": verb.wanted},
                                                deadline_s=WRITE_DEADLINE_S, limit=ANSWER_LIMIT)
        except HttpFailure as error:
            return failed(error)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        detail = "" if answer.status < 300 else f"Anthropic answered {answer.status}: {said(answer.body, secret)}"
        return classify(answer.status, detail, answer.headers.get("retry-after"))

    def is_own(self, target: str) -> bool:
        return target in self._own

    def by_hand(self, target: str, verb: Verb) -> str:
        """The request as a person would send it, with the secret left to the shell."""
        return (f"curl -X POST {self._url(target)} -H 'anthropic-version: {API_VERSION}' "
                f"-H \"x-api-key: ${self._variable}\" -H 'content-type: application/json' "
                f"-d '{{\"status\":\"{verb.wanted}\"}}'")

    async def close(self) -> None:
        await self._client.close()

    def _url(self, target: str) -> str:
        if not _IDENTIFIER.fullmatch(target):
            raise SwitchError(f"{target[:80]!r} is not an API key's identifier (apikey_...); correct it in the MBOM")
        return f"{self._base_url}/v1/organizations/api_keys/{quote(target, safe='')}"

    def _headers(self, secret: str) -> dict[str, str]:
        return {"x-api-key": secret, "anthropic-version": API_VERSION}

    def _is_ours(self, document: dict[str, Any], secret: str) -> bool:
        hint = document.get("partial_key_hint")
        if not isinstance(hint, str) or "..." not in hint:
            return False
        return any(_fits(hint, one) for one in (secret, *self._secrets()))

    def _status(self, document: Any, target: str) -> str:
        if not isinstance(document, dict) or not isinstance(document.get("status"), str):
            raise SwitchUnreachable("Anthropic's answer is not an API key object")
        if document.get("id") != target:
            raise SwitchUnreachable("Anthropic answered with another key than the one asked for")
        return str(document["status"])[:64]


def _fits(hint: str, secret: str) -> bool:
    """Whether a hint such as `sk-ant-api03-AbC...wXyZ` may be of this secret."""
    head, tail = hint.split("...", 1)
    return len(head) + len(tail) >= 8 and secret.startswith(head) and secret.endswith(tail)


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    reference = settings.kill_reference or ""
    variable = reference.removeprefix("env:") if reference.startswith("env:") else "KILL_KEY"
    return AnthropicApiKey(tools.client, tools.credential, settings.base_url, own=tools.own, variable=variable)


def _check_target(target: str) -> str | None:
    if _IDENTIFIER.fullmatch(target):
        return None
    return "is not an API key's identifier: write apikey_... as the provider's console shows it"


KIND = SwitchKind("anthropic-api-key", "anthropic", VERBS, _build, check_target=_check_target,
                  dimension="api_key_id")
