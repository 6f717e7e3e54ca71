"""What a topic starts from: what somebody states, else what is known of a workload, else the playbook's example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from console.economics.topic import Input, Topic, Values

EXAMPLE = "playbook's example"
YOURS = "yours"
_PLACES = 10**6


@dataclass(frozen=True, slots=True)
class Known:
    """One figure of a workload."""

    value: Fraction
    origin: str
    """Where it is from: `measured, last 30 days`, `Charter v3`, `today's price`."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Every input of a topic, and where each is from."""

    values: Values
    origins: Mapping[str, str]


def filled(topic: Topic, known: Mapping[str, Known], stated: Values | None = None) -> Filled:
    """The inputs of a topic. `known` is by what an input measures, `stated` by its name.

    What is not known stays the playbook's example, and so does what the input does not take; the origin says so.
    """
    values, origins = {}, {}
    for each in topic.inputs:
        values[each.name], origins[each.name] = _filled(each, known.get(each.measure), (stated or {}).get(each.name))
    return Filled(values, origins)


def _filled(each: Input, known: Known | None, stated: Fraction | None) -> tuple[Fraction, str]:
    if stated is not None:
        return stated, YOURS
    if known is None:
        return each.read(each.default), EXAMPLE
    value = Fraction(round(known.value)) if each.whole else Fraction(round(known.value * _PLACES), _PLACES)
    if not each.takes(value):
        return each.read(each.default), f"{EXAMPLE}: {known.origin} is out of its range"
    return value, known.origin
