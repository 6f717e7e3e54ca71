"""OpenAI's projects: a model of one is slowed to one request a minute, and the old rate is put back exactly."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.openai_admin import MOST_PAGES, PROPAGATION_S, OpenAiAdmin, check_model, split
from console.switches.switch import (
    ActionClass,
    CallResult,
    Outcome,
    Switch,
    SwitchError,
    SwitchUnreachable,
    Verb,
)

FIELD = "max_requests_per_1_minute"
SLOWEST, STOPPED = "1 request a minute", "0 requests a minute"
"""Whether 0 is accepted is documented nowhere; it is read, and never sent."""
_RATE = re.compile(r"([0-9]{1,12}) requests? a minute")
_READ_BACK = "the project's rate limit of the model says its requests a minute"

VERBS = {
    "disable": Verb("disable", SLOWEST, ActionClass.LIMIT, reversible=True, propagation_s=PROPAGATION_S,
                    as_good_as=(STOPPED,), read_back=_READ_BACK,
                    goes_on="one call a minute, those that are running, and batches, which have limits of their own"),
    "enable": Verb("enable", "", ActionClass.LIMIT, reversible=True, propagation_s=PROPAGATION_S,
                   read_back=_READ_BACK, restores=True),
}


class RateLimit:
    """The rate limits of one organisation's projects. A target is PROJECT/MODEL."""

    kind = "openai-rate-limit"

    def __init__(self, admin: OpenAiAdmin) -> None:
        self.verbs = dict(VERBS)
        self._admin = admin
        self._names: dict[str, str] = {}
        """What the provider calls a target's rate limit."""

    async def read(self, target: str) -> str:
        """The requests a minute. Raises SwitchError."""
        entry = await self._entry(*split(target))
        name, most = entry.get("id"), entry.get(FIELD)
        if not isinstance(name, str) or type(most) is not int or most < 0:
            raise SwitchUnreachable("OpenAI's answer is not a rate limit")
        self._names[target] = name
        return f"{most} request{'' if most == 1 else 's'} a minute"

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Set the requests a minute that the verb wants."""
        found = _RATE.fullmatch(verb.wanted)
        if found is None or int(found[1]) == 0:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {verb.wanted[:80]!r} is no rate that can be set")
        try:
            if target not in self._names:
                await self.read(target)
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")
        return await self._admin.write("POST", split(target)[0], f"rate_limits/{quote(self._names[target], safe='')}",
                                       {FIELD: int(found[1])}, idempotency_key)

    def is_own(self, target: str) -> bool:
        return False

    def by_hand(self, target: str, verb: Verb) -> str:
        project, _, model = target.partition("/")
        return f"in the dashboard, under the limits of the project {project}, set {model} to {verb.wanted}"

    async def close(self) -> None:
        await self._admin.close()

    async def _entry(self, project: str, model: str) -> dict[str, Any]:
        after: list[tuple[str, str]] = []
        for _ in range(MOST_PAGES):
            page = await self._admin.read(project, "rate_limits", [("limit", "100"), *after])
            entries = page.get("data") if page else None
            if not isinstance(entries, list):
                raise SwitchError(f"OpenAI has no rate limits for a project {project}; correct the target in the MBOM")
            for entry in entries:
                if isinstance(entry, dict) and entry.get("model") == model:
                    return entry
            last = page.get("last_id") if page and page.get("has_more") else None
            if not isinstance(last, str) or after == [("after", last)]:
                break
            after = [("after", last)]
        raise SwitchError(f"OpenAI has no rate limit for {model} in {project}; correct the target in the MBOM")


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return RateLimit(OpenAiAdmin.of(settings, tools))


KIND = SwitchKind("openai-rate-limit", "openai", VERBS, _build, check_target=check_model)
