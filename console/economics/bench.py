"""A topic at work: its inputs as they are moved, what comes out at once, and what was pinned to compare. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from console.economics.filling import YOURS, Filled, Known, filled
from console.economics.stepping import stepped
from console.economics.topic import Topic, Worked
from console.errors import UsageError

MOST_PINS = 4


@dataclass(frozen=True, slots=True)
class Pin:
    """What was worked out, kept beside what is moved on."""

    workload: str
    """Whose figures it began from; empty for the playbook's example."""
    inputs: Filled
    worked: Worked


@dataclass(frozen=True, slots=True)
class Bench:
    """One topic at its present inputs."""

    topic: Topic
    workload: str
    """Whose figures it began from; empty for the playbook's example."""
    base: Filled
    """What it began from, and what a reset goes back to."""
    inputs: Filled
    pins: tuple[Pin, ...] = ()
    worked: Worked | None = field(init=False)
    """None where the inputs contradict one another."""
    complaint: str = field(init=False)
    """What is wrong with them then, as a sentence."""

    def __post_init__(self) -> None:
        worked, complaint = None, ""
        try:
            worked = self.topic.work(self.inputs.values)
        except UsageError as error:
            complaint = str(error)
        object.__setattr__(self, "worked", worked)
        object.__setattr__(self, "complaint", complaint)

    def with_value(self, name: str, value: Fraction) -> Bench:
        """The same with one input set by hand."""
        inputs = Filled({**self.inputs.values, name: value}, {**self.inputs.origins, name: YOURS})
        return replace(self, inputs=inputs)

    def moved(self, name: str, way: int, *, tenfold: bool = False) -> Bench:
        """The same with one input a step up (1) or down (-1); itself where the input ends there."""
        before = self.inputs.values[name]
        after = stepped(self.topic.input(name), before, way, tenfold=tenfold)
        return self if after == before else self.with_value(name, after)

    def reset(self, *names: str) -> Bench:
        """The same with these inputs as they began."""
        back = {name: self.base.values[name] for name in names}
        origins = {name: self.base.origins[name] for name in names}
        return replace(self, inputs=Filled({**self.inputs.values, **back}, {**self.inputs.origins, **origins}))

    def begun_from(self, workload: str, known: Mapping[str, Known]) -> Bench:
        """Begun again from what is known of a workload; what was pinned stays, to compare."""
        return replace(begun(self.topic, workload, known), pins=self.pins)

    def pinned(self) -> Bench:
        """With what is worked out now among the pins, the oldest giving way; without it where it was the last one."""
        if self.worked is None:
            return self
        if self.pins and self.pins[-1].inputs.values == self.inputs.values:
            return replace(self, pins=self.pins[:-1])
        return replace(self, pins=(*self.pins, Pin(self.workload, self.inputs, self.worked))[-MOST_PINS:])

    def unpinned(self) -> Bench:
        """Without any pin."""
        return replace(self, pins=())

    def command(self) -> str:
        """What gives the same at a shell."""
        options = " ".join(f"{each.option} {each.write(self.inputs.values[each.name])}" for each in self.topic.inputs)
        return f"token-console lab {self.topic.name} {options}"


def begun(topic: Topic, workload: str = "", known: Mapping[str, Known] | None = None) -> Bench:
    """A topic at what is known of a workload, the playbook's example in its place where nothing is."""
    base = filled(topic, known or {})
    return Bench(topic, workload, base, base)
