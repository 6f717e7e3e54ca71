"""A request's body to records: protobuf through the published message classes, JSON by hand, because the stock JSON
reader takes the hexadecimal identifiers of OTLP for base64 without a word.

Only attributes that somebody here reads are looked at, so that a span with a long conversation costs little.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes, Event, Export, Point, Sender, Span, Undecodable

MOST_ATTRIBUTES = 2_048
"""Of a record; one with more is refused."""
MOST_RECORDS = 65_536
"""Of a request; the rest is refused."""
LONGEST_TEXT = 1_024
"""Characters of a plain attribute."""
LONGEST_STRUCTURE = 262_144
"""Characters of an attribute that is read for its structure; a longer one is passed over."""
_DEEPEST = 8
_CUMULATIVE = 2
_ERROR = 2
_STRUCTURES = frozenset({names.ANSWER, names.RAW_USAGE, names.USAGE_TEXT, *names.MESSAGES, *names.TOOL_ARGUMENTS})

TOO_MANY_ATTRIBUTES = f"more than {MOST_ATTRIBUTES:,} attributes"
TOO_MANY_RECORDS = f"more than {MOST_RECORDS:,} records in one request"
NO_IDENTIFIER = "no trace or span identifier"


class Decoder:
    """Reads exports; `extra` are further attributes of spans that are wanted."""

    def __init__(self, extra: Iterable[str] = ()) -> None:
        self._wanted = names.WANTED | frozenset(extra)

    def protobuf(self, signal: str, body: bytes) -> Export:
        """The records of a protobuf body. `signal`: traces, metrics, logs. Raises Undecodable."""
        from google.protobuf.message import DecodeError  # 60 ms to import, with the message classes

        message = _message(signal)
        try:
            message.ParseFromString(body)
        except DecodeError as error:
            raise Undecodable(f"not a protobuf export of {signal}") from error
        export = Export()
        _PROTOBUF[signal](self, message, export)
        return export

    def json(self, signal: str, body: bytes) -> Export:
        """The records of a JSON body. Raises Undecodable."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Undecodable(f"not JSON: {str(error)[:120]}") from error
        export = Export()
        try:
            _JSON[signal](self, message, export)
        except (AttributeError, TypeError, ValueError, KeyError, RecursionError) as error:
            raise Undecodable(f"not a JSON export of {signal}: {type(error).__name__}") from error
        return export

    def _spans(self, message: Any, export: Export) -> None:
        for group in message.resource_spans:
            resource = self._all(group.resource.attributes)
            for scoped in group.scope_spans:
                sender = Sender(resource, scoped.scope.name, scoped.scope.version)
                for span in scoped.spans:
                    if not _room(export, len(span.attributes)):
                        continue
                    if len(span.trace_id) != 16 or len(span.span_id) != 8:
                        export.refuse(NO_IDENTIFIER)
                        continue
                    export.spans.append(Span(
                        sender, span.trace_id, span.span_id, span.parent_span_id, span.name,
                        span.start_time_unix_nano, span.end_time_unix_nano, span.status.code == _ERROR,
                        self._some(span.attributes),
                    ))

    def _logs(self, message: Any, export: Export) -> None:
        for group in message.resource_logs:
            resource = self._all(group.resource.attributes)
            for scoped in group.scope_logs:
                sender = Sender(resource, scoped.scope.name, scoped.scope.version)
                for log in scoped.log_records:
                    if _room(export, len(log.attributes)):
                        name = log.event_name or (log.body.string_value if log.HasField("body") else "")
                        export.events.append(Event(
                            sender, name[:100], log.time_unix_nano or log.observed_time_unix_nano,
                            self._some(log.attributes), log.trace_id,
                        ))

    def _metrics(self, message: Any, export: Export) -> None:
        for group in message.resource_metrics:
            resource = self._all(group.resource.attributes)
            for scoped in group.scope_metrics:
                sender = Sender(resource, scoped.scope.name, scoped.scope.version)
                for metric in scoped.metrics:
                    self._points(sender, metric, export)

    def _points(self, sender: Sender, metric: Any, export: Export) -> None:
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        data = getattr(metric, kind)
        cumulative = getattr(data, "aggregation_temporality", 0) == _CUMULATIVE
        for point in data.data_points:
            if not _room(export, len(point.attributes)) or kind not in ("sum", "histogram", "exponential_histogram"):
                continue
            value = point.sum if kind != "sum" else (point.as_int or point.as_double)
            export.points.append(Point(
                sender, metric.name[:100], point.start_time_unix_nano, point.time_unix_nano, value, cumulative,
                self._all(point.attributes),  # each of them makes another series
            ))

    def _some(self, pairs: Iterable[Any]) -> Attributes:
        wanted = self._wanted
        found: Attributes = {}
        for pair in pairs:  # most of the work of a receiver: the two usual kinds are read here, without a call
            key = pair.key
            if key in wanted:
                value = pair.value
                kind = value.WhichOneof("value")
                if kind == "string_value":
                    text = value.string_value
                    found[key] = text if len(text) <= LONGEST_TEXT else _cut(key, text)
                elif kind == "int_value":
                    found[key] = value.int_value
                else:
                    found[key] = _value(key, value)
            elif key.startswith(names.TOOL_PREFIXES):
                found.setdefault(names.FLAT, {})[key] = _value(key, pair.value)
        return found

    @staticmethod
    def _all(pairs: Iterable[Any]) -> Attributes:
        return {pair.key: _value(pair.key, pair.value) for pair, _ in zip(pairs, range(MOST_ATTRIBUTES), strict=False)}

    def _json_spans(self, message: Any, export: Export) -> None:
        for sender, span in _scoped(message, "resourceSpans", "scopeSpans", "spans"):
            pairs = span.get("attributes") or ()
            if not _room(export, len(pairs)):
                continue
            trace, own = _hex(span.get("traceId")), _hex(span.get("spanId"))
            if len(trace) != 16 or len(own) != 8:
                export.refuse(NO_IDENTIFIER)
                continue
            export.spans.append(Span(
                sender, trace, own, _hex(span.get("parentSpanId")), _text(span.get("name")),
                _int(span.get("startTimeUnixNano")), _int(span.get("endTimeUnixNano")),
                (span.get("status") or {}).get("code") in (_ERROR, "STATUS_CODE_ERROR"), self._json_some(pairs),
            ))

    def _json_logs(self, message: Any, export: Export) -> None:
        for sender, log in _scoped(message, "resourceLogs", "scopeLogs", "logRecords"):
            pairs = log.get("attributes") or ()
            if _room(export, len(pairs)):
                name = _text(log.get("eventName")) or _text((log.get("body") or {}).get("stringValue"))
                at = _int(log.get("timeUnixNano")) or _int(log.get("observedTimeUnixNano"))
                trace = _hex(log.get("traceId"))
                export.events.append(Event(sender, name[:100], at, self._json_some(pairs), trace))

    def _json_metrics(self, message: Any, export: Export) -> None:
        for sender, metric in _scoped(message, "resourceMetrics", "scopeMetrics", "metrics"):
            for kind in ("sum", "histogram", "exponentialHistogram", "gauge", "summary"):
                data = metric.get(kind) or {}
                temporality = data.get("aggregationTemporality")
                cumulative = temporality in (_CUMULATIVE, "AGGREGATION_TEMPORALITY_CUMULATIVE")
                for point in data.get("dataPoints") or ():
                    pairs = point.get("attributes") or ()
                    if not _room(export, len(pairs)) or kind in ("gauge", "summary"):
                        continue
                    value = point.get("sum") if kind != "sum" else point.get("asInt", point.get("asDouble"))
                    export.points.append(Point(
                        sender, _text(metric.get("name"))[:100], _int(point.get("startTimeUnixNano")),
                        _int(point.get("timeUnixNano")), value, cumulative, _json_all(pairs),
                    ))

    def _json_some(self, pairs: Iterable[Any]) -> Attributes:
        wanted = self._wanted
        found: Attributes = {}
        for pair in pairs:
            key = pair["key"]
            if key in wanted:
                found[key] = _json_value(key, pair.get("value") or {}, 0)
            elif key.startswith(names.TOOL_PREFIXES):
                found.setdefault(names.FLAT, {})[key] = _json_value(key, pair.get("value") or {}, 0)
        return found


