"""A team of a LiteLLM gateway: blocked, all of its keys are refused at the gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.litellm import SOURCE, Blocking, verbs
from console.switches.switch import Switch, SwitchError, SwitchUnreachable

_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}")
VERBS = verbs("the team's own row (/team/info) says whether it is blocked")


class LitellmTeam(Blocking):
    """The teams of one gateway."""

    kind = "litellm-team"
    noun = "team"
    field = "team_id"

    def check(self, target: str) -> None:
        if wrong := _check_target(target):
            raise SwitchError(f"{target[:80]!r} {wrong}; correct it in the MBOM")

    async def _row(self, target: str) -> Mapping[str, Any]:
        said = await self.ask("team/info", [("team_id", target), ("key_limit", "1")])
        if said is None:
            raise SwitchError(f"the gateway has no team {target}; correct it in the MBOM")
        row = said.get("team_info")
        if said.get("team_id") != target or not isinstance(row, dict):
            raise SwitchUnreachable("the gateway answered for another team than the one asked for")
        return row

    async def _is_ours(self, target: str) -> bool:
        """Whether a key that this console works with is one of the team's."""
        for key in await self.own_keys():
            said = await self.ask("key/info", [("key", key)])
            info = said.get("info") if said else None
            if isinstance(info, dict) and info.get("team_id") == target:
                return True
        return False


def _check_target(target: str) -> str | None:
    if _TEAM.fullmatch(target):
        return None
    return "is no team's identifier: write the `team_id` that /v2/team/list shows"


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return LitellmTeam(tools.client, tools.credential, settings, VERBS, tools.own)


KIND = SwitchKind("litellm-team", SOURCE, VERBS, _build, check_target=_check_target, dimension="team_id")
