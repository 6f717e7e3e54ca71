"""The conventions' event of a whole call. It says what the call's span says: that one is told besides, or not sent."""

from __future__ import annotations

from console.providers.otel.bounds import identified
from console.providers.otel.records import Event, Span

NAME = "gen_ai.client.inference.operation.details"


def span_of(event: Event) -> Span | None:
    """The span that the event tells, without identifiers where it belongs to none; None for another event."""
    if NAME not in (event.name, event.attributes.get("event.name")):
        return None
    trace, span = (event.trace, event.span) if identified(event.trace, event.span) else (b"", b"")
    return Span(event.sender, trace, span, b"", NAME, event.at, event.at, False, event.attributes)