def _room(export: Export, attributes: int) -> bool:
    """Counts a record, and whether it may be read."""
    export.count += 1
    if export.count > MOST_RECORDS:
        export.refuse(TOO_MANY_RECORDS)
        return False
    if attributes > MOST_ATTRIBUTES:
        export.refuse(TOO_MANY_ATTRIBUTES)
        return False
    return True


def _value(key: str, value: Any, depth: int = 0) -> Any:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return _cut(key, value.string_value)
    if kind is None or kind == "bytes_value":
        return None
    if kind == "array_value":
        return [_value(key, each, depth + 1) for each in value.array_value.values] if depth < _DEEPEST else None
    if kind == "kvlist_value":
        pairs = value.kvlist_value.values
        return {pair.key: _value(key, pair.value, depth + 1) for pair in pairs} if depth < _DEEPEST else None
    return getattr(value, kind)


def _json_all(pairs: Iterable[Any]) -> Attributes:
    return {pair["key"]: _json_value(pair["key"], pair.get("value") or {}, 0) for pair in pairs}


def _json_value(key: str, value: Any, depth: int) -> Any:
    for kind, content in value.items():
        if kind == "stringValue":
            return _cut(key, _text(content))
        if kind == "intValue":
            return content  # a number, or a text of digits: read leniently where it is counted
        if kind in ("doubleValue", "boolValue"):
            return content
        if kind == "arrayValue" and depth < _DEEPEST:
            return [_json_value(key, each, depth + 1) for each in content.get("values") or ()]
        if kind == "kvlistValue" and depth < _DEEPEST:
            return {
                _text(pair.get("key")): _json_value(key, pair.get("value") or {}, depth + 1)
                for pair in content.get("values") or ()
            }
    return None


