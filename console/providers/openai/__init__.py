"""OpenAI as a kind of source. What is declared here is light; the rest is imported by `build`."""

from __future__ import annotations

from console.kinds import SourceKind, SourceTools
from console.providers.source import Cache, Capabilities, Source
from console.settings import SourceSettings

BASE_URL = "https://api.openai.com/v1"
DAY_S = 86_400
BUCKETS_PER_PAGE = {60: 1440, 3600: 168, DAY_S: 31}
GROUPING = ("api_key_id", "batch", "model", "project_id", "service_tier", "user_id")
"""What completions are grouped by; embeddings know neither batches nor tiers."""
DIMENSIONS = (*GROUPING[:3], "modality", *GROUPING[3:])
"""`modality` is ours: `audio` where some of a row's tokens are sound, whose price no row of text tells."""


def _build(settings: SourceSettings, tools: SourceTools) -> Source:
    from console.providers.openai.source import OpenAiSource

    return OpenAiSource(settings.name, settings.base_url, tools.key, clock=tools.clock)


KIND = SourceKind(
    kind="openai",
    capabilities=Capabilities(
        bucket_widths=tuple(BUCKETS_PER_PAGE),
        buckets_per_request=BUCKETS_PER_PAGE,
        documented_lag_s=300,  # nothing is promised; minutes are what is seen
        cache=Cache.BY_LIFETIME,
        reports_requests=True,
        reports_cost=True,
        dimensions=DIMENSIONS,
        covers=("openai",),
        route=("project_id", "service_tier", "batch"),
    ),
    build=_build,
    base_url=BASE_URL,
)
