"""What MBOM rules may name of a call: its service, labels, agent, user. The store keeps of them what a rule names."""

from __future__ import annotations

from collections.abc import Iterable

from console.providers.otel import names
from console.providers.otel.records import Attributes
from console.providers.source import Dimensions
from console.text import clean

MOST_LABELS = 32
LONGEST = 200
UNNAMED = "unnamed service"


class CallDimensions:
    """Makes the dimensions of calls."""

    def __init__(self, attributes: Iterable[str] = ()) -> None:
        """`attributes`: further ones of spans that become trace.X."""
        self.attributes = (*names.TRACE_ATTRIBUTES, *attributes)
        self._resources: dict[int, tuple[Attributes, dict[str, str]]] = {}

    def of(self, resource: Attributes, span: Attributes, more: Iterable[tuple[str, str]] = ()) -> Dimensions:
        """Sorted dimensions of a call."""
        found = dict(self._of_resource(resource))
        for told, name in names.DIMENSIONS.items():
            if value := _word(span.get(told)):
                found[name] = value
        for told in self.attributes:
            if value := _word(span.get(told)):
                found[f"trace.{told}"] = value
        for name, value in more:
            if value := clean(value, LONGEST):
                found[name] = value
        return tuple(sorted(found.items()))

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
