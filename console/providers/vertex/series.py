"""The pages of Cloud Monitoring's time series, read strictly, and what they come to as usage.

Tokens are told by `type`. Only `input` and `output` are documented, so what was read from a cache or written to one is
not told apart: all input counts as uncached, and each row is marked `cached = not told`. A `type` that is none of these
is never folded into the input: it stands in a row of its own, `unclassified`, which has no price.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.http import parse_json
from console.providers.rows import Rows
from console.providers.shared.fields import UnusableError, instant, mapping, shown
from console.providers.shared.points import repeated, told
from console.providers.source import Dimensions, Tokens
from console.text import clean

TOKENS = "aiplatform.googleapis.com/publisher/online_serving/token_count"
INVOCATIONS = "aiplatform.googleapis.com/publisher/online_serving/model_invocation_count"
GROUPED = {
    TOKENS: ("resource.label.model_user_id", "resource.label.publisher", "resource.label.location",
             "metric.label.type", "metric.label.request_type"),
    INVOCATIONS: ("resource.label.model_user_id", "resource.label.publisher", "resource.label.location",
                  "metric.label.response_code", "metric.label.request_type"),
}
_CLASSES = {"input": "uncached_input", "output": "output", "cache_read": "cache_read", "cache_write": "cache_write_5m"}
_FIELDS = frozenset({"timeSeries", "nextPageToken", "executionErrors", "unit"})
_MOST = 10**13
_LONGEST = 1024

_Kind = tuple[str | None, str | None, str | None, str | None]
"""(model, publisher, location, request type)."""
_Series = tuple[str, str | None, str, _Kind]
"""(metric, model as written, type or response code, what it counts for)."""


@dataclass(slots=True)
class Reading:
    """One project's usage of [start, end) in buckets of `width` seconds, page by page."""

    start: int
    end: int
    width: int
    _points: dict[_Series, array[int]] = field(default_factory=dict)

    def page(self, metric: str, body: bytes) -> str | None:
        """Take one page in; gives the token of the next, None after the last. Raises UnusableError."""
        answer = mapping(parse_json(body), "the answer", None)
        if answer and not answer.keys() & _FIELDS:  # no data is an answer without any field
            raise UnusableError("the answer is not one of Cloud Monitoring's: it has none of its fields")
        if errors := answer.get("executionErrors"):
            raise UnusableError(f"Google left something out: {shown(_first_message(errors))}")
        self._take(self._read(metric, mapping(series, "a time series", None))
                   for series in _list(answer, "timeSeries"))
        following = answer.get("nextPageToken") or None
        if following is not None and not isinstance(following, str):
            raise UnusableError(f"nextPageToken is {shown(following)}")
        return following

    def rows(self, project: str) -> Rows:
        """One row for each series and bucket with tokens or calls. The points are given back meanwhile."""
        parts: dict[_Kind, list[_Series]] = {}
        for series in sorted(self._points, key=str):
            parts.setdefault(series[-1], []).append(series)
        rows = Rows()
        for kind, alike in parts.items():
            self._add(rows, kind, alike, project)
        return rows

    def _add(self, rows: Rows, kind: _Kind, alike: list[_Series], project: str) -> None:
        tokens: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        requests: dict[int, int] = defaultdict(int)
        for metric, model, word, _ in alike:
            for bucket, count in told(self._points.pop((metric, model, word, kind))):
                if metric == TOKENS:
                    tokens[bucket][clean(word, 60) or "tokens"] += count
                elif word.startswith("2"):
                    requests[bucket] += count
        for bucket in sorted(tokens.keys() | requests.keys()):
            counts = tokens.get(bucket, {})
            known = {_CLASSES[type_]: count for type_, count in counts.items() if type_ in _CLASSES}
            rows.append(bucket, _dimensions(project, kind), Tokens(**known), requests.get(bucket, 0))
            for type_, count in counts.items():
                if type_ not in _CLASSES:
                    rows.append(bucket, _dimensions(project, kind, type_), Tokens(uncached_input=count), 0)

    def _read(self, metric: str, series: dict[str, Any]) -> tuple[_Series, array[int]]:
        labels = mapping(series.get("metric") or {}, "metric", None).get("labels") or {}
        of = mapping(series.get("resource") or {}, "resource", None).get("labels") or {}
        model, publisher, location = (_label(of, name) for name in ("model_user_id", "publisher", "location"))
        word = _label(labels, "type" if metric == TOKENS else "response_code") or ""
        points = array("q")
        for each in _list(series, "points"):
            point = mapping(each, "a point", None)
            bucket = self._bucket(point)
            points.extend((bucket, _count(mapping(point.get("value"), "value", bucket), bucket)))
        return (metric, model, word, (_bare(model), publisher, location, _label(labels, "request_type"))), points

    def _take(self, told_now: Iterable[tuple[_Series, array[int]]]) -> None:
        """All of a page or nothing: it may be asked for again."""
        new: dict[_Series, array[int]] = {}
        for series, points in told_now:
            before = new.setdefault(series, array("q"))
            if any(repeated(known, points) is not None for known in (before, self._points.get(series, before))):
                raise UnusableError("a point came twice")
            before.extend(points)
        for series, points in new.items():
            self._points.setdefault(series, array("q")).extend(points)

    def _bucket(self, point: dict[str, Any]) -> int:
        """A point covers (start, end]; aligned, it ends where its bucket ends."""
        until = instant(mapping(point.get("interval"), "interval", None), "endTime")
        bucket = until - self.width
        if until % self.width or not self.start <= bucket < self.end:
            raise UnusableError(f"a point ends at {until}, which is no end of a bucket that was asked for")
        return bucket


def _dimensions(project: str, kind: _Kind, unclassified: str | None = None) -> Dimensions:
    model, publisher, location, sort = kind
    return (("cached", "not told"), ("location", location), ("model", model), ("project", project),
            ("publisher", publisher), ("request_type", sort), ("unclassified", unclassified))


def _bare(model: str | None) -> str | None:
    """A model by its own name: some clients write publishers/PUBLISHER/models/ before it."""
    return None if model is None else model.rsplit("/models/", 1)[-1] or None


def _count(value: dict[str, Any], bucket: int) -> int:
    """A whole number, which JSON from Google writes as a text."""
    text = value.get("int64Value")
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= _MOST:
        return int(text)
    raise UnusableError(f"int64Value is {shown(text)} instead of a count")


def _label(labels: object, name: str) -> str | None:
    value = labels.get(name) if isinstance(labels, Mapping) else None
    if value is None or (isinstance(value, str) and len(value) <= _LONGEST):
        return value or None
    raise UnusableError(f"the label {name} is {shown(value)}")


def _list(answer: dict[str, Any], name: str) -> list[Any]:
    """A list that is absent where it would be empty."""
    value = answer.get(name, [])
    if not isinstance(value, list):
        raise UnusableError(f"{name} is {shown(value)} instead of a list")
    return value


def _first_message(errors: object) -> object:
    first = errors[0] if isinstance(errors, list) and errors else errors
    return first.get("message") if isinstance(first, dict) else first
