"""Google Vertex AI as a kind of source. What is declared here is light; the rest is imported by `build`."""

from __future__ import annotations

from dataclasses import replace

from console.gcp import options
from console.kinds import SourceKind, SourceTools
from console.providers.source import Cache, Capabilities, Source
from console.settings import SourceSettings

BASE_URL = "https://monitoring.googleapis.com"
BUCKETS_PER_REQUEST = {60: 1440, 3600: 168}
DIMENSIONS = ("cached", "location", "model", "project", "publisher", "request_type", "unclassified")
"""`cached` is ours: `not told`, since no row says how much of its input was read from a cache. So is
`unclassified`: a type of tokens that is neither input nor output."""

READS = ("monitoring.timeSeries.list", "monitoring.metricDescriptors.get")


def _build(settings: SourceSettings, tools: SourceTools) -> Source:
    from console.gcp.credential import READING, Credential
    from console.providers.vertex.source import VertexSource

    credential = Credential(tools.key if settings.secret else None, READING, tools.clock.now)
    return VertexSource(settings.name, settings.base_url, credential, options.projects_of(settings), clock=tools.clock,
                        reads=settings.options.get("reads") is not False)


def _as_killer(settings: SourceSettings) -> SourceSettings:
    """Whoever switches need not be able to read metrics."""
    return replace(settings, secret=settings.kill_reference, options={**settings.options, "reads": False})


def _charge(_: SourceSettings) -> str:
    return "Google charges for reading metrics above a monthly allotment that is free; each poll reads two a project"


def _least(settings: SourceSettings) -> str:
    where = ", ".join(options.projects_of(settings))
    return f"{' and '.join(READS)} in {where}, which roles/monitoring.viewer has"


KIND = SourceKind(
    kind="vertex",
    capabilities=Capabilities(
        bucket_widths=tuple(BUCKETS_PER_REQUEST),
        buckets_per_request=BUCKETS_PER_REQUEST,
        documented_lag_s=240,  # Google names no bound; operators see one to three minutes
        cache=Cache.NOT_TOLD,
        reports_requests=True,
        reports_cost=False,
        dimensions=DIMENSIONS,
        covers=("vertex",),
        key="project",
        route=("request_type",),
        looks_back_days=35,
    ),
    build=_build,
    options=options.options,
    base_url=BASE_URL,
    needs_secret=False,
    charge=_charge,
    least=_least,
    as_killer=_as_killer,
)
