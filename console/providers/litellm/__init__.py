"""A LiteLLM gateway as a kind of source: every call that it logged, by key, team and model (`docs/sources.md`)."""

from __future__ import annotations

from console.kinds import SourceKind, SourceTools
from console.providers.source import Cache, Capabilities, Source
from console.settings import SourceSettings

MINUTE, HOUR, DAY = 60, 3600, 86_400
DIMENSIONS = (
    "api_key_id",
    "context_window",
    "inference_geo",
    "model",
    "model_group",
    "provider",
    "service_tier",
    "speed",
    "team_id",
)


def _build(settings: SourceSettings, tools: SourceTools) -> Source:
    from console.providers.litellm.source import LitellmSource

    return LitellmSource(settings.name, settings.base_url or BASE_URL, tools.key, clock=tools.clock)


BASE_URL = "http://localhost:4000"
"""Where `litellm --config FILE` listens unless it is told otherwise."""

KIND = SourceKind(
    kind="litellm",
    capabilities=Capabilities(
        bucket_widths=(MINUTE, HOUR, DAY),
        buckets_per_request={MINUTE: DAY // MINUTE, HOUR: 168, DAY: 31},
        documented_lag_s=120,
        restates_s=600,  # a row is written seconds after its call ends, and stands at the minute that the call began
        cache=Cache.BY_LIFETIME,
        reports_requests=True,
        reports_cost=True,
        dimensions=DIMENSIONS,
        covers=("*",),
        route=("provider", "team_id"),
    ),
    build=_build,
    base_url=BASE_URL,
)
