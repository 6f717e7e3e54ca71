"""A LiteLLM gateway that tells of each call: its `generic_api` callback, as a kind of source (`docs/sources.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from console.kinds import SourceKind, SourceTools
from console.listening import Place, place
from console.providers.source import Cache, Capabilities, PushSource
from console.settings import SourceSettings
from console.settings_reading import Table

LISTEN = "127.0.0.1:4319"
CAPABILITIES = Capabilities(
    bucket_widths=(60,),
    documented_lag_s=15,
    cache=Cache.BY_LIFETIME,
    reports_requests=True,
    dimensions=(
        "api_key_alias", "api_key_id", "end_user", "inference_geo", "model_group", "service_tier", "speed", "team",
        "team_id", "user",
    ),
    push=True,
    covers=("*",),
    route=("provider", "team_id"),
)


class Options(TypedDict):
    """The keys that only this kind has, as they were read."""

    listen: Place
    largest_mib: int


def _options(table: Table) -> Mapping[str, object]:
    try:
        at = place(table.text("listen", LISTEN))
    except ValueError as error:
        table.refuse("listen", str(error))
    if not at.is_loopback and not table.has("secret"):
        table.refuse("listen", f"{at} can be reached from elsewhere: write a secret, which the gateway must bear, or "
                               f"listen at {LISTEN}")
    return {"listen": at, "largest_mib": table.whole("largest_mib", 32, 1, 64)}


def _build(settings: SourceSettings, tools: SourceTools) -> PushSource:
    from console.providers.litellm_callback.source import LitellmCallback

    options = cast(Options, settings.options)
    return LitellmCallback(settings.name, CAPABILITIES, options["listen"], tools.base, tools.clock,
                           key=tools.key if settings.secret else None, largest=options["largest_mib"] * 2**20)


KIND = SourceKind("litellm-callback", CAPABILITIES, _build, _options, needs_secret=False)
