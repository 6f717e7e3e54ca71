"""Anthropic as a kind of source. What is declared here is light; the rest is imported by `build`."""

from __future__ import annotations

from collections.abc import Mapping

from console.kinds import SourceKind, SourceTools
from console.providers.source import Cache, Capabilities, Source
from console.settings import SourceSettings
from console.settings_reading import Table

BASE_URL = "https://api.anthropic.com"
DAY_S = 86_400
BUCKETS_PER_PAGE = {60: 1440, 3600: 168, DAY_S: 31}
USAGE_DIMENSIONS = (
    "account_id",
    "api_key_id",
    "context_window",
    "inference_geo",
    "model",
    "service_account_id",
    "service_tier",
    "speed",
    "workspace_id",
)


def _options(table: Table) -> Mapping[str, object]:
    return {"analytics": table.flag("analytics", False),
            "count_secret": table.optional("count_secret", table.reference)}


def _build(settings: SourceSettings, tools: SourceTools) -> Source:
    from console.providers.anthropic.source import AnthropicSource

    return AnthropicSource(settings.name, settings.base_url, tools.key, clock=tools.clock,
                           analytics=bool(settings.options.get("analytics")))


KIND = SourceKind(
    kind="anthropic",
    capabilities=Capabilities(
        bucket_widths=tuple(BUCKETS_PER_PAGE),
        buckets_per_request=BUCKETS_PER_PAGE,
        documented_lag_s=300,
        reports_requests=False,
        reports_cost=True,
        cache=Cache.BY_LIFETIME,
        dimensions=USAGE_DIMENSIONS,
        covers=("anthropic",),
    ),
    build=_build,
    options=_options,
    base_url=BASE_URL,
)
