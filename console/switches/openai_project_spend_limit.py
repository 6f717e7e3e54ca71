"""OpenAI's projects: a spend limit of one cent stops a project, and what was there before is put back exactly.

Its keys have no state to turn off, and a deleted one never comes back: that is left to two persons, by hand.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.openai_admin import GOES_ON, PROPAGATION_S, OpenAiAdmin, check_project
from console.switches.switch import ActionClass, CallResult, Outcome, Switch, SwitchUnreachable, Verb

LEAST_CENTS = 1
NO_LIMIT, ENFORCED, NOT_YET = "no spend limit", "stopped by a limit of 0.01 USD", "limit of 0.01 USD, not enforced yet"
ARCHIVED = "archived"
_LIMIT = re.compile(r"limit of ([0-9]{1,12}\.[0-9]{2}) USD a month")
_MOST_CENTS = 10**14
_READ_BACK = "the project's spend limit says its amount, and whether it is enforced"

VERBS = {
    "disable": Verb("disable", ENFORCED, ActionClass.LIMIT, reversible=True, propagation_s=PROPAGATION_S,
                    as_good_as=(ARCHIVED,), read_back=_READ_BACK, goes_on=GOES_ON),
    "enable": Verb("enable", NO_LIMIT, ActionClass.LIMIT, reversible=True, propagation_s=PROPAGATION_S,
                   impossible_from=(ARCHIVED,), read_back=_READ_BACK, restores=True),
}


class ProjectSpendLimit:
    """The spend limits of one organisation's projects. A target's state says the limit, to the cent."""

    kind = "openai-project-spend-limit"

    def __init__(self, admin: OpenAiAdmin) -> None:
        self.verbs = dict(VERBS)
        self._admin = admin

    async def read(self, target: str) -> str:
        """The limit, or that there is none, or that the project is archived. Raises SwitchError."""
        if await self._admin.status(target) == ARCHIVED:
            return ARCHIVED
        limit = await self._admin.read(target, "spend_limit")
        return NO_LIMIT if limit is None else _shown(limit)

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Set the limit that the verb wants, or take it away."""
        if verb.wanted == NO_LIMIT:
            return await self._admin.write("DELETE", target, "spend_limit", None, idempotency_key)
        cents = _cents(verb.wanted)
        if cents is None:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {verb.wanted[:80]!r} is no limit that can be set")
        return await self._admin.write("POST", target, "spend_limit", _body(cents), idempotency_key)

    def is_own(self, target: str) -> bool:
        return False  # an admin key belongs to no project

    def by_hand(self, target: str, verb: Verb) -> str:
        if verb.wanted == NO_LIMIT:
            return self._admin.curl("DELETE", target, "spend_limit")
        cents = _cents(verb.wanted) or LEAST_CENTS
        body = f'{{"threshold_amount":{cents},"currency":"USD","interval":"month"}}'
        command = self._admin.curl("POST", target, "spend_limit", body)
        if verb.name != "disable":
            return command
        return (f"{command} ; if it goes on spending: two persons together delete the project's API keys in the "
                "dashboard, which nothing undoes")

    async def close(self) -> None:
        await self._admin.close()


def _body(cents: int) -> dict[str, object]:
    return {"threshold_amount": cents, "currency": "USD", "interval": "month"}


def _cents(wanted: str) -> int | None:
    """The limit that a state stands for; None where it stands for none that could be set."""
    if wanted in (ENFORCED, NOT_YET):
        return LEAST_CENTS
    found = _LIMIT.fullmatch(wanted)
    return int(Decimal(found[1]) * 100) if found else None


def _shown(limit: dict[str, Any]) -> str:
    """The limit in words that `_cents` reads back; of any but the least it is the amount alone that counts."""
    cents, currency, interval = limit.get("threshold_amount"), limit.get("currency"), limit.get("interval")
    if type(cents) is not int or not LEAST_CENTS <= cents < _MOST_CENTS or (currency, interval) != ("USD", "month"):
        raise SwitchUnreachable("OpenAI's answer is not a spend limit in US dollars a month")
    if cents == LEAST_CENTS:
        enforcement = limit.get("enforcement")
        return ENFORCED if isinstance(enforcement, dict) and enforcement.get("status") == "enforcing" else NOT_YET
    return f"limit of {cents // 100}.{cents % 100:02d} USD a month"


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return ProjectSpendLimit(OpenAiAdmin.of(settings, tools))


KIND = SwitchKind("openai-project-spend-limit", "openai", VERBS, _build, check_target=check_project,
                  dimension="project_id")
