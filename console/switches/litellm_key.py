"""A virtual key of a LiteLLM gateway, by its hash: blocked, it is refused at the gateway before any model is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.litellm import SOURCE, Blocking, verbs
from console.switches.switch import Switch, SwitchError, SwitchUnreachable

_HASH = re.compile(r"[0-9a-f]{64}")
VERBS = verbs("the key's own row (/key/info) says whether it is blocked", ("deleted", "expired"))


class LitellmKey(Blocking):
    """The keys of one gateway."""

    kind = "litellm-key"
    noun = "key"
    field = "key"

    def check(self, target: str) -> None:
        if wrong := _check_target(target):
            shown = "it" if target.startswith("sk-") else repr(target[:80])
            raise SwitchError(f"{shown} {wrong}; correct it in the MBOM")

    async def _row(self, target: str) -> Mapping[str, Any]:
        said = await self.ask("key/info", [("key", target)])
        if said is None:
            raise SwitchError(f"the gateway has no key with the hash {target}; correct it in the MBOM")
        row = said.get("info")
        if said.get("key") != target or not isinstance(row, dict):
            raise SwitchUnreachable("the gateway answered for another key than the one asked for")
        return row

    async def _is_ours(self, target: str) -> bool:
        return target in await self.own_keys()


def _check_target(target: str) -> str | None:
    if _HASH.fullmatch(target):
        return None
    if target.startswith("sk-"):
        return "is a key itself, which belongs into no file: write its hash, the `token` that /key/list shows"
    return "is no hash of a key: write the 64 hex digits that /key/list shows as `token`"


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return LitellmKey(tools.client, tools.credential, settings, VERBS, tools.own)


KIND = SwitchKind("litellm-key", SOURCE, VERBS, _build, check_target=_check_target, dimension="api_key_id")
