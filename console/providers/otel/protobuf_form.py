"""Protobuf exports, by the published message classes. This is most of a receiver's work, so it is written for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.providers.otel import names
from console.providers.otel.bounds import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    NO_IDENTIFIER,
    cut,
    identified,
    room,
)
from console.providers.otel.records import Attributes, Event, Export, Point, Sender, Span, Undecodable

_CUMULATIVE = 2
_ERROR = 2


def read(signal: str, body: bytes, wanted: frozenset[str]) -> Export:
    """The records of a body; `wanted` are the attributes that are read. Raises Undecodable."""
    from google.protobuf.message import DecodeError  # 60 ms to import, with the message classes

    message = _message(signal)
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise Undecodable(f"not a protobuf export of {signal}") from error
    export = Export()
    _READERS[signal](message, export, wanted)
    return export


def _spans(message: Any, export: Export, wanted: frozenset[str]) -> None:
    for group in message.resource_spans:
        resource = _all(group.resource.attributes)
        for scoped in group.scope_spans:
            sender = Sender(resource, scoped.scope.name, scoped.scope.version)
            for span in scoped.spans:
                if not room(export, len(span.attributes)):
                    continue
                if not identified(span.trace_id, span.span_id):
                    export.refuse(NO_IDENTIFIER)
                    continue
                export.spans.append(Span(
                    sender, span.trace_id, span.span_id, span.parent_span_id, span.name,
                    span.start_time_unix_nano, span.end_time_unix_nano, span.status.code == _ERROR,
                    _some(span.attributes, wanted), _raised(span.events),
                ))


def _logs(message: Any, export: Export, wanted: frozenset[str]) -> None:
    for group in message.resource_logs:
        resource = _all(group.resource.attributes)
        for scoped in group.scope_logs:
            sender = Sender(resource, scoped.scope.name, scoped.scope.version)
            for log in scoped.log_records:
                if room(export, len(log.attributes)):
                    name = log.event_name or (log.body.string_value if log.HasField("body") else "")
                    export.events.append(Event(
                        sender, name[:100], log.time_unix_nano or log.observed_time_unix_nano,
                        _some(log.attributes, wanted), log.trace_id, log.span_id,
                    ))


def _metrics(message: Any, export: Export, _: frozenset[str]) -> None:
    for group in message.resource_metrics:
        resource = _all(group.resource.attributes)
        for scoped in group.scope_metrics:
            sender = Sender(resource, scoped.scope.name, scoped.scope.version)
            for metric in scoped.metrics:
                _points(sender, metric, export)


def _raised(events: Any) -> bool:
    return len(events) > 0 and any(event.name == names.RAISED for event in events)


def _points(sender: Sender, metric: Any, export: Export) -> None:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    data = getattr(metric, kind)
    cumulative = getattr(data, "aggregation_temporality", 0) == _CUMULATIVE
    for point in data.data_points:
        if not room(export, len(point.attributes)) or kind not in ("sum", "histogram", "exponential_histogram"):
            continue
        value = point.sum if kind != "sum" else (point.as_int or point.as_double)
        export.points.append(Point(
            sender, metric.name[:100], point.start_time_unix_nano, point.time_unix_nano, value, cumulative,
            _all(point.attributes),  # each of them makes another series
        ))


def _some(pairs: Iterable[Any], wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for pair in pairs:  # most of the work of a receiver: the two usual kinds are read here, without a call
        key = pair.key
        if key in wanted:
            value = pair.value
            kind = value.WhichOneof("value")
            if kind == "string_value":
                text = value.string_value
                found[key] = text if len(text) <= LONGEST_TEXT else cut(key, text)
            elif kind == "int_value":
                found[key] = value.int_value
            else:
                found[key] = _value(key, value)
        elif key.startswith(names.TOOL_PREFIXES):
            found.setdefault(names.FLAT, {})[key] = _value(key, pair.value)
    return found


def _all(pairs: Iterable[Any]) -> Attributes:
    return {pair.key: _value(pair.key, pair.value) for pair, _ in zip(pairs, range(MOST_ATTRIBUTES), strict=False)}


def _value(key: str, value: Any, depth: int = 0) -> Any:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return cut(key, value.string_value)
    if kind is None or kind == "bytes_value":
        return None
    if kind == "array_value":
        return [_value(key, each, depth + 1) for each in value.array_value.values] if depth < DEEPEST else None
    if kind == "kvlist_value":
        pairs = value.kvlist_value.values
        return {pair.key: _value(key, pair.value, depth + 1) for pair in pairs} if depth < DEEPEST else None
    return getattr(value, kind)


def _message(signal: str) -> Any:
    if signal == "traces":
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return ExportTraceServiceRequest()
    if signal == "metrics":
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

        return ExportMetricsServiceRequest()
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    return ExportLogsServiceRequest()


_READERS: Mapping[str, Callable[[Any, Export, frozenset[str]], None]] = {
    "traces": _spans, "metrics": _metrics, "logs": _logs,
}
