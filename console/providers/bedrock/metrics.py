"""What Bedrock's metrics mean. Pure: from CloudWatch's words to series, queries and disjoint token classes.

There are two worlds, and neither shows the other's traffic: `AWS/Bedrock` (bedrock-runtime: Converse, InvokeModel), by
ModelId, and `AWS/BedrockMantle` (bedrock-mantle: Responses, Chat Completions, Messages), by Model and Project.

The convention for cached input, which is CloudWatch's own and differs between the two:

- AWS/Bedrock: `InputTokenCount` is without what was read from or written to the cache. The three are disjoint as they
  come. (Documented for the answers of Converse; that the metric follows it is what AWS's samples assume.)
- AWS/BedrockMantle: `TotalInputTokens` is what its name says, the total. Where the cache is told of at all, it is taken
  out of it, never below zero; where it is not, all input counts as uncached, which is too dear and never too cheap.

Cache writes are not split by how long they live: they count as written for five minutes, which is what they are unless
asked otherwise, so those for an hour come out too cheap. The bill (Cost Explorer) has them right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from console.providers.shared.fields import objects, required
from console.providers.source import Dimensions, Tokens

RUNTIME, MANTLE = "AWS/Bedrock", "AWS/BedrockMantle"
NAMESPACES = (RUNTIME, MANTLE)
QUERIES_A_CALL = 500
_LONGEST_VALUE = 1024


class Measure(IntEnum):
    """What one metric counts; the place of its number among a bucket's."""

    INPUT = 0
    OUTPUT = 1
    CACHE_READ = 2
    CACHE_WRITE = 3
    CALLS = 4


MEASURES: Mapping[str, Mapping[str, Measure]] = {
    RUNTIME: {
        "InputTokenCount": Measure.INPUT,
        "OutputTokenCount": Measure.OUTPUT,
        "CacheReadInputTokens": Measure.CACHE_READ,
        "CacheWriteInputTokens": Measure.CACHE_WRITE,
        "Invocations": Measure.CALLS,
    },
    MANTLE: {
        "TotalInputTokens": Measure.INPUT,
        "TotalOutputTokens": Measure.OUTPUT,
        "CacheReadInputTokens": Measure.CACHE_READ,
        "CacheWriteInputTokens": Measure.CACHE_WRITE,
        "Inferences": Measure.CALLS,
    },
}
_COUNTS_NO_TOKENS = frozenset({"TimeToFirstToken", "EstimatedTPMQuotaUsage"})

# Mantle publishes the same traffic by account, project, model, and project with model: the last is read, and the
# model's own only where there is no other. Metrics with further dimensions (image sizes) are parts of the plain one.
_LEVELS = {RUNTIME: ({"ModelId"},), MANTLE: ({"Model", "Project"}, {"Model"})}
_SYSTEM_PROFILE = re.compile(r"(?:[a-z]{2}|apac|global|us-gov)\.")
"""How the identifier of a cross-region inference profile begins."""


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One stream of calls in one account and region."""

    namespace: str
    model_id: str
    """As CloudWatch has it: a model, an inference profile's identifier, or an ARN."""
    project: str = ""


@dataclass(slots=True)
class Listing:
    """Which series there are, with the measures that each has."""

    series: dict[Series, set[Measure]] = field(default_factory=dict)
    unmapped: set[str] = field(default_factory=set)
    """Metrics that count tokens by their names and are not known here: what they count is not in the figures."""

    def add(self, metrics: Iterable[Mapping[str, Any]]) -> None:
        """Take in a page of ListMetrics; what is not about tokens or calls is passed over. Raises UnusableError."""
        for metric in metrics:
            namespace, name = str(metric.get("Namespace")), str(metric.get("MetricName"))
            known = MEASURES.get(namespace)
            if known is None:
                continue
            if name not in known:
                if "token" in name.lower() and name not in _COUNTS_NO_TOKENS:
                    self.unmapped.add(f"{namespace} {name}")
                continue
            named = {required(one, "Name"): required(one, "Value") for one in objects(metric, "Dimensions")}
            model = named.get("ModelId") or named.get("Model") or ""
            if named.keys() in _LEVELS[namespace] and 0 < len(model) <= _LONGEST_VALUE:
                self.series.setdefault(Series(namespace, model, named.get("Project", "")), set()).add(known[name])

    def queries(self) -> list[tuple[Series, Measure]]:
        """One for each metric that there is, none of the same traffic twice, in an order that stays."""
        in_projects = {series.model_id for series in self.series if series.project}
        once = sorted(series for series in self.series
                      if series.namespace == RUNTIME or series.project or series.model_id not in in_projects)
        return [(series, measure) for series in once for measure in sorted(self.series[series])]


def query(number: int, series: Series, measure: Measure, width: int) -> dict[str, Any]:
    """The query for one metric, as GetMetricData takes it."""
    name = next(name for name, known in MEASURES[series.namespace].items() if known is measure)
    if series.namespace == RUNTIME:
        dimensions = [("ModelId", series.model_id)]
    else:
        dimensions = [("Model", series.model_id), *([("Project", series.project)] if series.project else [])]
    metric = {"Namespace": series.namespace, "MetricName": name,
              "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions]}
    return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": width, "Stat": "Sum"}}


def batches(queries: list[tuple[Series, Measure]]) -> Iterator[list[tuple[Series, Measure]]]:
    """As many as one call takes."""
    for start in range(0, len(queries), QUERIES_A_CALL):
        yield queries[start:start + QUERIES_A_CALL]


def tokens_of(namespace: str, counts: list[int]) -> Tokens:
    """The disjoint classes of one bucket, by the convention of its namespace."""
    given, output, read, written = counts[:4]
    uncached = given if namespace == RUNTIME else max(0, given - read - written)
    return Tokens(uncached_input=uncached, cache_write_5m=written, cache_read=read, output=output)


def profile_of(series: Series) -> str | None:
    """The identifier of an application inference profile that a series may be of; None where it names a model."""
    identifier = series.model_id.rsplit("/", 1)[-1]
    plain = "." not in identifier and "/" not in series.model_id
    may_be = plain or "application-inference-profile/" in series.model_id
    return identifier if may_be and series.namespace == RUNTIME else None


def dimensions_of(account: str, region: str, series: Series, models: Mapping[str, str]) -> Dimensions:
    """The dimensions of a series' rows. `models`: application inference profiles to the models behind them.

    A profile's identifier is the last part of its ARN, whichever of the two CloudWatch gave. Whether its model is known
    changes no other dimension, so that a workload has its usage in any case.
    """
    profile, model = None, series.model_id.rsplit("/", 1)[-1]
    application = profile_of(series)
    if application is not None:
        profile, model = application, models.get(application, application)
    elif series.namespace == RUNTIME and _SYSTEM_PROFILE.match(model):
        profile = model
    return (("account", account), ("endpoint", "runtime" if series.namespace == RUNTIME else "mantle"),
            ("inference_profile", profile), ("model", model), ("project", series.project or None), ("region", region))


def model_behind(profile: Mapping[str, Any]) -> str | None:
    """The model that an application inference profile calls, as prices name it; None where it does not say. Raises
    UnusableError.

    A profile over all regions lists the model without a region, and the price of `global.` is the lower one.
    """
    arns = [required(each, "modelArn") for each in objects(profile, "models")]
    if not arns:
        return None
    name = arns[0].rsplit("/", 1)[-1]
    everywhere = any(len(parts := arn.split(":")) > 3 and not parts[3] for arn in arns)
    return f"global.{name}" if everywhere and not _SYSTEM_PROFILE.match(name) else name
