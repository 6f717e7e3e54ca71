"""What an export holds, of which only what is needed is read: protobuf and JSON both come to these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Attributes = dict[str, Any]
"""Texts, whole numbers, floats, booleans, and for the few attributes that are structures lists and dictionaries."""


@dataclass(slots=True)
class Sender:
    """Who sent: a process as its resource describes it, and the instrumentation inside it."""

    resource: Attributes
    scope: str = ""
    version: str = ""


@dataclass(slots=True)
class Span:
    sender: Sender
    trace: bytes
    span: bytes
    parent: bytes
    """Empty for a root."""
    name: str
    start: int
    end: int
    """Nanoseconds since 1970."""
    failed: bool
    attributes: Attributes
    raised: bool = False
    """An exception is among its events, whatever its status."""


@dataclass(slots=True)
class Event:
    """A log record."""

    sender: Sender
    name: str
    at: int
    """Nanoseconds since 1970, 0 where it is not told."""
    attributes: Attributes
    trace: bytes = b""
    span: bytes = b""


@dataclass(slots=True)
class Point:
    """One data point of a sum, or the sum of a histogram's."""

    sender: Sender
    metric: str
    start: int
    end: int
    """Nanoseconds since 1970."""
    value: Any
    cumulative: bool
    attributes: Attributes


@dataclass(slots=True)
class Export:
    """One request's records, and what of it could not be taken."""

    spans: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    count: int = 0
    """Records in the request, also those that concern nobody here."""
    refused: dict[str, int] = field(default_factory=dict)
    """How many records were refused, by the reason in words."""

    def refuse(self, reason: str, count: int = 1) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + count


class Undecodable(ValueError):
    """The body is not what its content type says."""
