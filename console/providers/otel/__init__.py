"""OpenTelemetry as a kind of source: it is told of each call as it ends. What is heavy is imported by `build`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from console.kinds import SourceKind, SourceTools
from console.listening import Place, place
from console.providers.source import Cache, Capabilities, PushSource
from console.settings import SourceSettings
from console.settings_reading import Table

LISTEN = "127.0.0.1:4318"
CAPABILITIES = Capabilities(
    bucket_widths=(60,),
    documented_lag_s=5,
    cache=Cache.AS_SENT,
    reports_requests=True,
    dimensions=(
        "service", "agent", "user", "service_tier", "speed", "workspace_id", "organization_id", "api_key_id",
        "api_key_alias", "team_id", "team",
    ),
    push=True,
    covers=("*",),
    key="service",
    route=("provider", "organization_id", "workspace_id", "api_key_id"),
)


class Options(TypedDict):
    """The keys that only this kind has, as they were read."""

    listen: Place
    attributes: tuple[str, ...]
    most_per_s: int
    largest_mib: int


def _options(table: Table) -> Mapping[str, object]:
    told = table.text("listen", LISTEN)
    try:
        at = place(told)
    except ValueError as error:
        table.refuse("listen", str(error))
    if not at.is_loopback and not table.has("secret"):
        table.refuse("listen", f"{at} can be reached from elsewhere: write a secret, which senders must bear, or "
                               f"listen at {LISTEN}")
    return {
        "listen": at,
        "attributes": table.texts("attributes"),
        "most_per_s": table.whole("most_per_second", 20_000, 10, 1_000_000),
        "largest_mib": table.whole("largest_mib", 16, 1, 64),
    }


def _build(settings: SourceSettings, tools: SourceTools) -> PushSource:
    from console.providers.otel.source import MEGABYTE, OtelSource

    options = cast(Options, settings.options)
    return OtelSource(
        settings.name, CAPABILITIES, options["listen"], tools.base, tools.clock,
        key=tools.key if settings.secret else None, attributes=options["attributes"],
        most_per_s=options["most_per_s"], largest=options["largest_mib"] * MEGABYTE,
    )


KIND = SourceKind(
    kind="otel", capabilities=CAPABILITIES, build=_build, options=_options, needs_secret=False,
)
