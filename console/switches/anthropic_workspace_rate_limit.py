"""Anthropic's workspaces: a model's calls slowed to one a minute, and the limit of before put back exactly.

A throttle and not a stop: it takes hold within about an hour. The default workspace cannot have one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
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

LIMITER = "requests_per_minute"
INHERITED, SLOWEST, STOPPED = "no limit of its own", "1 request a minute", "0 requests a minute"
"""That 0 blocks everything is plausible and documented nowhere: it is read, and never sent."""
_RATE = re.compile(r"([0-9]{1,15}) requests? a minute")
_TARGET = re.compile(r"(wrkspc_[A-Za-z0-9_-]{1,120})/([A-Za-z0-9][A-Za-z0-9._-]{0,127})")
_READ_BACK = "the workspace's rate limit of the model says its requests a minute"
_SEEN_S = 20.0

VERBS = {
    "disable": Verb("disable", SLOWEST, ActionClass.LIMIT, reversible=True, propagation_s=_SEEN_S,
                    as_good_as=(STOPPED,), read_back=_READ_BACK,
                    goes_on="calls at the old rate for up to about an hour, one a minute then, and batches"),
    "enable": Verb("enable", INHERITED, ActionClass.LIMIT, reversible=True, propagation_s=_SEEN_S,
                   read_back=_READ_BACK, restores=True),
}


class WorkspaceRateLimit:
    """The rate limits of one organisation's workspaces. A target is WORKSPACE/MODEL: models that share a limit with it
    slow down too."""

    kind = "anthropic-workspace-rate-limit"

    def __init__(self, client: BoundedClient, credential: Callable[[], str], base_url: str | None = None) -> None:
        self.verbs = dict(VERBS)
        self._client = client
        self._credential = credential
        self._base_url = (base_url or BASE_URL).rstrip("/")

    async def read(self, target: str) -> str:
        """The workspace's own requests a minute, or that it has none. Raises SwitchError."""
        limit = self._limit(await self._entry(target))
        if (limit.get("source") or {}).get("type") != "workspace":
            return INHERITED
        value = limit.get("value")
        if type(value) is not int or value < 0:
            raise SwitchUnreachable("Anthropic's answer is not a rate limit")
        return f"{value} request{'' if value == 1 else 's'} a minute"

    async def moved_with(self, target: str) -> frozenset[str]:
        """The models of the workspace that share this limit. Raises SwitchError."""
        workspace = target.partition("/")[0]
        return frozenset(f"{workspace}/{model}" for model in (await self._entry(target)).get("models") or ())

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Set the requests a minute that the verb wants, or let the workspace inherit them again."""
        found = _RATE.fullmatch(verb.wanted)
        if verb.wanted != INHERITED and (found is None or int(found[1]) == 0):
            return CallResult(Outcome.REFUSED, f"nothing was sent: {verb.wanted[:80]!r} is no rate that can be set")
        body = {"limits": [{"type": LIMITER, "value": int(found[1]) if found else None}]}
        try:
            identifier = (await self._entry(target)).get("rate_limit_id")
            secret = await asyncio.to_thread(self._credential)
            headers = self._headers(secret) | {"Idempotency-Key": idempotency_key}
            answer = await self._client.request("POST", f"{self._url(target)}/{quote(str(identifier), safe='')}",
                                                headers, json=body, deadline_s=WRITE_DEADLINE_S, limit=ANSWER_LIMIT)
        except HttpFailure as error:
            return failed(error)
        except (ConsoleError, SwitchError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        detail = "" if answer.status < 300 else f"Anthropic answered {answer.status}: {said(answer.body, secret)}"
        return classify(answer.status, detail, answer.headers.get("retry-after"))

    def is_own(self, target: str) -> bool:
        return False  # an admin key belongs to no workspace

    def by_hand(self, target: str, verb: Verb) -> str:
        workspace, _, model = target.partition("/")
        return f"in the Console, under the limits of the workspace {workspace}, set {model} to: {verb.wanted}"

    async def close(self) -> None:
        await self._client.close()

    async def _entry(self, target: str) -> dict[str, Any]:
        """The rate limit of the target's model in its workspace, inherited or its own. Raises SwitchError."""
        url, model = self._url(target), target.partition("/")[2]
        try:
            secret = await asyncio.to_thread(self._credential)
            answer = await self._client.request("GET", url, self._headers(secret), [("include_inherited", "true")],
                                                deadline_s=READ_DEADLINE_S, limit=ANSWER_LIMIT)
            if answer.status != 200:
                reason = f"Anthropic answered {answer.status}: {said(answer.body, secret)}"
                raise (SwitchUnreachable if answer.status >= 500 or answer.status == 429 else SwitchError)(reason)
            document = parse_json(answer.body)
        except HttpFailure as error:
            raise (SwitchError if error.kind is Kind.REFUSED else SwitchUnreachable)(str(error)) from error
        except ConsoleError as error:
            raise SwitchError(str(error)) from error
        entries = document.get("data") if isinstance(document, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and model in (entry.get("models") or ()):
                return entry
        raise SwitchError(f"Anthropic has no rate limit for {model} in this workspace; correct the target in the MBOM")

    @staticmethod
    def _limit(entry: dict[str, Any]) -> dict[str, Any]:
        for limit in entry.get("limits") or ():
            if isinstance(limit, dict) and limit.get("type") == LIMITER:
                return limit
        raise SwitchError("this rate limit says nothing of requests a minute; use another switch")

    def _url(self, target: str) -> str:
        found = _TARGET.fullmatch(target)
        if found is None:
            raise SwitchError(f"{target[:80]!r} is not WORKSPACE/MODEL (wrkspc_.../claude-...); correct it in the MBOM")
        return f"{self._base_url}/v1/organizations/workspaces/{quote(found[1], safe='')}/rate_limits"

    def _headers(self, secret: str) -> dict[str, str]:
        return {"x-api-key": secret, "anthropic-version": API_VERSION}


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return WorkspaceRateLimit(tools.client, tools.credential, settings.base_url)


def _check_target(target: str) -> str | None:
    return None if _TARGET.fullmatch(target) else "is not a model of a workspace: write wrkspc_.../claude-sonnet-4-6"


KIND = SwitchKind("anthropic-workspace-rate-limit", "anthropic", VERBS, _build, check_target=_check_target)
