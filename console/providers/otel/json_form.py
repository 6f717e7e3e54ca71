"""JSON exports, read by hand: the stock reader takes the hexadecimal identifiers of OTLP for base64 without a word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from console.providers.otel import names
from console.providers.otel.bounds import DEEPEST, MOST_ATTRIBUTES, NO_IDENTIFIER, cut, identified, room
from console.providers.otel.records import Attributes, Event, Export, Point, Sender, Span, Undecodable

_CUMULATIVE = (2, "AGGREGATION_TEMPORALITY_CUMULATIVE")
_ERROR = (2, "STATUS_CODE_ERROR")


def read(signal: str, body: bytes, wanted: frozenset[str]) -> Export:
    """The records of a body; `wanted` are the attributes that are read. Raises Undecodable."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"not JSON: {str(error)[:120]}") from error
    export = Export()
    try:
        _READERS[signal](message, export, wanted)
    except (AttributeError, TypeError, ValueError, KeyError, RecursionError) as error:
        raise Undecodable(f"not a JSON export of {signal}: {type(error).__name__}") from error
    return export


def _spans(message: Any, export: Export, wanted: frozenset[str]) -> None:
    for sender, span in _scoped(message, "resourceSpans", "scopeSpans", "spans"):
        pairs = span.get("attributes") or ()
        if not room(export, len(pairs)):
            continue
        trace, own = _hex(span.get("traceId")), _hex(span.get("spanId"))
        if not identified(trace, own):
            export.refuse(NO_IDENTIFIER)
            continue
        export.spans.append(Span(
            sender, trace, own, _hex(span.get("parentSpanId")), _text(span.get("name")),
            _int(span.get("startTimeUnixNano")), _int(span.get("endTimeUnixNano")),
            (span.get("status") or {}).get("code") in _ERROR, _some(pairs, wanted),
            any(event.get("name") == names.RAISED for event in span.get("events") or ()),
        ))


def _logs(message: Any, export: Export, wanted: frozenset[str]) -> None:
    for sender, log in _scoped(message, "resourceLogs", "scopeLogs", "logRecords"):
        pairs = log.get("attributes") or ()
        if room(export, len(pairs)):
            name = _text(log.get("eventName")) or _text((log.get("body") or {}).get("stringValue"))
            at = _int(log.get("timeUnixNano")) or _int(log.get("observedTimeUnixNano"))
            place = _hex(log.get("traceId")), _hex(log.get("spanId"))
            export.events.append(Event(sender, name[:100], at, _some(pairs, wanted), *place))


def _metrics(message: Any, export: Export, _: frozenset[str]) -> None:
    for sender, metric in _scoped(message, "resourceMetrics", "scopeMetrics", "metrics"):
        for kind in ("sum", "histogram", "exponentialHistogram", "gauge", "summary"):
            data = metric.get(kind) or {}
            temporality = data.get("aggregationTemporality")
            cumulative = temporality in _CUMULATIVE
            for point in data.get("dataPoints") or ():
                pairs = point.get("attributes") or ()
                if not room(export, len(pairs)) or kind in ("gauge", "summary"):
                    continue
                value = point.get("sum") if kind != "sum" else point.get("asInt", point.get("asDouble"))
                export.points.append(Point(
                    sender, _text(metric.get("name"))[:100], _int(point.get("startTimeUnixNano")),
                    _int(point.get("timeUnixNano")), value, cumulative, _all(pairs),
                ))


def _some(pairs: Iterable[Any], wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for pair in pairs:
        key = pair["key"]
        if key in wanted:
            found[key] = _value(key, pair.get("value") or {}, 0)
        elif key.startswith(names.TOOL_PREFIXES):
            found.setdefault(names.FLAT, {})[key] = _value(key, pair.get("value") or {}, 0)
    return found


def _all(pairs: Iterable[Any]) -> Attributes:
    return {_text(pair["key"]): _value(_text(pair["key"]), pair.get("value") or {}, 0) for pair in pairs}


def _value(key: str, value: Any, depth: int) -> Any:
    for kind, content in value.items():
        if kind == "stringValue":
            return cut(key, _text(content))
        if kind == "intValue":
            return content  # a number, or a text of digits: read leniently where it is counted
        if kind in ("doubleValue", "boolValue"):
            return content
        if kind == "arrayValue" and depth < DEEPEST:
            return [_value(key, each, depth + 1) for each in content.get("values") or ()]
        if kind == "kvlistValue" and depth < DEEPEST:
            return {
                _text(pair.get("key")): _value(key, pair.get("value") or {}, depth + 1)
                for pair in content.get("values") or ()
            }
    return None


def _scoped(message: Any, groups: str, scopes: str, records: str) -> Iterator[tuple[Sender, Any]]:
    for group in message.get(groups) or ():
        pairs = ((group.get("resource") or {}).get("attributes") or ())[:MOST_ATTRIBUTES]
        resource = _all(pairs)
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


_READERS: Mapping[str, Callable[[Any, Export, frozenset[str]], None]] = {
    "traces": _spans, "metrics": _metrics, "logs": _logs,
}
