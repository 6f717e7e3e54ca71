"""A request's body to records, in either form. Only attributes that somebody here reads are looked at, so that a span
with a long conversation costs little.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.providers.otel import json_form, names, protobuf_form
from console.providers.otel.records import Export


class Decoder:
    """Reads exports; `extra` are further attributes of spans that are wanted."""

    def __init__(self, extra: Iterable[str] = ()) -> None:
        self._wanted = names.WANTED | frozenset(extra)

    def protobuf(self, signal: str, body: bytes) -> Export:
        """The records of a protobuf body. `signal`: traces, metrics, logs. Raises Undecodable."""
        return protobuf_form.read(signal, body, self._wanted)

    def json(self, signal: str, body: bytes) -> Export:
        """The records of a JSON body. Raises Undecodable."""
        return json_form.read(signal, body, self._wanted)
