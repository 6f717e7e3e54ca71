"""CloudWatch's ListMetrics and GetMetricData over the world's meter, with its periods, its retention and its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from console.simulator.bedrock.answers import RefusedError
from console.simulator.bedrock.cloud import ACCOUNT, REGION, Cloud, model_arn
from console.simulator.law import HOUR, MINUTE
from console.simulator.prices import Amounts
from console.simulator.profiles import Stream

NAMESPACE = "AWS/Bedrock"
MOST_QUERIES = 500
MOST_POINTS = 100_800
_PAGE = 500
_DAY = 24 * HOUR
_TWO_WEEKS = 14 * _DAY
_RETAINED = ((MINUTE, 15 * _DAY), (300, 63 * _DAY), (HOUR, 455 * _DAY))
"""Points of a period, and for how long they are kept."""

Json = dict[str, Any]


def list_metrics(cloud: Cloud, asked: Json, now: float) -> Json:
    """What had data within two weeks, five hundred a page."""
    names = _names(cloud, now) if asked.get("Namespace") == NAMESPACE else []
    wanted = [(profile, name) for profile, name in names if asked.get("MetricName") in (None, name)]
    start = int(asked.get("NextToken") or 0)
    page: Json = {"Metrics": [
        {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": [{"Name": "ModelId", "Value": profile}]}
        for profile, name in wanted[start:start + _PAGE]]}
    return page | ({"NextToken": str(start + _PAGE)} if start + _PAGE < len(wanted) else {})


def get_metric_data(cloud: Cloud, asked: Json, now: float) -> Json:
    """Sums by period. Minutes without a call are absent. Raises RefusedError."""
    queries = asked.get("MetricDataQueries") or []
    if not 0 < len(queries) <= MOST_QUERIES:
        raise RefusedError("ValidationError", f"MetricDataQueries must have 1 to {MOST_QUERIES} members")
    start, end = int(asked["StartTime"]), int(asked["EndTime"])
    if start >= end:
        raise RefusedError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    most = min(int(asked.get("MaxDatapoints") or MOST_POINTS), MOST_POINTS)
    first, skipped = _cursor(asked.get("NextToken"), len(queries))
    shown = _Shown(cloud, start, end, now)
    results: list[Json] = []
    left = most
    for place in range(first, len(queries)):
        points = _points(shown, queries[place])
        part = points[skipped:skipped + left]
        whole = skipped + len(part) == len(points)
        results.append({"Id": queries[place]["Id"], "Label": "Sum",
                        "StatusCode": "Complete" if whole else "PartialData",
                        "Timestamps": [float(at) for at, _ in part], "Values": [float(count) for _, count in part]})
        left -= len(part)
        if not whole:
            return {"MetricDataResults": results, "NextToken": f"{place}.{skipped + len(part)}"}
        skipped = 0
    return {"MetricDataResults": results}


def list_inference_profiles(cloud: Cloud) -> Json:
    """Bedrock's own list, of the application profiles."""
    return {"inferenceProfileSummaries": [
        {"inferenceProfileId": profile, "inferenceProfileName": stream.profile.slug, "status": "ACTIVE",
         "inferenceProfileArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{profile}",
         "models": [{"modelArn": model_arn(stream.model)}], "type": "APPLICATION"}
        for profile, stream in cloud.streams()]}


def _names(cloud: Cloud, now: float) -> list[tuple[str, str]]:
    found = []
    for profile, stream in cloud.streams():
        stopped = cloud.world.keys[stream.profile.key_id].stopped_at if stream.profile.key_id else None
        if stopped is None or stopped > now - _TWO_WEEKS:
            found += [(profile, name) for name in _metrics_of(stream)]
    return found


def _metrics_of(stream: Stream) -> Iterator[str]:
    yield from ("InputTokenCount", "OutputTokenCount", "Invocations")
    if stream.profile.call.read:
        yield "CacheReadInputTokens"
    yield "CacheWriteInputTokens"


class _Shown:
    """What the meter shows of [start, end), each stream and period once for all of its metrics."""

    def __init__(self, cloud: Cloud, start: int, end: int, now: float) -> None:
        self.start, self.end, self.now = start, end, now
        self._meter, self._streams = cloud.world.meter, dict(cloud.streams())
        self._known: dict[tuple[str, int], list[tuple[int, Amounts]]] = {}

    def periods(self, profile: str, period: int) -> list[tuple[int, Amounts]]:
        """Start of each period, and what was used in it; nothing where the period is finer than what is kept."""
        stream = self._streams.get(profile)
        kept = next((kept for finest, kept in reversed(_RETAINED) if period >= finest), 0)
        if stream is None or self.start < self.now - kept:
            return []
        key = (profile, period)
        if key not in self._known:
            first = -(-self.start // period) * period
            self._known[key] = [(at, self._meter.shown(stream, at, min(at + period, self.end), self.now))
                                for at in range(first, self.end, period) if at < self.now]
        return self._known[key]


def _points(shown: _Shown, query: Json) -> Sequence[tuple[int, int]]:
    """(start of the period, sum) of one query. Raises RefusedError."""
    stat = query.get("MetricStat")
    if stat is None:
        raise RefusedError("ValidationError", "Only MetricStat is simulated.")
    period, metric = int(stat["Period"]), stat["Metric"]
    if period < MINUTE or period % MINUTE:
        raise RefusedError("ValidationError", "Period must be a multiple of 60.")
    if metric["Namespace"] != NAMESPACE:
        return []
    profile = next((each["Value"] for each in metric.get("Dimensions", ()) if each["Name"] == "ModelId"), "")
    every = ((at, _count(metric["MetricName"], used)) for at, used in shown.periods(profile, period))
    return [(at, count) for at, count in every if count]


def _count(metric: str, used: Amounts) -> int:
    """Uncached input is told without the cache; writes of both lifetimes are one metric."""
    uncached, write_5m, write_1h, read, output, _, calls = used
    return {"InputTokenCount": uncached, "OutputTokenCount": output, "CacheReadInputTokens": read,
            "CacheWriteInputTokens": write_5m + write_1h, "Invocations": calls}.get(metric, 0)


def _cursor(token: str | None, queries: int) -> tuple[int, int]:
    """(query, points of it that were given already)."""
    if token is None:
        return 0, 0
    place, _, skipped = str(token).partition(".")
    if not (place.isdigit() and skipped.isdigit() and int(place) < queries):
        raise RefusedError("InvalidNextTokenException", "The next token is not valid.")
    return int(place), int(skipped)
