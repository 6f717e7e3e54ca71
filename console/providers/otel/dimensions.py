"""What MBOM rules may name of a call: its service, labels, agent, user. The store keeps of them what a rule names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.source import Dimensions
from console.text import clean

MOST_LABELS = 32
MOST_MADE = 4_096
LONGEST = 200
UNNAMED = "unnamed service"


class CallDimensions:
    """Makes the dimensions of calls."""

    def __init__(self, attributes: Iterable[str] = ()) -> None:
        """`attributes`: further ones of spans that become trace.X."""
        self._told = {
            **names.DIMENSIONS, **{told: f"trace.{told}" for told in (*names.TRACE_ATTRIBUTES, *attributes)}
        }
        """Dimensions by the span attribute that tells them."""
        self._resources: dict[int, tuple[Attributes, dict[str, str]]] = {}
        self._made: dict[tuple[Any, ...], Dimensions] = {}

    def of(self, resource: Attributes, span: Attributes, more: Iterable[tuple[str, str]] = ()) -> Dimensions:
        """Sorted dimensions of a call."""
        values = [_word(value) if (value := span.get(told)) is not None else "" for told in self._told]
        shared = self._of_resource(resource)
        key = (*shared.values(), *shared, *values, *more)  # calls of one process differ in little: made once
        made = self._made.get(key)
        if made is None:
            found = dict(shared)
            found.update((name, value) for name, value in zip(self._told.values(), values, strict=True) if value)
            found.update((name, short) for name, value in more if (short := clean(value, LONGEST)))
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            made = self._made[key] = tuple(sorted(found.items()))
        return made

    def service(self, resource: Attributes) -> str:
        return self._of_resource(resource)["service"]

    def _of_resource(self, resource: Attributes) -> dict[str, str]:
        kept = self._resources.get(id(resource))
        if kept is not None and kept[0] is resource:
            return kept[1]
        found = {"service": _word(resource.get("service.name")) or UNNAMED}
        labels = 0
        for key in sorted(resource):
            if labels < MOST_LABELS and not key.startswith(names.MACHINE_LABELS) and (value := _word(resource[key])):
                found[f"label.{clean(key, 100)}"] = value
                labels += 1
        if len(self._resources) >= 64:  # of one request: a resource is read once, whatever it sends
            self._resources.clear()
        self._resources[id(resource)] = resource, found
        return found


def _word(value: object) -> str:
    if isinstance(value, str):
        return clean(value, LONGEST) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""