def _cut(key: str, text: str) -> str | None:
    if len(text) <= LONGEST_TEXT:
        return text
    if key in _STRUCTURES or key.startswith(names.TOOL_PREFIXES):
        return text if len(text) <= LONGEST_STRUCTURE else None
    return text[:LONGEST_TEXT]


def _scoped(message: Any, groups: str, scopes: str, records: str) -> Iterator[tuple[Sender, Any]]:
    for group in message.get(groups) or ():
        pairs = ((group.get("resource") or {}).get("attributes") or ())[:MOST_ATTRIBUTES]
        resource = _json_all(pairs)
        for scoped in group.get(scopes) or ():
            scope = scoped.get("scope") or {}
            sender = Sender(resource, _text(scope.get("name")), _text(scope.get("version")))
            for record in scoped.get(records) or ():
                yield sender, record


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _hex(value: object) -> bytes:
    return bytes.fromhex(value) if isinstance(value, str) else b""


def _int(value: Any) -> int:
    return int(value) if value is not None else 0


def _message(signal: str) -> Any:
    if signal == "traces":
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return ExportTraceServiceRequest()
    if signal == "metrics":
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

        return ExportMetricsServiceRequest()
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    return ExportLogsServiceRequest()


_Reader = Callable[[Decoder, Any, Export], None]
_PROTOBUF: dict[str, _Reader] = {"traces": Decoder._spans, "metrics": Decoder._metrics, "logs": Decoder._logs}
_JSON: dict[str, _Reader] = {
    "traces": Decoder._json_spans, "metrics": Decoder._json_metrics, "logs": Decoder._json_logs,
}
