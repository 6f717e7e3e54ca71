"""One file a mechanism: turns a thing off, on, and reads its state back.

`build` is the registry. It imports a mechanism only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from console.config import SourceSettings, SwitchSettings
from console.errors import BadConfiguration

if TYPE_CHECKING:
    from console.http import BoundedClient
    from console.switches.switch import Switch

KINDS = ("anthropic-api-key", "webhook")


def build(
    kind: str,
    settings: SourceSettings | SwitchSettings,
    *,
    client: BoundedClient,
    credential: Callable[[], str],
    own: Callable[[], Iterable[str]],
    now: Callable[[], datetime],
) -> Switch:
    """The switch of this kind at this source or `[[switches]]` table. Raises BadConfiguration for one that is not.

    client: its own, so that polling never waits for a kill nor a kill for polling.
    credential: gives the secret that may switch, when it is needed.
    own: gives the secrets that the console works with, so that none of them is switched off.
    """
    if kind == "anthropic-api-key" and isinstance(settings, SourceSettings):
        from console.switches.anthropic_api_key import AnthropicApiKey

        reference = settings.kill_reference
        variable = reference.removeprefix("env:") if reference.startswith("env:") else "KILL_KEY"
        return AnthropicApiKey(client, credential, settings.base_url, own=own, variable=variable)
    if kind == "webhook" and isinstance(settings, SwitchSettings):
        from console.switches.webhook import Webhook

        return Webhook(client, settings, credential, now)
    raise BadConfiguration(f"There is no switch of kind {kind!r} for {settings.name!r}; known are {', '.join(KINDS)}.")
